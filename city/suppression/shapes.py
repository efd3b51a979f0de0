"""Whether a position lies in or near a GeoJSON geometry, by plain arithmetic: a city is flat enough."""

from collections.abc import Iterator, Sequence
from math import cos, radians
from typing import Any

from city.space import DEGREE_M, Cell, Line, Position, cell_of, distance_to_line_m, encloses

CELL_M = 2_000.0
MOST_CELLS = 64

Ring = Sequence[Sequence[float]]


class Shape:
    """A valid geometry (see city.geometry), ready to be asked."""

    def __init__(self, geometry: dict[str, Any], near_m: float) -> None:
        """Polygons hold what is inside; points and lines what is within `near_m` metres."""
        kind, coordinates = geometry["type"], geometry["coordinates"]
        self._near_m = near_m
        self._polygons: list[list[Ring]] = []
        lines: list[Ring] = []
        if kind in ("Polygon", "MultiPolygon"):
            self._polygons = [coordinates] if kind == "Polygon" else coordinates
        elif kind in ("LineString", "MultiLineString"):
            lines = [coordinates] if kind == "LineString" else coordinates
        else:
            lines = [[point, point] for point in ([coordinates] if kind == "Point" else coordinates)]
        self._lines: list[Line] = [[(point[0], point[1]) for point in line] for line in lines]
        corners = [point for ring in self._rings() for point in ring]
        reach = 0.0 if self._polygons else near_m / DEGREE_M
        widest = reach / max(0.01, cos(radians(max(abs(point[1]) for point in corners))))
        self.west, self.east = min(p[0] for p in corners) - widest, max(p[0] for p in corners) + widest
        self.south, self.north = min(p[1] for p in corners) - reach, max(p[1] for p in corners) + reach

    def _rings(self) -> Iterator[Ring]:
        yield from self._lines
        for polygon in self._polygons:
            yield from polygon

    def holds(self, position: Position) -> bool:
        """Whether the position (lon, lat) lies in it."""
        lon, lat = position
        if not (self.west <= lon <= self.east and self.south <= lat <= self.north):
            return False
        if any(_inside(polygon, lon, lat) for polygon in self._polygons):
            return True
        return any(distance_to_line_m((lon, lat), line) <= self._near_m for line in self._lines)

    def cells(self) -> set[Cell] | None:
        """The cells of a grid of CELL_M that it may touch; None where there would be too many."""
        (left, low), (right, high) = (
            cell_of(corner, CELL_M) for corner in ((self.west, self.south), (self.east, self.north))
        )
        if (right - left + 1) * (high - low + 1) > MOST_CELLS:
            return None
        return {(x, y) for x in range(left, right + 1) for y in range(low, high + 1)}


def _inside(polygon: Sequence[Ring], lon: float, lat: float) -> bool:
    """Even-odd rule over all rings: holes are outside."""
    return sum(encloses(ring, lon, lat) for ring in polygon) % 2 == 1
