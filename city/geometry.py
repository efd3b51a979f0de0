"""GeoJSON geometry of assets: checked for form and range, and one point to stand for it."""

from collections.abc import Iterator
from itertools import pairwise
from math import dist, isfinite
from typing import Any

from schemas.sentences import Sentence, say

DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
RING_LENGTH = 4
Position = tuple[float, float]


def fault(geometry: Any) -> tuple[str, Sentence] | None:
    """Field and message of what is wrong with a GeoJSON geometry (RFC 7946); None if nothing is."""
    if not isinstance(geometry, dict):
        return "geometry", say("not_object")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in DEPTHS:
        return "geometry.type", say("geometry_kind", kind=kind, known=", ".join(DEPTHS))
    message = _nested_fault(coordinates, DEPTHS[kind]) or _form_fault(kind, coordinates)
    return ("geometry.coordinates", message) if message else None


def _nested_fault(coordinates: Any, depth: int) -> Sentence | None:
    if depth == 0:
        return _point_fault(coordinates)
    if not isinstance(coordinates, list) or not coordinates:
        return say("not_positions")
    return next((found for part in coordinates if (found := _nested_fault(part, depth - 1))), None)


def _point_fault(position: Any) -> Sentence | None:
    if not isinstance(position, list) or len(position) < 2 or not all(_is_number(part) for part in position):
        return say("not_lon_lat")
    if not (-180 <= position[0] <= 180 and -90 <= position[1] <= 90):
        return say("not_on_earth", position=position[:2])
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _form_fault(kind: str, coordinates: Any) -> Sentence | None:
    if kind in ("LineString", "MultiLineString"):
        lines = [coordinates] if kind == "LineString" else coordinates
        return None if all(len(line) > 1 for line in lines) else say("line_short")
    if kind in ("Polygon", "MultiPolygon"):
        rings = coordinates if kind == "Polygon" else [ring for polygon in coordinates for ring in polygon]
        closed = all(len(ring) >= RING_LENGTH and ring[0] == ring[-1] for ring in rings)
        return None if closed else say("ring_open")
    return None


def line_of(geometry: dict[str, Any] | None) -> list[Position] | None:
    """The line that a valid geometry is (of several parts: the first); None if it is none."""
    if geometry is None or geometry["type"] not in ("LineString", "MultiLineString"):
        return None
    return list(_first_line(geometry["coordinates"]))


def representative(geometry: dict[str, Any]) -> Position:
    """lon, lat: the point; half way along the first line; the mean of the outer ring. The geometry must be valid."""
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        return float(coordinates[0]), float(coordinates[1])
    line = list(_first_line(coordinates))
    if "Polygon" in kind or kind == "MultiPoint":
        corners = line[:-1] if "Polygon" in kind else line
        return sum(p[0] for p in corners) / len(corners), sum(p[1] for p in corners) / len(corners)
    return _half_way(line)


def _first_line(coordinates: Any) -> Iterator[Position]:
    while isinstance(coordinates[0][0], list):
        coordinates = coordinates[0]
    return ((float(p[0]), float(p[1])) for p in coordinates)


def _half_way(line: list[Position]) -> Position:
    left = sum(dist(a, b) for a, b in pairwise(line)) / 2
    for a, b in pairwise(line):
        length = dist(a, b)
        if length > 0 and left <= length:
            part = left / length
            return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
        left -= length
    return line[-1]
