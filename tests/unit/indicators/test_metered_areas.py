"""Metered areas of a water supply: non-revenue water, night flow, and what is said where something is missing."""

from datetime import UTC, date, datetime

import pytest

from city.enrich import Catalogue
from city.indicators.parks.formulas import Parts, work_out
from city.indicators.parks.gather import Counted, Found, Known, by_key, hour_of
from city.indicators.parks.metered_areas import BILLED, metered_areas
from city.indicators.parks.quality import Sums, value_of
from city.indicators.parks.table import BY_ID, formulas_of
from infra.cities.folder import shipped
from schemas.assets import Asset, City
from schemas.figures import Figure

DAY, NIGHT = datetime(2026, 3, 2, 3, tzinfo=UTC), datetime(2026, 3, 2, 19, tzinfo=UTC)
"""10:00 and 02:00 in Vietnam."""
ASSETS = {
    one.id: one
    for one in (
        Asset(id="area", kind="metered_area", name="Area"),
        Asset(id="in-1", kind="sensor", name="Inlet 1", observes=("inflow_ls",), measures="area"),
        Asset(id="in-2", kind="sensor", name="Inlet 2", observes=("inflow_ls",), measures="area"),
        Asset(id="bare", kind="metered_area", name="Without a meter"),
    )
}
BILL = Figure(
    key=BILLED,
    value=40.0 * 24 * 31,
    unit="m3",
    asset="area",
    valid_from=date(2026, 3, 1),
    valid_to=date(2026, 4, 1),
    spread=True,
    source="test",
    status="declared",
)


def made(name: str, at: datetime, counts: tuple[int, int], *figures: Figure, area: str = "area") -> Parts:
    """With so many readings of 10 l/s and of 5 l/s, of which an hour has twelve."""
    city = City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh")
    known = Known(catalogue=Catalogue.build({"c": city}, ASSETS, shipped().domains, {}), figures=by_key(figures))
    found = {("in-1", "inflow_ls"): Counted(counts[0], counts[0] * 10.0)}
    found |= {("in-2", "inflow_ls"): Counted(counts[1], counts[1] * 5.0)} if counts[1] else {}
    place = next(one for one in metered_areas(ASSETS) if one.id == area)
    return work_out(BY_ID[name], hour_of(place, known, at, Found(found, {})))


def test_what_is_not_billed_of_what_came_in_through_all_inlets() -> None:
    parts = made("non_revenue_water", DAY, (12, 12), BILL)
    assert (parts.numerator, parts.denominator) == pytest.approx((14, 54))
    assert parts.covered == 1.0


def test_only_so_much_is_billed_against_the_input_as_the_meters_cover() -> None:
    parts = made("non_revenue_water", DAY, (6, 6), BILL)
    assert (parts.numerator, parts.denominator) == pytest.approx((7, 27))
    assert parts.covered == 0.5


def test_without_a_bill_or_a_meter_it_is_said_what_is_missing() -> None:
    assert made("non_revenue_water", DAY, (12, 12)).notes == (f"no_figure:{BILLED}",)
    assert made("non_revenue_water", DAY, (12, 12), BILL, area="bare").notes == ("no_meter",)


def test_the_flow_of_the_night_is_that_of_two_hours_over_the_day() -> None:
    day, night = made("night_flow", DAY, (12, 12)), made("night_flow", NIGHT, (12, 6))
    assert (day.numerator, day.denominator) == (0.0, 0.0)
    sums = Sums(
        numerator=(day.numerator or 0) + (night.numerator or 0),
        denominator=(day.denominator or 0) + (night.denominator or 0),
        hours=2,
        covered_h=day.covered + night.covered,
    )
    assert night.covered == 0.75
    assert value_of(BY_ID["night_flow"], sums, 2).value == pytest.approx((10 * 3600 + 5 * 1800) / 2700)


def test_areas_and_parks_have_indicators_of_their_own() -> None:
    assert {one.id for one in formulas_of("metered_area")} == {"system_input", "non_revenue_water", "night_flow"}
    assert "non_revenue_water" not in {one.id for one in formulas_of("industrial_park")}
