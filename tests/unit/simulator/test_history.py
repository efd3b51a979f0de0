"""The past of the demo's parks: whole, the same each time, counted as live meters count, good enough to rank."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from city.enrich import Catalogue
from city.indicators.parks.gather import Counted, Found, Known, by_key, held, hour_of
from city.indicators.parks.places import Place, places
from city.indicators.parks.quality import Sums, Value, value_of
from city.indicators.parks.ranking import Candidate, ranking
from city.indicators.parks.table import BY_ID
from city.indicators.spans import begin, end
from infra.cities.folder import layered, shipped
from infra.postgres.indicator_store import Row
from services.simulator.history import SIMULATED, rows, spans
from services.simulator.parks import Parks
from services.simulator.town import Town
from tests.unit.simulator.runs import folder

NOW = datetime(2026, 11, 28, 5, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@cache
def words() -> tuple[Known, list[Place]]:
    layers = layered(shipped(), folder())
    city = {folder().city.id: folder().city}
    catalogue = Catalogue.build(city, folder().assets, layers.domains, layers.limits)
    known = Known(catalogue=catalogue, figures=by_key(layers.figures.values()))
    return known, places(folder().assets, folder().relations.values())


@cache
def past() -> tuple[Row, ...]:
    return tuple(rows(Parks(Town(folder())), words(), NOW))


def of_year(asset: str, indicator: str, year: int) -> Value:
    """As it is asked for: the sums of the months and days of a year, up to now."""
    start = datetime(year, 1, 1, tzinfo=ZONE)
    until = min(NOW, datetime(year + 1, 1, 1, tzinfo=ZONE))
    own = [one for one in past() if (one.asset, one.indicator) == (asset, indicator) and start <= one.at < until]
    sums = Sums(
        numerator=sum(one.numerator or 0.0 for one in own),
        denominator=sum(one.denominator or 0.0 for one in own),
        hours=sum(one.hours for one in own),
        covered_h=sum(one.covered_h for one in own),
    )
    return value_of(BY_ID[indicator], sums, (until - start).total_seconds() / 3600)


def test_the_past_is_whole_from_the_year_before_to_the_end_of_yesterday() -> None:
    found = list(spans(NOW, ZONE))
    assert found[0][1] == datetime(2025, 1, 1, tzinfo=ZONE)
    assert [end(step, at, ZONE) for step, at, _ in found[:-1]] == [at for _, at, _ in found[1:]]
    assert end("day", found[-1][1], ZONE) == begin("day", NOW, ZONE)
    assert [step for step, _, _ in found] == ["month"] * 22 + ["day"] * 27
    assert list(spans(datetime(2026, 1, 1, 5, tzinfo=ZONE), ZONE))[-1][1] == datetime(2025, 12, 1, tzinfo=ZONE)


def test_the_past_is_the_same_each_time_and_says_that_it_is_simulated() -> None:
    assert past() == tuple(rows(Parks(Town(folder())), words(), NOW))
    assert {SIMULATED in one.notes for one in past()} == {True}
    assert not {one.indicator for one in past()} & {"effluent_compliance", "stack_hours_over"}, "outlets have none"


def test_two_parks_and_more_of_each_size_rank_with_a_change_and_badly_metered_ones_do_not() -> None:
    known, found = words()
    parks = [one.id for one in found if one.kind == "industrial_park" and "grid_kw" in one.meters]
    candidates = [
        Candidate(
            asset=name,
            hectares=held(known, name, NOW)["park.leased_ha"].value,
            metered=of_year(name, "metered_electricity", 2026),
            value=of_year(name, "emissions_per_output", 2026),
            before=of_year(name, "emissions_per_output", 2025),
        )
        for name in parks
    ]
    ranked = ranking(BY_ID["emissions_per_output"], candidates)
    sizes = [one.size for one in ranked if one.rank]
    assert {size: sizes.count(size) for size in set(sizes)} == {"small": 2, "medium": 7, "large": 2}
    assert all(one.change is not None and -0.08 < one.change < 0.04 for one in ranked)
    assert {one.asset for one in ranked if not one.rank} == {"park-viet-huong", "park-rach-bap"}


def test_no_park_has_metered_more_than_it_was_billed_for_and_emissions_are_of_the_size_of_the_province() -> None:
    assets = {one.asset for one in past() if one.asset.startswith("park-")}
    for asset in assets:
        for year in (2025, 2026):
            assert 0.7 < (of_year(asset, "metered_electricity", year).value or 0) <= 1
            # Bình Dương 2019: 44.1 tCO2e a billion VND in its main industries (Tạp chí Môi trường 2021)
            assert 25 < (of_year(asset, "emissions_per_output", year).value or 0) < 65


def test_a_mean_hour_of_the_past_is_what_an_hour_of_live_readings_would_give() -> None:
    known, found = words()
    place = next(one for one in found if one.id == "park-bau-bang")
    (row,) = [
        one for one in past()
        if (one.asset, one.indicator, one.at) == (place.id, "electricity", datetime(2026, 11, 27, tzinfo=ZONE))
    ]  # fmt: skip
    parks, counted = Parks(Town(folder())), 0.0
    for hour in range(24):
        parks.step(hour + 0.5)
        at = parks.names.index(place.id)
        read = {
            (sensor, quantity): Counted(60, 60 * float(parks.values[quantity][at]))
            for quantity in ("grid_kw", "panels_kw", "bought_kw")
            for sensor in place.meters[quantity]
        }
        amounts = hour_of(place, known, row.at, Found(read, {})).amounts
        counted += sum(amounts[quantity].value for quantity in ("grid_kw", "panels_kw", "bought_kw"))
    assert row.numerator == pytest.approx(counted, rel=0.06), "but for the day's chances"
