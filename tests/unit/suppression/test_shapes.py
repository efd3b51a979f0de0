"""What lies in or near a geometry, in metres."""

from typing import Any

import pytest

from city.suppression.shapes import Shape

SQUARE = [[106.60, 11.00], [106.64, 11.00], [106.64, 11.04], [106.60, 11.04], [106.60, 11.00]]
HOLE = [[106.61, 11.01], [106.63, 11.01], [106.63, 11.03], [106.61, 11.03], [106.61, 11.01]]
ROAD = [[106.60, 11.00, 12.5], [106.64, 11.00, 14.0]]
"""Positions may have a height (RFC 7946 §3.1.1)."""


@pytest.mark.parametrize(
    ("geometry", "position", "held"),
    [
        ({"type": "Polygon", "coordinates": [SQUARE]}, (106.605, 11.005), True),
        ({"type": "Polygon", "coordinates": [SQUARE]}, (106.645, 11.005), False),
        ({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, (106.62, 11.02), False),
        ({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, (106.605, 11.02), True),
        ({"type": "MultiPolygon", "coordinates": [[HOLE], [SQUARE, HOLE]]}, (106.62, 11.02), True),
        ({"type": "LineString", "coordinates": ROAD}, (106.62, 11.0004), True),
        ({"type": "LineString", "coordinates": ROAD}, (106.62, 11.0006), False),
        ({"type": "MultiLineString", "coordinates": [ROAD]}, (106.6404, 11.0), True),
        ({"type": "Point", "coordinates": [106.60, 11.00]}, (106.6004, 11.0), True),
        ({"type": "MultiPoint", "coordinates": [[106.5, 11.0], [106.60, 11.00]]}, (106.6006, 11.0), False),
    ],
)
def test_a_polygon_holds_what_is_inside_and_a_line_what_is_within_50_m(
    geometry: dict[str, Any], position: tuple[float, float], held: bool
) -> None:
    assert Shape(geometry, near_m=50.0).holds(position) is held
