"""GeoJSON geometry of assets: checked for form and range, and one point to stand for it."""

from collections.abc import Iterator
from itertools import pairwise
from math import dist, isfinite
from typing import Any

DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
RING_LENGTH = 4
Position = tuple[float, float]


def fault(geometry: Any) -> tuple[str, str] | None:
    """Field and message of what is wrong with a GeoJSON geometry (RFC 7946); None if nothing is."""
    if not isinstance(geometry, dict):
        return "geometry", "is not an object"
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in DEPTHS:
        return "geometry.type", f"{kind!r} is not one of {', '.join(DEPTHS)}"
    message = _nested_fault(coordinates, DEPTHS[kind]) or _form_fault(kind, coordinates)
    return ("geometry.coordinates", message) if message else None


def _nested_fault(coordinates: Any, depth: int) -> str | None:
    if depth == 0:
        return _point_fault(coordinates)
    if not isinstance(coordinates, list) or not coordinates:
        return "is not a list of positions"
    return next((found for part in coordinates if (found := _nested_fault(part, depth - 1))), None)


def _point_fault(position: Any) -> str | None:
    if not isinstance(position, list) or len(position) < 2 or not all(_is_number(part) for part in position):
        return "a position is not [lon, lat]"
    if not (-180 <= position[0] <= 180 and -90 <= position[1] <= 90):
        return f"{position[:2]} is not on the earth (lon before lat, degrees)"
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _form_fault(kind: str, coordinates: Any) -> str | None:
    if kind in ("LineString", "MultiLineString"):
        lines = [coordinates] if kind == "LineString" else coordinates
        return None if all(len(line) > 1 for line in lines) else "a line needs two positions or more"
    if kind in ("Polygon", "MultiPolygon"):
        rings = coordinates if kind == "Polygon" else [ring for polygon in coordinates for ring in polygon]
        closed = all(len(ring) >= RING_LENGTH and ring[0] == ring[-1] for ring in rings)
        return None if closed else "a ring needs four positions or more, the last equal to the first"
    return None


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
