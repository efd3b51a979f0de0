"""Indicators of parks: an hour's formulas, what they say where something is missing, their quality over any time."""

from datetime import UTC, date, datetime

import pytest

from city.indicators.parks.formulas import Parts, work_out
from city.indicators.parks.gather import Counted, Found, Records, bounds, held, hour_of, used
from city.indicators.parks.notes import FIGURES, told
from city.indicators.parks.places import Place, places
from city.indicators.parks.quality import Sums, Value, value_of
from city.indicators.parks.table import BY_ID, FORMULAS
from schemas.domains import Limit
from schemas.figures import Figure
from tests.unit.indicators.park import ASSETS, AT, RELATIONS, figure, known


def park() -> Place:
    return next(one for one in places({asset.id: asset for asset in ASSETS}, RELATIONS) if one.id == "park")


def counted(**means: float) -> dict[tuple[str, str], Counted]:
    """`sensor__quantity=mean`, an hour whole."""
    return {(name.split("__")[0], name.split("__")[1]): Counted(60, 60 * mean) for name, mean in means.items()}


WHOLE = counted(
    power__grid_kw=9000,
    power__panels_kw=1000,
    **{"power-a__diesel_ls": 0.01, "power-b__diesel_ls": 0.02},
    water__water_in_m3h=100,
    water__water_reused_m3h=25,
    water__wastewater_m3h=100,
    effluent__effluent_flow_m3h=70,
    effluent__cod_mgl=60,
)


def made(name: str, found: Found, *figures: Figure, limits: tuple[Limit, ...] = ()) -> Parts:
    return work_out(BY_ID[name], hour_of(park(), known(*figures, limits=limits), AT, found))


def test_a_park_knows_its_plants_outlets_feeders_exchanges_and_takes_meters_of_its_plants_where_it_has_none() -> None:
    found = park()
    assert (found.plants, found.outfalls, found.stacks, found.feeders) == (
        ("plant-a", "plant-b"),
        ("out",),
        ("chimney",),
        ("feeder",),
    )
    assert found.exchanges == (("plant-a", "plant-b"),)
    assert found.meters["grid_kw"] == ("power",), "its own meter counts alone"
    assert found.meters["diesel_ls"] == ("power-a", "power-b")


@pytest.mark.parametrize(
    ("name", "numerator", "denominator"),
    [
        ("electricity", 10_000, None),
        ("electricity_solar", 1000, None),
        ("renewable_share", 1000, 10_000),
        ("scope1", 108 * 2.68 / 1000, None),
        ("scope2", 9 * 0.6592, None),
        ("emissions_per_ha", 108 * 2.68 / 1000 + 9 * 0.6592, 200),
        ("emissions_per_output", 108 * 2.68 / 1000 + 9 * 0.6592, 2.0),
        ("emissions_per_mwh", 108 * 2.68 / 1000 + 9 * 0.6592, 10),
        ("water_reused_share", 25, 125),
        ("wastewater_treated_share", 95, 100),
        ("effluent_cod_load", 4.2, None),
        ("exchange_links", 1, 1),
    ],
)
def test_an_hour_is_worked_out_with_dated_factors(name: str, numerator: float, denominator: float | None) -> None:
    declared = [figure("park.leased_ha", 200), figure("park.output", 2 * 8760, spread=True)]
    parts = made(name, Found(WHOLE, {}), *declared)
    assert parts.numerator == pytest.approx(numerator)
    assert parts.denominator == (denominator and pytest.approx(denominator))
    assert parts.covered == pytest.approx(1)


def test_a_factor_is_that_of_the_time_and_one_carried_on_says_so() -> None:
    of_2022, now = datetime(2022, 6, 1, tzinfo=UTC), AT
    assert held(known(), "park", of_2022)["emission.grid"].value == 0.6766
    assert (held(known(), "park", now)["emission.grid"].value, made("scope2", Found(WHOLE, {})).notes) == (
        0.6592,
        ("carried:emission.grid",),
    )
    later = figure("park.output", 10, spread=True, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1))
    assert "park.output" not in held(known(later), "park", now), "a year's output is no other year's"
    assert "park.workers" not in held(
        known(figure("park.workers", 5, valid_from=date(2027, 1, 1), valid_to=None)), "park", now
    )


def test_everybodys_figure_holds_before_and_after_that_of_an_asset() -> None:
    own = figure("emission.grid", 0.5, valid_from=date(2022, 7, 1), valid_to=date(2022, 8, 1))
    values = [held(known(own), "park", datetime(2022, month, 15, tzinfo=UTC))["emission.grid"] for month in (6, 7, 8)]
    assert [(one.value, one.carried) for one in values] == [(0.6766, False), (0.5, False), (0.6766, False)]


