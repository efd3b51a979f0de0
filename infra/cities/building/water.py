"""Waterworks, mains, pressure points, drainage pumps and the roads they lie under or keep dry."""

from itertools import pairwise
from typing import Any

from city.space import Position, distance_m
from infra.cities.building.drawing import Drawing, Plan, beside
from infra.cities.building.parks import YEARS, figure_row

UNDER_M = 1800.0
POINTS_A_MAIN = 2
MEAN_INFLOW_LS, REVENUE, SECONDS = 16.0, 0.78, 365 * 86_400
"""Of a metered area in the simulator (`services/simulator/supply.py`), and the part of it that is billed."""
SOURCE = "Invented for the demo city; no utility has declared it"
TAP = ("chlorine_mgl", "turbidity_ntu", "tap_ph")


def draw_water(drawing: Drawing) -> None:
    """Each works of the plan; needs the roads."""
    for works in drawing.plan["waterworks"]:
        at = tuple(works["at"])
        drawing.add(f"works-{works['id']}", "reservoir", (works["name"], works["name_vi"]), [at], agency="water")
        _mains(drawing, works, [at, *(tuple(p) for p in works["line"])])
        _supply(drawing, works)
    _pumps(drawing)


def _mains(drawing: Drawing, works: dict[str, Any], line: list[Position]) -> None:
    mains, points = [], []
    for at, (start, end) in enumerate(pairwise(line)):
        key = f"{works['id']}-{at + 1}"
        label = works["name_vi"].removeprefix("Nhà máy nước ")
        names = f"Main {label} {at + 1}", f"Tuyến ống {label} {at + 1}"
        main = drawing.add(f"main-{key}", "water_main", names, [start, end], agency="water", works=works["id"])
        drawing.sensor(f"flow-{key}", main, ("flow_ls",), 30, drawing.places[main])
        mains.append(main)
        points.append([_point(drawing, key, end, number) for number in range(1, POINTS_A_MAIN + 1)])
        _under(drawing, main)
    for at, main in enumerate(mains):
        for point in [name for group in points[max(0, at - 1) :] for name in group]:
            drawing.relate(main, "carries", point)


def _supply(drawing: Drawing, works: dict[str, Any]) -> None:
    """The tank of the works, the metered area that it supplies, a tap at the far end."""
    key, far = works["id"], tuple(works["line"][-1])
    name, name_vi = works["name"].removesuffix(" waterworks"), works["name_vi"].removeprefix("Nhà máy nước ")
    drawing.sensor(f"tank-{key}", f"works-{key}", ("tank_level_m",), 60, tuple(works["at"]))
    names, middle = (f"Metered area {name}", f"Vùng đo đếm {name_vi}"), tuple(works["line"][1])
    own = {"agency": "water", "works": key}
    area = drawing.add(f"area-{key}", "metered_area", names, [beside(middle, 0, 90)], **own)
    drawing.sensor(f"night-{key}", area, ("night_flow_ls",), 3600, drawing.places[area])
    drawing.sensor(f"inlet-{key}", area, ("inflow_ls",), 300, drawing.places[area])
    tap = drawing.add(f"tap-{key}", "tap", (f"Tap {name}", f"Vòi kiểm tra {name_vi}"), [beside(far, -70, 90)], **own)
    drawing.relate(f"works-{key}", "carries", tap)
    drawing.sensor(f"quality-{key}", tap, TAP, 60, drawing.places[tap])


def water_figures(plan: Plan) -> str:
    """`figures/water.toml`: what is billed in each metered area, of what the simulator lets in."""
    billed = ("water.billed_m3", round(MEAN_INFLOW_LS * REVENUE * SECONDS / 1000), "m3", True)
    areas = [f"area-{works['id']}" for works in plan["waterworks"]]
    rows = [figure_row(area, year, billed, SOURCE) for area in areas for year in YEARS]
    return "# Drawn from plan.toml; every figure is invented for the demo.\n\n" + "\n".join(rows)


def _point(drawing: Drawing, key: str, end: Position, number: int) -> str:
    at = beside(end, 150.0 * (number - 1), 60.0 * number)
    names = f"Pressure point {key}.{number}", f"Điểm đo áp {key}.{number}"
    name = drawing.add(f"point-{key}-{number}", "pressure_point", names, [at], agency="water")
    drawing.sensor(f"head-{key}-{number}", name, ("head_m",), 30, at)
    return name


def _under(drawing: Drawing, main: str) -> None:
    segments = drawing.of_kind("road_segment")
    segment = drawing.nearest(drawing.places[main], segments)
    if distance_m(drawing.places[main], drawing.places[segment]) <= UNDER_M:
        drawing.relate(main, "runs_under", segment)


def _pumps(drawing: Drawing) -> None:
    """A drainage pump and a depth sensor for every segment that a main runs under."""
    low = sorted({end for _, relation, end in drawing.relations if relation == "runs_under"})
    for segment in low:
        key = segment.removeprefix("seg-")
        of = drawing.features[segment]["properties"]
        at = beside(drawing.places[segment], 80, -40)
        names = f"Drainage pump at {of['name']}", f"Bơm thoát nước tại {of['name_vi']}"
        pump = drawing.add(f"pump-{key}", "pump", names, [at], agency="water")
        drawing.relate(pump, "drains", segment)
        drawing.sensor(f"drive-{key}", pump, ("pump_kw",), 30, at)
        drawing.sensor(f"depth-{key}", segment, ("depth_m",), 20, drawing.places[segment])
