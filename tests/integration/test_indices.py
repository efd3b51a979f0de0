"""VN_AQI, river classes, VN_WQI and levels of service over the API, from the rollups in PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.cities.folder import shipped
from infra.postgres.rollup_store import RollupRow, add
from infra.postgres.tables import reference
from schemas.assets import Asset
from tests.integration.api_center import Api, reference_row, running_api
from tests.servers import Servers

END = datetime(2026, 11, 20, 13, tzinfo=UTC)
"""20:00 in Vietnam."""
PM25 = (20.6, 19.6, 22.4, 20.3, 16.5, 19.0, 16.5, 19.5, 23.5, 20.5, 24.7, 26.9)
"""The decision's example, the newest hour first."""


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        yield running


def rolled(sensor: str, quantity: str, hours_back: int, mean: float, count: int = 60) -> RollupRow:
    at = END - timedelta(hours=hours_back)
    return RollupRow(sensor, quantity, at, count, mean * count, mean, mean, mean, at)


async def test_each_station_has_its_hourly_and_daily_index_from_the_rollups(api: Api) -> None:
    station = Asset(id="station-1", kind="air_station", name="Station 1", name_vi="Trạm 1", position=(106.6, 11.0))
    sensor = Asset(id="dust-1", kind="sensor", name="Dust", measures="station-1", observes=("pm25_ugm3",))
    await api.put(reference, *(reference_row("assets", one.id, one) for one in (station, sensor)))
    rows = [rolled("dust-1", "pm25_ugm3", back + 1, mean) for back, mean in enumerate(PM25)]
    rows += [rolled("dust-1", "no2_ugm3", 1, 118.7), rolled("gas-2", "o3_ugm3", 1, 136.1)]
    rows += [rolled("dust-1", "pm25_ugm3", back, 55.7) for back in range(21, 45)]
    async with api.center.engine.begin() as connection:
        await add(connection, rows)
    found = (await api.http.get("/v1/indicators/air", params={"at": (END + timedelta(minutes=7)).isoformat()})).json()
    assert (found["hour_end"], found["day"], len(found["levels"])) == ("2026-11-20T13:00:00Z", "2026-11-19", 6)
    for offset in ("+05:30", "+07:00"):
        at = (END + timedelta(minutes=40)).astimezone(datetime.strptime(offset, "%z").tzinfo).isoformat()
        assert (await api.http.get("/v1/indicators/air", params={"at": at})).json() == found, "whoever asks"
    gas, dust = found["stations"]
    assert (dust["station"], dust["name_vi"], dust["position"], dust["sources"]) == (
        "station-1",
        "Trạm 1",
        [106.6, 11.0],
        ["dust-1"],
    )
    assert (dust["hour"]["value"], dust["hour"]["main"], dust["hour"]["level"]["name_vi"]) == (59, "no2", "Trung bình")
    assert dust["means_ugm3"] == {"pm25": 20.6, "no2": 118.7}
    assert (dust["day"]["value"], dust["day"]["main"]) == (110, "pm25")
    assert (gas["station"], gas["hour"]["value"], gas["hour"]["reason"]) == ("gas-2", None, "no PM10/PM2.5")
    assert gas["hour"]["parts"] == {"o3": 43}


async def test_each_corridor_has_its_travel_time_and_level_by_direction(api: Api) -> None:
    roads = [
        Asset(
            id=f"seg-{road}-{number}",
            kind="road_segment",
            name=f"Road {road}, segment {number}",
            name_vi=f"Đường {road}, đoạn {number}",
            properties={"length_m": 1000, "free_kmh": 60},
        )
        for road, number in (("9", 1), ("9", 2), ("10", 1))
    ]
    loops = [
        Asset(id=f"loop-{one.id}", kind="sensor", name="", measures=one.id, observes=("speed_kmh",)) for one in roads
    ]
    await api.put(reference, *(reference_row("assets", one.id, one) for one in (*roads, *loops)))
    minutes = [(loop, back, speed) for loop, speed in zip(loops[:2], (60.0, 20.0), strict=True) for back in (1, 15)]
    rows = [
        RollupRow(loop.id, "speed_kmh", END - timedelta(minutes=back), 2, 2 * speed, speed, speed, speed, END)
        for loop, back, speed in [*minutes, (loops[1], 16, 5.0)]
    ]
    async with api.center.engine.begin() as connection:
        await add(connection, rows)
    asked = {"at": (END + timedelta(seconds=30)).isoformat()}
    found = (await api.http.get("/v1/indicators/traffic", params=asked)).json()
    assert (found["since"], found["until"], len(found["levels"])) == ("2026-11-20T12:45:00Z", "2026-11-20T13:00:00Z", 6)
    slow, silent = found["corridors"]
    assert (slow["name_vi"], slow["sensors"], slow["heard"]) == ("Đường 9", ["loop-seg-9-1", "loop-seg-9-2"], 2)
    assert (slow["travel_time_s"], slow["speed_kmh"], slow["level"]["name"]) == (240.0, 30.0, "D")
    assert (silent["name"], silent["level"], silent["coverage"]) == ("Road 10", None, 0.0)
    wrong = await api.http.get("/v1/indicators/traffic", params={"minutes": 0})
    assert (wrong.status_code, "minutes" in wrong.text) == (422, True)


async def test_each_river_station_has_its_class_and_a_provisional_index(api: Api) -> None:
    limits = shipped().limits
    await api.put(reference, *(reference_row("limits", name, row) for name, row in limits.items()))
    rows = [rolled("buoy-1", "river_cod_mgl", back, 22.5) for back in range(1, 20)]
    rows += [rolled("buoy-1", "do_mgl", 1, 4.2), rolled("buoy-1", "river_temperature_c", 1, 28.0)]
    rows += [rolled("buoy-1", "river_ph", 1, 7.0), rolled("buoy-1", "river_cod_mgl", 30, 900.0)]
    async with api.center.engine.begin() as connection:
        await add(connection, rows)
    found = (await api.http.get("/v1/indicators/rivers", params={"at": END.isoformat()})).json()
    (buoy,) = found["stations"]
    assert (buoy["river_class"], buoy["classes"]) == ("D", {"river_cod_mgl": "D", "do_mgl": "C", "river_ph": "A"})
    assert (buoy["means"]["river_cod_mgl"], buoy["index"]["value"]) == (22.5, 58)  # (62.5 + 54.4) / 2
    assert (found["method"], len(found["risk_levels"])) == ("VN_WQI (provisional method)", 5)
    assert found["method_vi"] == "VN_WQI (phương pháp tạm thời)"