def test_the_figures_of_a_year_are_those_that_some_hour_of_it_is_worked_out_with() -> None:
    spans = {"A": (date(2024, 1, 1), date(2026, 1, 1)), "B": (date(2026, 3, 1), date(2026, 7, 1)),
             "C": (date(2026, 7, 1), None), "D": (date(2027, 1, 1), None)}  # fmt: skip
    rows = [figure("park.firms", 1, unit=name, valid_from=one, valid_to=to) for name, (one, to) in spans.items()]
    totals = [figure("park.output", 1, spread=True, unit=row.unit, valid_from=row.valid_from, valid_to=row.valid_to)
              for row in rows[:3]]  # fmt: skip

    def shown(key: str, year: int) -> str:
        return "".join(row.unit for row in used(known(*rows, *totals), "park", year) if row.key == key)

    assert [shown("park.firms", year) for year in (2023, 2025, 2026, 2027)] == ["", "A", "ABC", "CD"]
    assert [shown("park.output", year) for year in (2025, 2026)] == ["A", "BC"], "a total is not carried"


def test_an_indicator_that_cannot_be_had_says_why() -> None:
    nothing = Found({}, {})
    assert made("stack_hours_over", nothing).notes == ("no_limit",)
    assert made("emissions_per_ha", nothing).notes == ("no_figure:park.leased_ha",)
    bare = hour_of(Place(id="bare", kind="plant"), known(), AT, nothing)
    assert [work_out(BY_ID[name], bare) for name in ("electricity", "water_reused_share", "effluent_compliance")] == [
        Parts(None, None, 0.0, ("no_meter",))
    ] * 3
    gone = made("scope2", nothing)
    assert (gone.numerator, gone.covered) == (0.0, 0.0), "a meter that says nothing covers nothing"
    assert made("effluent_cod_load", nothing).numerator == 0.0


def test_what_no_fuel_meter_measures_is_said() -> None:
    hour = hour_of(Place(id="park", kind="plant", meters={"grid_kw": ("power",)}), known(), AT, Found(WHOLE, {}))
    assert work_out(BY_ID["emissions_per_mwh"], hour).notes == ("carried:emission.grid", "no_fuel_meter")


def test_compliance_counts_valid_records_and_a_fault_of_an_instrument_is_none() -> None:
    records = {("effluent", "cod_mgl"): Records(50, 5, 10), ("effluent", "ph"): Records(60, 0, 0)}
    found = made("effluent_compliance", Found(WHOLE, records))
    assert (found.numerator, found.denominator) == (105, 110)
    assert found.covered == pytest.approx(110 / 120)
    assert found.notes == ("national_limit", "faults_left_out")
    assert made("effluent_hours_over", Found(WHOLE, records)).numerator == pytest.approx(5 / 60)


def test_the_limit_is_that_of_the_permit_where_there_is_one() -> None:
    permit = Limit(
        key="effluent.cod", value=75, unit="mg/l", asset="out", valid_from=date(2026, 1, 1), legal_ref="GPMT 1/2026"
    )
    national = {one.quantity: one for one in bounds(park(), known(), AT)}
    own = {one.quantity: one for one in bounds(park(), known(limits=(permit,)), AT)}
    assert (national["cod_mgl"].above, national["cod_mgl"].national, national["ph"].below) == (150, True, 5.5)
    assert (own["cod_mgl"].above, own["cod_mgl"].national) == (75, False)
    assert "stack_dust_mgm3" not in own
    assert bounds(park(), known(), datetime(2000, 1, 1, tzinfo=UTC)) == []


def value(name: str, numerator: float | None, denominator: float | None, covered: float, elapsed: float) -> Value:
    sums = Sums(numerator=numerator, denominator=denominator, hours=10, covered_h=covered)
    return value_of(BY_ID[name], sums, elapsed)


def test_the_interval_is_what_the_coverage_allows() -> None:
    total = value("electricity", 500, None, 5, 10)
    assert (total.value, total.coverage, total.low, total.high) == (500, 0.5, 500, 1000)
    share = value("renewable_share", 20, 100, 8, 10)
    assert [share.value, share.low, share.high] == pytest.approx([0.2, 0.16, 0.36])
    per = value("emissions_per_ha", 30, 100 * 10, 5, 10)
    assert (per.value, per.denominator, per.high) == (0.3, 100, 0.6)
    ratio = value("effluent_compliance", 9, 10, 5, 10)
    assert (ratio.value, ratio.low, ratio.high) == (0.9, None, None)
    assert value("effluent_compliance", 9, 10, 10, 10).low == 0.9


def test_hours_without_readings_are_billed_too() -> None:
    found = value("metered_electricity", 900, 1000, 10, 20)
    assert (found.value, found.denominator, found.low, found.high) == (0.45, 2000, 0.45, 0.45)


def test_nothing_is_said_of_nothing() -> None:
    assert value("renewable_share", 0, 0, 5, 10).value is None
    assert value("electricity", 0, None, 0, 10).value is None
    assert value("metered_electricity", 0, 1000, 0, 10).value == 0
    nothing = value("electricity", None, None, 0, 0)
    assert (nothing.value, nothing.coverage, nothing.low) == (None, 0.0, None)


def test_every_formula_has_words_in_both_languages_and_an_id_of_its_own() -> None:
    assert len(BY_ID) == len(FORMULAS)
    assert all(one.name != one.name_vi and one.says != one.says_vi and one.unit for one in FORMULAS)


def test_a_note_names_its_figure_in_both_languages() -> None:
    assert told("no_figure:park.workers") == (
        "not declared or not known: workers",
        "chưa khai báo hoặc chưa biết: số lao động",
    )
    assert {key for one in FORMULAS for key in one.figures} <= FIGURES.keys()
