"""Indicators of parks from stored readings over the API: late readings, faults, new factors, ranking, report."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select

from infra.postgres.clocks import move_clock
from infra.postgres.indicator_store import Row, bring
from infra.postgres.reference import EDIT, Write, put_reference
from infra.postgres.rollup_store import RollupRow, add
from infra.postgres.tables import reference, signals
from schemas.assets import Asset, Relation
from schemas.signals import Signal
from services.api.counting import TileCounts
from services.api.routes.park_report import report
from services.telemetry.indicators import step_once
from tests.areas import AREAS, reach
from tests.integration.api_center import Api, change, reference_row, running_api, signal_row
from tests.servers import Servers
from tests.unit.indicators.park import ASSETS, CITY, RELATIONS, figure, known, sensor

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
DAY = "2026-03-01T17:00:00Z"
CITY_ZONE = ZoneInfo(CITY.time_zone)
NOW = AT + timedelta(hours=2)


AREA = (Asset(id="area", kind="metered_area", name="Area"), sensor("inlet", "area", "inflow_ls"))


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        declared = [figure("park.leased_ha", 200), figure("park.billed_kwh", 8760 * 10_000, spread=True)]
        declared.append(figure("water.billed_m3", 40.0 * 8760, spread=True, asset="area"))
        words = known(*declared)
        city = msgspec.structs.replace(CITY, area_details=AREAS)
        rows = [("cities", "c", city), *(("assets", one.id, one) for one in (*ASSETS, *AREA))]
        rows += [("relations", one.id, one) for one in RELATIONS]
        rows += [("domains", name, one) for name, one in words.catalogue.domains.items()]
        rows += [("limits", name, one) for name, one in words.catalogue.limits.items()]
        rows += [("figures", one.id, one) for group in words.figures.values() for one in group]
        await running.put(reference, *(reference_row(*row) for row in rows))
        yield running


async def read(api: Api, name: str, value: float, minutes: range, at: datetime = AT) -> None:
    """A value each minute, as telemetry counts it."""
    times = [at + timedelta(minutes=minute) for minute in minutes]
    sensor, quantity = name.split("/")
    rows = [RollupRow(sensor, quantity, time, 1, value, value, value, value, time) for time in times]
    async with api.center.engine.begin() as connection:
        await add(connection, rows)


async def work(api: Api) -> None:
    while await step_once(api.center.engine, lambda: NOW):
        pass


async def asked(api: Api, path: str, **query: Any) -> Any:
    answer = await api.http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def values(api: Api, step: str, *names: str) -> list[dict[str, Any]]:
    span = {"from": (AT - timedelta(days=90)).isoformat(), "to": NOW.isoformat()}
    found = await asked(api, "/v1/indicators/values", asset="park", step=step, indicator=",".join(names), **span)
    return [one for one in found["items"] if one["numerator"] is not None]


async def test_hours_add_up_to_years_and_late_readings_work_them_out_again(api: Api) -> None:
    await read(api, "power/grid_kw", 9000, range(30))
    await read(api, "power/panels_kw", 1000, range(60))
    await work(api)
    (hour,) = [one for one in await values(api, "hour", "electricity") if one["numerator"]]
    assert (hour["value"], hour["coverage"], hour["low"], hour["high"]) == (
        5500,
        0.75,
        5500,
        pytest.approx(7333.3, 0.001),
    )
    await read(api, "power/grid_kw", 9000, range(30, 60))
    await read(api, "power/grid_kw", 9000, range(60), AT + timedelta(hours=1))
    await work(api)
    (day,), (year,) = await values(api, "day", "electricity"), await values(api, "year", "electricity")
    assert (day["value"], day["at"], year["value"], year["at"]) == (19_000, DAY, 19_000, "2025-12-31T17:00:00Z")
    assert day["coverage"] < 0.2 and day["version"] == 1
    (scope,) = await values(api, "day", "scope2")
    assert scope["value"] == pytest.approx(18 * 0.6592)
    assert [one["note"] for one in scope["notes"]] == ["carried:emission.grid"]


async def test_a_metered_area_has_its_water_balance_and_is_no_park(api: Api) -> None:
    await read(api, "inlet/inflow_ls", 15, range(60))
    await work(api)
    span = {"from": DAY, "to": NOW.isoformat()}
    found = (await asked(api, "/v1/indicators/values", asset="area", step="day", **span))["items"]
    shown = {one["indicator"]: one for one in found}
    assert set(shown) == {"system_input", "non_revenue_water", "night_flow"}
    nrw = shown["non_revenue_water"]
    assert (nrw["numerator"], nrw["denominator"], nrw["value"]) == pytest.approx((14, 54, 14 / 54))
    assert 0 < nrw["coverage"] < 1
    assert "area" not in {one["id"] for one in (await asked(api, "/v1/parks"))["items"]}


async def test_a_new_factor_works_out_again_what_it_holds_for(api: Api) -> None:
    http = await api.login("admin")
    body = {
        "key": "emission.grid",
        "value": 0.5,
        "unit": "tCO2e/MWh",
        "valid_from": "2026-01-01",
        "source": "a document of 2027",
        "status": "secondary",
    }
    path = "/v1/figures/emission.grid/2026-01-01"
    assert (await http.put(path, json={**body, "source": ""})).json()["field"] == "source"
    assert (await http.put(path, json={**body, "asset": "nowhere"})).status_code == 422
    assert (
        await http.put("/v1/figures/emission.grid/2023-06-01", json={**body, "valid_from": "2023-06-01"})
    ).status_code == 409
    answer = await http.put(path, json=body)
    assert (answer.status_code, answer.json()["origin"]) == (200, "edit")
    await work(api)
    (scope,) = await values(api, "year", "scope2")
    assert (scope["value"], scope["notes"]) == (pytest.approx(9), [])
    assert (await http.delete(path)).status_code == 200
    await work(api)
    (scope,) = await values(api, "year", "scope2")
    assert scope["value"] == pytest.approx(18 * 0.6592)
    assert len((await asked(api, "/v1/figures"))["items"]) == 7


async def test_a_fault_of_an_instrument_is_left_out_of_compliance(api: Api) -> None:
    await read(api, "effluent/cod_mgl", 60, range(50))
    await read(api, "effluent/cod_mgl", 200, range(50, 60))
    stuck = Signal(
        id="sig-stuck",
        kind="sensor.stuck",
        asset="effluent",
        state="cleared",
        severity="warning",
        raised_at=AT + timedelta(minutes=52),
        cleared_at=AT + timedelta(minutes=60),
    )
    await api.put(signals, signal_row(stuck, None))
    await work(api)
    (found,) = [one for one in await values(api, "hour", "effluent_compliance") if one["denominator"]]
    assert (found["numerator"], found["denominator"]) == (50, 52)
    assert {one["note"] for one in found["notes"]} == {"national_limit", "faults_left_out"}
    (over,) = [one for one in await values(api, "hour", "effluent_hours_over") if one["value"]]
    assert over["value"] == pytest.approx(2 / 60)


async def test_a_new_limit_works_out_again_what_it_holds_for(api: Api) -> None:
    async with api.center.engine.connect() as connection:
        query = select(reference).where(reference.c.name == "limits", ~reference.c.deleted)
        (row,) = [one for one in await connection.execute(query) if one.body["key"] == "effluent.cod"]
    before = await values(api, "hour", "effluent_hours_over")
    await _put_limit(api, row.id, {**row.body, "value": 1000.0})
    assert (await asked(api, "/v1/indicators"))["hours_to_work_out"] == len({one["at"] for one in before})
    await work(api)
    assert (await asked(api, "/v1/indicators"))["hours_to_work_out"] == 0
    assert [one["value"] for one in await values(api, "hour", "effluent_hours_over") if one["value"]] == []
    await _put_limit(api, row.id, row.body)
    await work(api)
    assert [one["value"] for one in await values(api, "hour", "effluent_hours_over")] == [
        one["value"] for one in before
    ]


async def _put_limit(api: Api, limit_id: str, body: Any) -> None:
    async with api.center.engine.begin() as connection:
        await put_reference(connection, Write("limits", limit_id, body, EDIT), "test", NOW)


async def test_parks_are_listed_ranked_and_judged(api: Api) -> None:
    (park,) = (await asked(api, "/v1/parks", kind="industrial_park"))["items"]
    assert (park["plants"], park["leased_hectares"], park["solar"]) == (["plant-a", "plant-b"], 200, True)
    assert (await asked(api, "/v1/parks/park"))["exchanges"] == [["plant-a", "plant-b"]]
    assert (await api.http.get("/v1/parks/nowhere")).status_code == 404
    found = await asked(api, "/v1/parks/ranking", indicator="emissions_per_ha", step="day", at=AT.isoformat())
    (only,) = found["items"]
    assert only["not_ranked"]["note"].startswith("low_coverage:"), "two of ten hours of the day"
    assert [one["note"] for one in found["notes"]] == ["carried:emission.grid"]
    lenient = await asked(
        api, "/v1/parks/ranking", indicator="emissions_per_ha", step="day", at=AT.isoformat(), threshold=0
    )
    assert lenient["items"][0]["not_ranked"]["note"] == "alone"
    assert (await api.http.get("/v1/parks/ranking?indicator=electricity")).status_code == 422
    criteria = (await asked(api, "/v1/parks/park/criteria", year=2026))["items"]
    assert {one["state"] for one in criteria} == {"no evidence"}
    assert "electricity" in next(one for one in criteria if one["id"] == "joint_monitoring")["measured"]


async def test_the_yearly_report_comes_as_a_table_and_as_a_page(api: Api) -> None:
    answer = await api.http.get("/v1/parks/park/report?year=2026")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    (electricity,) = [row for row in rows if row["id"] == "electricity"]
    assert (electricity["value"], electricity["unit"], electricity["name_vi"]) == ("19000.0", "kWh", "Điện tiêu thụ")
    assert [row["value"] for row in rows if row["id"] == "emission.grid"] == ["0.6592"]
    assert {row["part"] for row in rows} == {"park", "indicator", "figure", "criterion"}
    page = (await api.http.get("/v1/parks/park/report?year=2026&format=html")).text
    assert "<td>%</td><td>5,3</td>" in page, "a share is read in percent, a number as Vietnamese writes it"
    assert "<td>kWh</td><td>19.000</td>" in page and "<td>87.600.000</td>" in page and "<td>0,6592</td>" in page
    assert "<td>Điện tiêu thụ; Tỷ lệ nước thải đạt giới hạn</td></tr>" in page, (
        "what was measured for a criterion has its name"
    )
    assert "Báo cáo giám sát năm 2026" in page and "Nghị định 35/2022/NĐ-CP" in page and "<script" not in page
    assert (await api.http.get("/v1/parks/park/report?year=1")).status_code == 422


async def test_the_yearly_report_of_an_exercise_cannot_be_taken_for_real(api: Api) -> None:
    drill = msgspec.structs.replace(api.center.settings, exercise="Diễn tập 2026-11")
    played = msgspec.structs.replace(api.center, settings=drill)
    forms: tuple[Literal["csv", "html"], ...] = ("csv", "html")
    for form in forms:
        answer = await report(played, "park", 2026, form)
        shown = bytes(answer.body).decode()
        assert "exercise-Di%E1%BB%85n" in answer.headers["content-disposition"]
        assert "DIỄN TẬP, không có thật" in shown and "Diễn tập 2026-11" in shown


async def test_formulas_are_told_and_an_unknown_indicator_is_refused(api: Api) -> None:
    formulas = (await asked(api, "/v1/indicators/formulas"))["items"]
    assert {"electricity", "scope2", "stack_hours_over"} <= {one["id"] for one in formulas}
    assert (await api.http.get("/v1/indicators/values?indicator=happiness")).json()["field"] == "indicator"


async def test_an_incident_over_a_border_counts_on_both_sides_and_basins_are_shared(api: Api) -> None:
    await api.have(change("inc-border", zones=("z", "n"), agencies=("environment", "next")).incident)
    areas = {one["id"]: one for one in (await asked(api, "/v1/areas"))["items"]}
    assert {name: one["live_incidents"] for name, one in areas.items()} == {"own": 1, "before": 1, "next": 1}
    assert (areas["before"]["valid_to"], areas["next"]["neighbour"]) == ("2025-07-01", True)
    flows = [reach("r1", "z"), reach("r2", "n")]
    relation = Relation(from_id="r1", relation="flows_to", to_id="r2")
    rows = [("assets", one.id, one) for one in flows]
    await api.put(reference, *(reference_row(*row) for row in [*rows, ("relations", relation.id, relation)]))
    (basin,) = (await asked(api, "/v1/areas/shared"))["items"]
    assert (basin["form"], basin["crossings"], basin["agencies"]) == ("basin", [["r1", "r2"]], ["next"])


async def test_a_day_of_the_city_is_summed_up_and_shown_on_the_tiles(api: Api) -> None:
    day = AT.astimezone(CITY_ZONE).date()
    opened: dict[str, Any] = {"opened_at": AT, "severity": "critical", "agencies": ("power",)}
    await api.have(change("inc-day", state="resolved", resolved_at=AT + timedelta(hours=1), **opened).incident)
    await api.have(change("inc-later", opened_at=AT + timedelta(days=1)).incident)
    found = await asked(api, "/v1/indicators/day", day=day.isoformat())
    assert (found["opened"], found["opened_by_severity"], found["resolved"]) == (1, {"critical": 1}, 1)
    assert found["readings"] >= 240 and found["sensors"] >= 2
    assert found["parks"]["electricity"]["value"] == 19_000
    assert found["parks"]["renewable_share"]["value"] == pytest.approx(1 / 19)
    async with api.center.engine.begin() as connection:
        for partition in range(2):
            await move_clock(connection, partition, NOW)
    counts, indicators = await TileCounts(api.center.engine).read(None)
    assert (counts.open, indicators["electricity"].value, indicators["electricity"].parks) == (2, 19_000, 1)


async def test_a_past_from_elsewhere_adds_up_to_its_years_and_takes_nothing_from_what_was_measured(api: Api) -> None:
    starts = {"month": datetime(2024, 5, 1, tzinfo=CITY_ZONE), "day": datetime(2024, 6, 3, tzinfo=CITY_ZONE)}
    rows = [
        Row(asset="park", indicator="electricity", version=1, step=step, at=start, numerator=numerator,
            denominator=None, hours=24.0, covered_h=24.0, notes=("simulated",), computed_at=NOW)
        for numerator, (step, start) in zip((500.0, 7.0), starts.items(), strict=True)
    ]  # fmt: skip
    async with api.center.engine.begin() as connection:
        await bring(connection, rows, CITY_ZONE)
    await work(api)
    changed = [msgspec.structs.replace(one, numerator=1.0) for one in rows]
    async with api.center.engine.begin() as connection:
        await bring(connection, changed, CITY_ZONE)
    await work(api)
    span = {"from": "2023-12-01T00:00:00Z", "to": "2024-12-01T00:00:00Z"}
    found = (await asked(api, "/v1/indicators/values", asset="park", step="year", indicator="electricity", **span))[
        "items"
    ]
    assert [(one["value"], [note["note"] for note in one["notes"]]) for one in found] == [(507, ["simulated"])]


async def test_what_has_nothing_to_say_leaves_no_empty_note_in_what_it_adds_up_to(api: Api) -> None:
    rows = [
        Row(asset="park", indicator="water", version=1, step="day", at=datetime(2024, 6, day, tzinfo=CITY_ZONE),
            numerator=1.0, denominator=None, hours=24.0, covered_h=24.0, notes=notes, computed_at=NOW)
        for day, notes in ((3, ()), (4, ("simulated",)))
    ]  # fmt: skip
    async with api.center.engine.begin() as connection:
        await bring(connection, rows, CITY_ZONE)
    await work(api)
    asking = {"from": "2024-05-31T12:00:00Z", "to": "2024-06-15T00:00:00Z", "indicator": "water"}
    (june,) = (await asked(api, "/v1/indicators/values", asset="park", step="month", **asking))["items"]
    assert (june["value"], [note["note"] for note in june["notes"]]) == (2, ["simulated"])
