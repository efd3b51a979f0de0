"""A park of two plants, with its instruments and figures."""

from datetime import UTC, date, datetime
from typing import Any

from city.enrich import Catalogue
from city.indicators.parks.gather import Known, by_key
from infra.cities.folder import shipped
from schemas.assets import Asset, City, Relation
from schemas.domains import Limit
from schemas.figures import Figure

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
CITY = City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh")
FACTORS = [figure for figure in shipped().figures.values() if figure.key.startswith("emission.")]
YEAR = {"valid_from": date(2026, 1, 1), "valid_to": date(2027, 1, 1), "source": "test", "status": "declared"}


def figure(key: str, value: float, *, spread: bool = False, **more: Any) -> Figure:
    return Figure(**{"key": key, "value": value, "unit": "x", "asset": "park", "spread": spread, **YEAR, **more})


def sensor(name: str, measures: str, *observes: str) -> Asset:
    return Asset(id=name, kind="sensor", name=name, observes=observes, measures=measures, properties={"period_s": 60})


ASSETS = [
    Asset(id="park", kind="industrial_park", name="Park"),
    Asset(id="plant-a", kind="plant", name="A"),
    Asset(id="plant-b", kind="plant", name="B"),
    Asset(id="out", kind="outfall", name="Outfall"),
    Asset(id="chimney", kind="stack", name="Stack"),
    sensor("power", "park", "grid_kw", "panels_kw"),
    sensor("power-a", "plant-a", "grid_kw", "diesel_ls"),
    sensor("power-b", "plant-b", "diesel_ls"),
    sensor("water", "park", "water_in_m3h", "water_reused_m3h", "wastewater_m3h"),
    sensor("effluent", "out", "cod_mgl", "ph", "effluent_flow_m3h"),
    sensor("dust", "chimney", "stack_dust_mgm3"),
]
RELATIONS = [
    *(Relation(from_id=name, relation="located_in", to_id="park") for name in ("plant-a", "plant-b", "out", "chimney")),
    Relation(from_id="feeder", relation="feeds", to_id="plant-a"),
    Relation(from_id="plant-a", relation="exchanges", to_id="plant-b"),
    Relation(from_id="plant-a", relation="exchanges", to_id="elsewhere"),
]


def known(*figures: Figure, limits: tuple[Limit, ...] = ()) -> Known:
    ships = shipped()
    rows = {limit.id: limit for limit in (*ships.limits.values(), *limits)}
    catalogue = Catalogue.build({"c": CITY}, {asset.id: asset for asset in ASSETS}, ships.domains, rows)
    return Known(catalogue=catalogue, figures=by_key([*FACTORS, *figures]))
