"""`soc backtest`: a file of CloudEvents in, one line per incident out, without any service."""

import json
import subprocess
from codecs import BOM_UTF8
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from city.arrivals import Arrivals, detected
from infra.cities.folder import read_city
from services.cli.backtest import APART_BYTES, model
from services.simulator.__main__ import DEFAULT_START
from services.simulator.recording import Plan, write_run
from tests.center import SOC, environment_of
from tests.contract.tree import ROOT
from tests.scenarios.worlds import Message, raised, reading, structured

TOWN, DEMO = ROOT / "tests/scenarios/town", ROOT / "infra/cities/binh-duong"
KEYS = [
    "id",
    "kind",
    "severity",
    "opened_at",
    "resolved_at",
    "root_asset",
    "root_kind",
    "merged_from",
    "candidates",
    "signals",
]
LATE_CAUSE = [
    (10.0, raised("traffic.signal_dark", "tl1")),
    (12.0, raised("traffic.signal_dark", "tl2")),
    (480.0, raised("power.outage", "f1", "critical", happened=0)),
]


def recorded(steps: list[tuple[float, Message]]) -> list[str]:
    """The steps as lines; what was recorded later than it happened says so."""
    lines = []
    for number, (at, message) in enumerate(steps, 1):
        when = structured(Message(message.type, message.data), number, at)["time"]
        lines.append(json.dumps({**structured(message, number, at), "recordedtime": when}))
    return lines


