"""Distances and nearness on the ground: what rules by distance and the map need, without a GIS."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import asin, atan2, ceil, cos, degrees, floor, hypot, radians, sin, sqrt

Position = tuple[float, float]
"""lon, lat in WGS 84, degrees."""
Line = Sequence[Position]
"""Two or more positions."""

EARTH_RADIUS_M = 6_371_008.8
DEGREE_M = 111_195.0
"""Metres of a degree of latitude, and of longitude at the equator."""


def distance_m(one: Position, other: Position) -> float:
    """Great-circle distance in metres (haversine formula on the mean sphere; error below 0.6 %)."""
    lon1, lat1, lon2, lat2 = map(radians, (*one, *other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def length_m(line: Line) -> float:
    """Metres along a line."""
    return sum(distance_m(start, end) for start, end in pairwise(line))


def distance_to_line_m(position: Position, line: Line) -> float:
    """Metres to the nearest point of a line (on the local plane: good for lines of some kilometres)."""
    east = cos(radians(position[1])) * DEGREE_M
    flat = [((lon - position[0]) * east, (lat - position[1]) * DEGREE_M) for lon, lat in line]
    return min(_from_origin(start, end) for start, end in pairwise(flat))


def _from_origin(start: tuple[float, float], end: tuple[float, float]) -> float:
    (x, y), (dx, dy) = start, (end[0] - start[0], end[1] - start[1])
    length = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(x * dx + y * dy) / length)) if length else 0.0
    return hypot(x + along * dx, y + along * dy)


def encloses(ring: Sequence[Sequence[float]], lon: float, lat: float) -> bool:
    """Whether a closed ring has the position inside: an odd number of its edges lies east of it."""
    crossed = False
    for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


def points_along(line: Line, step_m: float) -> Iterator[Position]:
    """The line's positions with others between them, nowhere farther apart than `step_m`."""
    yield line[0]
    for start, end in pairwise(line):
        parts = max(1, ceil(distance_m(start, end) / step_m))
        for part in range(1, parts + 1):
            share = part / parts
            yield start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


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
    step = size_m / DEGREE_M
    return floor(position[0] / (step * 4)), floor(position[1] / step)


def cells_around(position: Position, size_m: float) -> Iterator[Cell]:
    """The cell of the position and its eight neighbours."""
    return around(cell_of(position, size_m))


def around(cell: Cell, far: int = 1) -> Iterator[Cell]:
    """The cell and its neighbours, of which there are so many on each side."""
    column, row = cell
    for x in range(column - far, column + far + 1):
        for y in range(row - far, row + far + 1):
            yield x, y


def cells_within(position: Position, size_m: float, within_m: float) -> Iterator[Cell]:
    """The cells of a grid in which points within so many metres lie: the square of `within_m / size_m`, times four."""
    return around(cell_of(position, size_m), max(1, ceil(within_m / size_m)))


def pairs_of(text: str) -> list[Position]:
    """`lat,lon lat,lon …` as positions, as CAP writes them; none if it is anything else."""
    try:
        pairs = [one.split(",") for one in text.split()]
        return [(float(lon), float(lat)) for lat, lon in pairs]
    except ValueError:
        return []
