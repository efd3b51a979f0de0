"""Corridors with a travel time, lines of public transport on them, cameras that count and watch."""

import re
from typing import Any

from infra.cities.building.drawing import Drawing, beside

COUNTED = ("vehicles_count", "motorbike_ratio")


def draw_journeys(drawing: Drawing) -> None:
    """Needs the roads and parks."""
    for corridor in drawing.plan["corridors"]:
        _corridor(drawing, corridor)
    for line in drawing.plan["bus_lines"]:
        _line(drawing, line)
    for junction in drawing.plan["junctions"]:
        _camera_at_junction(drawing, junction)
    for park in drawing.plan["camera_parks"]:
        of = drawing.features[f"park-{park}"]["properties"]
        names = f"Camera at the gate of {of['name']}", f"Camera cổng {of['name_vi']}"
        at = beside(drawing.places[f"park-{park}"], 90, -260)
        camera = drawing.add(f"camera-{park}-gate", "camera", names, [at], agency="police")
        drawing.relate(camera, "located_in", f"park-{park}")


def _segments(drawing: Drawing, corridor: str) -> list[str]:
    own = re.compile(rf"seg-{re.escape(corridor)}-\d+")
    return [name for name in drawing.of_kind("road_segment") if own.fullmatch(name)]


def _corridor(drawing: Drawing, corridor: str) -> None:
    segments = _segments(drawing, corridor)
    first = drawing.features[segments[0]]["properties"]
    names = first["name"].rsplit(",", 1)[0], first["name_vi"].rsplit(",", 1)[0]
    middle = drawing.places[segments[len(segments) // 2]]
    name = drawing.add(f"corridor-{corridor}", "corridor", names, [middle], agency="transport", road=corridor)
    drawing.sensor(f"travel-{corridor}", name, ("travel_time_s",), 60, middle)


def _line(drawing: Drawing, line: dict[str, Any]) -> None:
    segments = _segments(drawing, line["corridor"])
    at, names = drawing.places[segments[0]], (line["name"], line["name_vi"])
    own = {"agency": "transport", "road": line["corridor"]}
    name = drawing.add(f"bus-line-{line['id']}", "bus_line", names, [at], **own)
    for segment in segments:
        drawing.relate(segment, "serves", name)
    drawing.sensor(f"bus-{line['id']}", name, ("bus_delay_s",), 60, at)


def _camera_at_junction(drawing: Drawing, junction: dict[str, Any]) -> None:
    """Counts what passes on the nearest segment."""
    at = beside(tuple(junction["at"]), 15, 15)
    segment = drawing.nearest(at, drawing.of_kind("road_segment"))
    names = f"Camera {junction['name_vi']}", f"Camera {junction['name_vi']}"
    camera = drawing.add(f"camera-{junction['id']}", "camera", names, [at], agency="police")
    drawing.sensor(f"counter-{junction['id']}", segment, COUNTED, 60, at)
    drawing.relate(camera, "watches", segment)
