"""Who is ranked, who is not and why; spans; criteria; notes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from city.indicators.parks.criteria import CRITERIA, findings
from city.indicators.parks.notes import told
from city.indicators.parks.quality import Value
from city.indicators.parks.ranking import Candidate, Ranked, ranking
from city.indicators.parks.table import BY_ID
from city.indicators.spans import above, begin, end
from schemas.figures import Figure

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")


def value(of: float | None, *notes: str) -> Value:
    return Value(value=of, numerator=of, denominator=1, coverage=0.95, low=of, high=of and of * 1.1, notes=notes)


def candidate(name: str, of: float | None, **more: object) -> Candidate:
    usual = Candidate(asset=name, hectares=200, metered=value(0.95), value=value(of))
    return msgspec.structs.replace(usual, **more)


def ranked(*candidates: Candidate, name: str = "emissions_per_output") -> dict[str, Ranked]:
    return {one.asset: one for one in ranking(BY_ID[name], candidates)}


def test_lower_is_better_within_a_size_class_and_equals_share_a_place() -> None:
    small = {"hectares": 50.0}
    found = ranked(
        candidate("a", 40),
        candidate("b", 20),
        candidate("c", 40),
        candidate("s", 90, **small),
        candidate("t", 80, **small),
    )
    assert [(one.asset, one.size, one.rank, one.of) for one in found.values()] == [
        ("t", "small", 1, 2),
        ("s", "small", 2, 2),
        ("b", "medium", 1, 3),
        ("a", "medium", 2, 3),
        ("c", "medium", 2, 3),
    ]
    assert [found[name].percentile for name in "bac"] == [100, 50, 50]


def test_where_high_is_better_the_highest_is_first() -> None:
    found = ranked(candidate("a", 0.1), candidate("b", 0.4), name="renewable_share")
    assert [found[name].rank for name in "ab"] == [2, 1]


def test_the_change_is_against_the_year_before_and_the_interval_stands_beside() -> None:
    found = ranked(candidate("a", 36, before=value(40)), candidate("b", 50, before=value(None)))
    assert found["a"].change == pytest.approx(-0.1)
    assert found["b"].change is None
    assert found["a"].low == 36
    assert found["a"].high == pytest.approx(39.6)


def test_who_is_not_ranked_says_why() -> None:
    found = ranked(
        candidate("alone", 5, hectares=900.0),
        candidate("no-area", 5, hectares=None),
        candidate("gap", 5, metered=value(0.42)),
        candidate("no-bill", 5, metered=value(None, "no_figure:park.billed_kwh")),
        candidate("no-metering", 5, metered=None),
        candidate("no-output", None, value=value(None, "no_figure:park.output")),
        candidate("nothing", None, value=None),
    )
    assert {name: one.not_ranked for name, one in found.items()} == {
        "alone": "alone",
        "no-area": "no_class",
        "gap": "low_coverage:42%|90%",
        "no-bill": "no_figure:park.billed_kwh",
        "no-metering": "no_value",
        "no-output": "no_figure:park.output",
        "nothing": "no_value",
    }
    assert all(one.rank is None for one in found.values())


def test_a_note_is_told_in_both_languages() -> None:
    assert told("low_coverage:42%|90%") == (
        "data gap: 42% of what is billed is metered, 90% is needed",
        "thiếu dữ liệu: đo được 42% so với hóa đơn, cần 90%",
    )
    assert told("of_a_later_version") == ("of_a_later_version", "of_a_later_version")


def test_spans_are_civil_ones_of_the_city() -> None:
    at = datetime(2026, 12, 31, 18, 30, tzinfo=UTC)
    begins = {step: begin(step, at, SAIGON) for step in ("hour", "day", "month", "year")}
    midnight = datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert begins == {
        "hour": datetime(2026, 12, 31, 18, tzinfo=UTC),
        "day": midnight,
        "month": midnight,
        "year": midnight,
    }
    ends = [end(step, begins[step], SAIGON) for step in begins]
    assert [one.isoformat()[:13] for one in ends] == [
        "2026-12-31T19",
        "2027-01-01T17",
        "2027-01-31T17",
        "2027-12-31T17",
    ]
    assert above("day", [at, midnight], SAIGON) == [midnight]


def test_an_hour_that_the_clock_shows_twice_is_two_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    hours = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in range(3)]
    assert [begin("hour", at, berlin) for at in hours] == [at.replace(minute=0) for at in hours]
    assert {begin("day", at, berlin) for at in hours} == {datetime(2026, 10, 24, 22, tzinfo=UTC)}


def test_a_criterion_rests_on_a_document_and_measurements_only_support_it() -> None:
    row = Figure(
        key="eip.yearly_report",
        asset="park",
        value=1,
        unit="1",
        valid_from=date(2026, 1, 1),
        source="Report 2025",
        status="declared",
    )
    denied = msgspec.structs.replace(row, key="eip.compliance", value=0, source="Decision 7")
    other = msgspec.structs.replace(row, key="eip.basic_services", asset="another")
    found = {
        one.id: one for one in findings([row, denied, other], "park", date(2026, 6, 1), {"scope2": True, "water": True})
    }
    assert len(found) == len(CRITERIA)
    assert {name: one.state for name, one in found.items()} == {
        "compliance": "not met",
        "basic_services": "no evidence",
        "joint_monitoring": "no evidence",
        "yearly_report": "evidenced",
    }
    assert (found["yearly_report"].documents, found["yearly_report"].measured) == (
        ("Report 2025 (declared)",),
        ("scope2",),
    )
    assert found["joint_monitoring"].measured == ("water",)
