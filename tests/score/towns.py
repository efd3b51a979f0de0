"""Cities that nobody has seen: drawn from a seed with other shapes, sizes and names, written as city folders."""

import json
from collections.abc import Iterator
from itertools import pairwise, permutations
from pathlib import Path
from random import Random
from typing import Any

Point = tuple[float, float]
STREET = 0.0035
"""Degrees between junctions, about 390 m."""
SHAPES = ("grid", "ring", "lines")
STYLES = ("{kind}-{number:03d}", "{first}{number}", "{number}/{kind}", "x{number:04x}.{first}")


class Plan:
    """One city under construction."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(f"town {seed}")
        self.style = self.chance.choice(STYLES)
        self.shape = SHAPES[seed % len(SHAPES)]
        self.corner = (self.chance.uniform(104, 109), self.chance.uniform(9, 21))
        self.features: list[dict[str, Any]] = []
        self.edges: list[tuple[str, str, str]] = []
        self.places: dict[str, Point] = {}
        self._zones: list[str] = []

    def point(self, x: float, y: float) -> Point:
        """A place so many streets east and north of the corner."""
        return round(self.corner[0] + x * STREET, 6), round(self.corner[1] + y * STREET, 6)

    def add(self, kind: str, at: Point, line: Point | None = None, **more: Any) -> str:
        """An asset; roads and mains are lines."""
        number = len(self.features) + 1
        name = self.style.format(kind=kind, first=kind[0] + kind[-1], number=number)
        geometry = {"type": "Point", "coordinates": at}
        if line is not None:
            geometry = {"type": "LineString", "coordinates": [at, line]}
            at = (at[0] + line[0]) / 2, (at[1] + line[1]) / 2
        own = {"kind": kind, "name": name, **({"zone": self.zone(at)} if self._zones else {}), **more}
        self.features.append({"type": "Feature", "id": name, "geometry": geometry, "properties": own})
        self.places[name] = at
        if kind == "zone":
            self._zones.append(name)
        return name

    def zone(self, at: Point) -> str:
        """The zone whose middle is nearest."""
        return self.nearest(self._zones, at)

    def nearest(self, names: list[str], at: Point) -> str:
        """The nearest of these assets."""
        return min(names, key=lambda name: (self.places[name][0] - at[0]) ** 2 + (self.places[name][1] - at[1]) ** 2)

    def edge(self, start: str, relation: str, end: str) -> None:
        """One relation."""
        self.edges.append((start, relation, end))


def draw(seed: int, folder: Path) -> Path:
    """Writes the city of a seed into `folder`."""
    plan = Plan(seed)
    width, height = plan.chance.randint(5, 8), plan.chance.randint(4, 6)
    for x in range(0, width, 3):
        for y in range(0, height, 3):
            plan.add("zone", plan.point(x + 1, y + 1))
    lines = _power(plan, width, height)
    roads = _roads(plan, width, height, lines)
    _water(plan, roads, lines)
    _river(plan, width, height)
    _air(plan, width, height)
    _write(plan, seed, folder)
    return folder


def _power(plan: Plan, width: int, height: int) -> list[str]:
    lines = []
    for _ in range(plan.chance.randint(1, 3)):
        substation = plan.add("substation", _anywhere(plan, width, height))
        for _ in range(plan.chance.randint(2, 5)):
            line = plan.add("feeder", _anywhere(plan, width, height))
            plan.edge(substation, "feeds", line)
            plan.edge(line, "feeds", plan.add("gateway", plan.places[line]))
            lines.append(line)
    return lines


def _anywhere(plan: Plan, width: int, height: int) -> Point:
    return plan.point(plan.chance.uniform(0, width - 1), plan.chance.uniform(0, height - 1))


def _streets(plan: Plan, width: int, height: int) -> Iterator[tuple[Point, Point]]:
    """Pairs of junctions that a street joins, one direction each."""
    for x in range(width):
        for y in range(height):
            here = plan.point(x, y)
            if x + 1 < width and (plan.shape != "ring" or y in (0, height - 1)):
                yield here, plan.point(x + 1, y)
            if y + 1 < height and (plan.shape == "grid" or (plan.shape == "ring" and x in (0, width - 1))):
                yield here, plan.point(x, y + 1)


def _roads(plan: Plan, width: int, height: int, lines: list[str]) -> list[str]:
    ends: dict[str, tuple[Point, Point]] = {}
    for start, end in _streets(plan, width, height):
        for pair in ((start, end), (end, start)):
            ends[plan.add("road_segment", pair[0], pair[1])] = pair
    for one, other in permutations(ends, 2):
        (start, middle), (begin, end) = ends[one], ends[other]
        if begin == middle and end != start:
            plan.edge(one, "flows_to", other)
    _signals(plan, ends, lines)
    return list(ends)


def _signals(plan: Plan, ends: dict[str, tuple[Point, Point]], lines: list[str]) -> None:
    for junction in sorted({end for _, end in ends.values()}):
        if plan.chance.random() < 0.7:
            _light(plan, junction, [one for one, (_, end) in ends.items() if end == junction], lines)
    for road in ends:
        if plan.chance.random() < 0.6:
            _loop(plan, road, lines)


def _light(plan: Plan, junction: Point, roads: list[str], lines: list[str]) -> None:
    cabinet, light = plan.add("cabinet", junction), plan.add("traffic_signal", junction)
    plan.edge(plan.nearest(lines, junction), "feeds", cabinet)
    plan.edge(cabinet, "controls", light)
    for road in roads:
        plan.edge(light, "controls", road)


def _loop(plan: Plan, road: str, lines: list[str]) -> None:
    for _ in range(plan.chance.choice([1, 1, 2])):
        loop = plan.add("sensor", plan.places[road], observes=["speed_kmh"], measures=road)
        if plan.chance.random() < 0.4:
            plan.edge(plan.nearest(lines, plan.places[road]), "feeds", loop)


def _water(plan: Plan, roads: list[str], lines: list[str]) -> None:
    chance = plan.chance
    for road in chance.sample(roads, max(4, len(roads) // 6)):
        at = plan.places[road]
        main = plan.add("water_main", at, (at[0] + STREET / 3, at[1]))
        plan.edge(main, "runs_under", road)
        for number in range(chance.randint(2, 4)):
            point = plan.add("pressure_point", (at[0] + STREET * number / 4, at[1] + STREET / 5))
            plan.edge(main, "carries", point)
            plan.add("sensor", plan.places[point], observes=["head_m"], measures=point)
    for road in chance.sample(roads, max(3, len(roads) // 10)):
        pump = plan.add("pump", plan.places[road])
        plan.edge(pump, "drains", road)
        plan.edge(plan.nearest(lines, plan.places[road]), "feeds", pump)


def _river(plan: Plan, width: int, height: int) -> None:
    reaches = [plan.add("river_reach", plan.point(x, height)) for x in range(width + 3)]
    for one, other in pairwise(reaches):
        plan.edge(one, "flows_to", other)
    for reach in reaches:
        plan.add("sensor", plan.places[reach], observes=["river_cod_mgl"], measures=reach)
        if plan.chance.random() < 0.4:
            outfall = plan.add("outfall", plan.places[reach])
            plan.edge(outfall, "discharges_to", reach)


def _air(plan: Plan, width: int, height: int) -> None:
    for _ in range(plan.chance.randint(1, 3)):
        plan.add("stack", plan.point(plan.chance.uniform(-30, 30), plan.chance.uniform(-30, 30)))
    for _ in range(plan.chance.randint(3, 6)):
        plan.add("air_station", plan.point(plan.chance.uniform(-30, 30), plan.chance.uniform(-30, 30)))
    plan.add("air_station", _anywhere(plan, width, height))


def _write(plan: Plan, seed: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    head = {
        "clock": "events",
        "id": f"town-{seed}",
        "name": f"Town {seed}",
        "name_vi": f"Thị trấn {seed}",
        "time_zone": "Asia/Ho_Chi_Minh",
    }
    (folder / "city.toml").write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in head.items()))
    collection = {"type": "FeatureCollection", "features": plan.features}
    (folder / "assets.geojson").write_text(json.dumps(collection))
    rows = "".join(",".join(edge) + "\n" for edge in sorted(set(plan.edges)))
    (folder / "relations.csv").write_text("from,relation,to\n" + rows)