class Run:
    """One call of the command on lines of input."""

    def __init__(self, folder: Path, lines: list[str], *options: str, city: Path = TOWN) -> None:
        given, out = folder / "in.jsonl", folder / "out.jsonl"
        given.write_text("".join(line + "\n" for line in lines))
        command = [SOC, "backtest", "--city", str(city), "--input", str(given), "--out", str(out), *options]
        ran = subprocess.run(
            command, env=environment_of(folder), capture_output=True, text=True, timeout=120, check=False
        )
        self.code, self.told = ran.returncode, ran.stderr
        self.incidents: list[dict[str, Any]] = (
            [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
        )


def in_one_process(given: Path, city: Path) -> list[dict[str, Any]]:
    """The incidents of a recording, without the command."""
    catalogue, folding = model(city, None)
    with given.open("rb") as lines:
        for one in detected(catalogue, Arrivals(catalogue, 50_000).stretches(lines)):
            for found in one.found:
                folding.take(found)
    return [json.loads(msgspec.json.encode(line)) for line in folding.lines()]


def test_effects_first_and_the_cause_last_are_one_incident_with_the_keys_of_the_contract(tmp_path: Path) -> None:
    (incident,) = Run(tmp_path, recorded(LATE_CAUSE)).incidents
    assert list(incident) == KEYS
    assert (incident["root_asset"], incident["root_kind"], incident["severity"]) == ("f1", "power.outage", "critical")
    assert len(incident["merged_from"]) == 1 and incident["id"] not in incident["merged_from"]
    assert [(one["asset"], one["sources"]) for one in incident["signals"]] == [
        ("f1", ["scenario-3"]),
        ("tl1", ["scenario-1"]),
        ("tl2", ["scenario-2"]),
    ]
    assert set(incident["signals"][0]) == {"asset", "kind", "raised_at", "cleared_at", "sources"}


def test_two_causes_equally_near_are_candidates_of_what_they_do_not_explain(tmp_path: Path) -> None:
    steps = [
        (0.0, raised("air.smoke", "tl2")),
        (0.0, raised("air.smoke", "tl4")),
        (900.0, raised("air.unhealthy", "airq")),
    ]
    found = Run(tmp_path, recorded(steps)).incidents
    (unhealthy,) = [one for one in found if one["kind"] == "air.unhealthy"]
    assert {one["reason"] for one in unhealthy["candidates"]} == {"tie"}


def test_readings_raise_and_clear_at_event_time_and_name_their_event(tmp_path: Path) -> None:
    slow = [(5.0 * step, reading("loop5", speed_kmh=8.0)) for step in range(6)]
    free = [(30.0 + 5 * step, reading("loop5", speed_kmh=50.0)) for step in range(30)]
    (incident,) = Run(tmp_path, recorded(slow + free)).incidents
    (signal,) = incident["signals"]
    assert (signal["kind"], signal["sources"]) == ("traffic.slow", ["scenario-5"])
    assert signal["raised_at"].endswith("01:00:20.000Z") and signal["cleared_at"].endswith("01:00:30.000Z")
    assert incident["resolved_at"] is not None


def test_a_bad_line_is_told_by_its_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    lines = recorded(LATE_CAUSE)
    ran = Run(tmp_path, [lines[0], "{no json", '{"specversion": "1.0"}', *lines[1:]])
    assert ran.code == 0 and "in.jsonl, line 2:" in ran.told and "in.jsonl, line 3:" in ran.told
    assert "3 events taken, 2 lines refused, 1 incidents" in ran.told
    assert len(ran.incidents) == 1


@pytest.mark.parametrize("many", [0, 30_000], ids=["empty", "apart"])
def test_a_file_without_an_event_is_told_so(tmp_path: Path, many: int) -> None:
    ran = Run(tmp_path, ["{" + "x" * 40] * many)
    assert f"0 events taken, {many} lines refused, 0 incidents" in ran.told and "Traceback" not in ran.told
    assert ran.told.count(", line ") == many and ran.code == (1 if many else 0)


def test_a_byte_order_mark_is_none_of_the_first_line(tmp_path: Path) -> None:
    first, *rest = recorded(LATE_CAUSE)
    ran = Run(tmp_path, ["\ufeff" + first, *rest])
    assert ran.code == 0 and "3 events taken, 0 lines refused, 1 incidents" in ran.told
    size = (tmp_path / "in.jsonl").stat().st_size - len(BOM_UTF8)
    assert f"{size}/{size} bytes" in ran.told


def test_other_rules_take_the_place_of_all_that_ship(tmp_path: Path) -> None:
    rules = tmp_path / "candidate"
    rules.mkdir()
    (rules / "same_crash.toml").write_text((ROOT / "city/rules/same_crash.toml").read_text())
    assert len(Run(tmp_path, recorded(LATE_CAUSE), "--rules", str(rules)).incidents) == 3


def test_what_a_late_reading_shows_never_to_have_been_is_no_incident(tmp_path: Path) -> None:
    wet, dry = reading("depth1", depth_m=0.3), reading("depth1", depth_m=0.0)
    steps = [(0.0, wet), (10.0, wet), (20.0, wet), (30.0, dry), (200.0, dry)]
    (flood,) = Run(tmp_path, recorded(steps)).incidents
    assert flood["kind"] == "road.flooded"
    late = msgspec.structs.replace(dry, happened=15.0)
    told = Run(tmp_path, recorded([*steps, (210.0, late), (300.0, dry)]))
    assert told.incidents == [] and "0 incidents" in told.told


@pytest.mark.parametrize(
    ("options", "told"),
    [(["--rules", "/nowhere"], "is not a folder"), (["--city", "/nowhere"], "is not a folder")],
)
def test_what_is_missing_is_told_in_one_sentence(tmp_path: Path, options: list[str], told: str) -> None:
    ran = Run(tmp_path, recorded(LATE_CAUSE), *options)
    assert ran.code == 1 and told in ran.told and "Traceback" not in ran.told


def test_twenty_minutes_of_the_demo_city_tells_of_its_first_feeder_trip(tmp_path: Path) -> None:
    start = datetime.fromisoformat(DEFAULT_START)
    plan = Plan(folder=read_city(DEMO), start=start, seconds=1200, seed=0)
    write_run(plan, tmp_path / "run.jsonl", truth=False)
    ran = Run(tmp_path, (tmp_path / "run.jsonl").read_text().splitlines(), city=DEMO)
    assert ran.code == 0 and "0 lines refused" in ran.told
    outage = next(one for one in ran.incidents if one["kind"] == "power.outage")
    assert outage["root_asset"] == "feeder-473-tan-uyen"
    assert {"power.outage", "traffic.signal_dark"} <= {one["kind"] for one in outage["signals"]}
    assert not [one for one in ran.incidents if one["kind"] == "power.voltage_low"]
    assert (tmp_path / "run.jsonl").stat().st_size > APART_BYTES, "long enough for several processes"
    assert ran.incidents == in_one_process(tmp_path / "run.jsonl", DEMO)
