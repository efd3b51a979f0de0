"""The one domain test: tables of readings and the signals that must come of them, one file per domain.

A reading is `[second, name, value]`, with the instrument's state behind it where it is not measuring; `repeated` are
`[first second, last second, step, name, value]`; `permits` are limits of the case's own assets.
"""

import json
import tomllib
from datetime import date
from typing import Any

import msgspec
import pytest

from city.detect import Detector
from city.enrich import split_name
from schemas.domains import Limit
from schemas.events import Event
from schemas.signals import Signal
from tests.contract.tree import ROOT
from tests.unit.detect.world import at, catalogue, pack, sensor, shipped_domains, shipped_limits, tick, told

FILES = sorted((ROOT / "tests/unit/domains").glob("*.toml"))
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['says']}")
    for file in FILES
    for case in tomllib.loads(file.read_text())["cases"]
]
PERMIT = {"valid_from": date(2025, 1, 1), "legal_ref": "GPMT 1/GP-UBND", "unit": "mg/l"}
"""What a permit of a case has unless it says otherwise."""


@pytest.mark.parametrize("case", CASES)
def test_readings_of_a_table_bring_its_signals(case: dict[str, Any]) -> None:
    sensors = [sensor(name, **fields) for name, fields in case.get("assets", {}).items()]
    permits = [msgspec.convert(PERMIT | row, Limit) for row in case.get("permits", [])]
    known = catalogue(sensors, limits=shipped_limits() | {row.id: row for row in permits})
    assert told(_played(Detector(known), case)) == case["expect"]


def _played(detector: Detector, case: dict[str, Any]) -> list[Signal]:
    """Readings, events and a tick each second, in the order of their times."""
    first, last = case.get("ticks", (0, -1))
    moments: list[tuple[float, int, Any]] = [(second, 2, None) for second in range(first, last + 1)]
    moments += [(row[0], 0, tuple(row)) for row in case.get("readings", [])]
    for start, end, step, name, value in case.get("repeated", []):
        moments += [(second, 0, (second, name, value)) for second in range(start, end + 1, step)]
    moments += [(row["at"], 1, row) for row in case.get("events", [])]
    found: list[Signal] = []
    for moment, turn, what in sorted(moments, key=lambda item: item[:2]):
        if turn == 0:
            found += detector.pack(pack([what[:3]], {0: what[3]} if len(what) > 3 else None))
        elif turn == 1:
            found += detector.event(
                Event(what["type"], "reports", "z1", "/feed", what["id"], at(moment), at(moment), what["data"])
            )
        else:
            found += detector.tick(tick(moment))
    return found


def test_every_domain_has_a_table() -> None:
    assert {file.stem for file in FILES} >= set(shipped_domains())


@pytest.mark.parametrize("domain", sorted(shipped_domains()))
def test_every_domain_has_a_sample_of_its_own_quantities(domain: str) -> None:
    known = catalogue()
    for file in (ROOT / "schemas/samples").glob(f"{domain}.readings.json"):
        for record in json.loads(file.read_text())["data"]:
            quantity = split_name(record["n"])[1]
            assert (known.domain_of(quantity), known.quantities[quantity].unit) == (domain, record["u"])
    assert list((ROOT / "schemas/samples").glob(f"{domain}.*.json"))
