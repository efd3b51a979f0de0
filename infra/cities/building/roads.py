"""Corridors cut into segments, signals with their cabinets at the ends, loops, radars and lamps."""

from itertools import pairwise
from math import ceil
from typing import Any

from city.space import Position, distance_m, length_m
from infra.cities.building.drawing import Drawing, along, beside

JUNCTION_M = 900.0
SIGNALS_EVERY = 2


def draw_roads(drawing: Drawing) -> None:
    """Every corridor of the plan, inbound and, where it says so, outbound."""
    for road in drawing.plan["roads"]:
        line = [tuple(p) for p in road["line"]]
        _direction(drawing, road, line, "")
        if road["both"]:
            _direction(drawing, road, [beside(p, 25, 0) for p in reversed(line)], "-out")


def _direction(drawing: Drawing, road: dict[str, Any], line: list[Position], suffix: str) -> None:
    count = ceil(length_m(line) / 1000 / road["step_km"])
    segments = [_segment(drawing, road, line, (suffix, at, count)) for at in range(count)]
    for number, (one, following) in enumerate(pairwise(segments)):
        drawing.relate(one, "flows_to", following)
        if number % SIGNALS_EVERY == 0 and not suffix:
            _signal(drawing, road, one, along(line, (number + 1) / count))
    if suffix:
        _share_signals(drawing, road["id"], segments)


def _segment(drawing: Drawing, road: dict[str, Any], line: list[Position], which: tuple[str, int, int]) -> str:
    suffix, at, count = which
    number = f"{at + 1:02d}"
    way = ("outbound", "chiều ra") if suffix else ("inbound", "chiều vào")
    names = f"{road['name']} {way[0]}, segment {at + 1}", f"{road['name_vi']} {way[1]}, đoạn {at + 1}"
    shape = [along(line, (at + part / 4) / count) for part in range(5)]
    own = {"lanes": road["lanes"] // 2, "free_kmh": road["free_kmh"], "length_m": round(length_m(shape))}
    name = drawing.add(f"seg-{road['id']}{suffix}-{number}", "road_segment", names, shape, agency="transport", **own)
    drawing.sensor(f"loop-{road['id']}{suffix}-{number}", name, ("speed_kmh", "flow_vph"), 30, along(shape, 0.9))
    if at % 2 == 0:
        drawing.sensor(f"radar-{road['id']}{suffix}-{number}", name, ("occupancy_ratio",), 30, along(shape, 0.8))
    return name


def _signal(drawing: Drawing, road: dict[str, Any], segment: str, at: Position) -> None:
    number = segment.rsplit("-", 1)[1]
    near = [one for one in drawing.plan["junctions"] if distance_m(tuple(one["at"]), at) < JUNCTION_M]
    label = near[0]["name_vi"] if near else f"{road['name_vi']} {number}"
    key = f"{road['id']}-{number}"
    names = f"Signal {label}", f"Đèn tín hiệu {label}"
    signal = drawing.add(f"signal-{key}", "traffic_signal", names, [at], agency="transport")
    names = f"Cabinet {label}", f"Tủ điều khiển {label}"
    cabinet = drawing.add(f"cabinet-{key}", "cabinet", names, [beside(at, 12, 8)], agency="transport")
    drawing.relate(cabinet, "controls", signal)
    drawing.relate(signal, "controls", segment)
    drawing.sensor(f"lamp-{key}", signal, ("lamp_current_a",), 20, at)
    drawing.sensor(f"supply-{key}", cabinet, ("voltage_v",), 20, beside(at, 12, 8))


def _share_signals(drawing: Drawing, road: str, segments: list[str]) -> None:
    """The signals of a corridor also hold the other direction: each the segment that ends nearest to it."""
    ends = {name: tuple(drawing.features[name]["geometry"]["coordinates"][-1]) for name in segments}
    for signal in [name for name in drawing.of_kind("traffic_signal") if name.startswith(f"signal-{road}-")]:
        at = drawing.places[signal]
        drawing.relate(signal, "controls", min(segments, key=lambda name: distance_m(at, ends[name])))
