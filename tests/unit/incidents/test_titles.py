"""Titles say what and where in words; an id stands only for what has no name."""

import msgspec
import pytest

from city.incidents.titles import titles
from schemas.signals import Signal
from tests.truth import at
from tests.unit.incidents.book import words


def report(**fields: object) -> Signal:
    given: dict[str, object] = {
        "id": "sig-1",
        "kind": "report.flood",
        "asset": "report-b4d56c",
        "state": "active",
        "severity": "warning",
        "raised_at": at(0),
        "category": "flood",
        "position": (106.66, 10.98),
        "zone": "feeder-1",
    }
    return msgspec.convert({**given, **fields}, Signal)


@pytest.mark.parametrize(
    "signal, asset, suspected, english, vietnamese",
    [
        (
            report(kind="power.outage", category=None),
            "feeder-1",
            False,
            "Power outage – Feeder 471_GĐ",
            "Mất điện – Lộ 471_GĐ",
        ),
        (
            report(kind="power.outage", category=None),
            "feeder-1",
            True,
            "Power outage – suspected cause: Feeder 471_GĐ",
            "Mất điện – nghi do: Lộ 471_GĐ",
        ),
        (report(kind="x.new", category=None), "gate-9", False, "x.new – gate-9", "x.new – gate-9"),
        (
            report(),
            "report-b4d56c",
            False,
            "report.flood – Feeder 471_GĐ",
            "report.flood – Lộ 471_GĐ",
        ),
        (
            report(zone="unknown"),
            "report-b4d56c",
            False,
            "report.flood – 10.9800, 106.6600",
            "report.flood – 10.9800, 106.6600",
        ),
        (
            report(zone="unknown", position=None),
            "report-b4d56c",
            False,
            "report.flood – report-b4d56c",
            "report.flood – report-b4d56c",
        ),
    ],
)
def test_a_title_names_the_place(signal: Signal, asset: str, suspected: bool, english: str, vietnamese: str) -> None:
    assert titles(words(), signal, asset, suspected) == (english, vietnamese)
