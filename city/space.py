"""Distances and nearness on the ground: what rules by distance and the map need, without a GIS."""

from collections.abc import Iterator
from math import asin, atan2, cos, degrees, floor, radians, sin, sqrt

Position = tuple[float, float]
"""lon, lat in WGS 84, degrees."""

EARTH_RADIUS_M = 6_371_008.8
_DEGREE_M = 111_195.0


def distance_m(one: Position, other: Position) -> float:
    """Great-circle distance in metres (haversine formula on the mean sphere; error below 0.6 %)."""
    lon1, lat1, lon2, lat2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def bearing_deg(start: Position, end: Position) -> float:
    """Initial bearing from start to end, degrees clockwise from north, 0 to 360."""
    lon1, lat1, lon2, lat2 = map(radians, (*start, *end))
    east = sin(lon2 - lon1) * cos(lat2)
    north = cos(lat1) * sin(lat2) - sin(lat1) * cos(lat2) * cos(lon2 - lon1)
    return degrees(atan2(east, north)) % 360


def turn_deg(one: float, other: float) -> float:
    """The angle between two bearings, 0 to 180 degrees."""
    return abs((one - other + 180) % 360 - 180)


Cell = tuple[int, int]


def cell_of(position: Position, size_m: float) -> Cell:
    """The cell of a grid: points nearer than `size_m` lie in the same or a neighbouring cell, up to 75° latitude."""
    step = size_m / _DEGREE_M
    return floor(position[0] / (step * 4)), floor(position[1] / step)


def cells_around(position: Position, size_m: float) -> Iterator[Cell]:
    """The cell of the position and its eight neighbours."""
    column, row = cell_of(position, size_m)
    for x in (column - 1, column, column + 1):
        for y in (row - 1, row, row + 1):
            yield x, y
