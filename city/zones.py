"""The zone of a place: that of the nearest asset, found in a grid that is laid once for all places."""

from collections.abc import Iterable

from city.space import Cell, Position, cell_of, cells_around, distance_m
from schemas.assets import Asset

FAR_M = 5_000.0
"""What is farther from every asset is in no zone."""
SIZE_M = FAR_M + 1


class Zones:
    """The assets that have a place and a zone, by cell."""

    def __init__(self, assets: Iterable[Asset], unknown: str) -> None:
        """`unknown`: the zone of what is in none."""
        self._unknown = unknown
        self._cells: dict[Cell, list[tuple[Position, str]]] = {}
        for asset in assets:
            if asset.position and asset.zone != unknown:
                self._cells.setdefault(cell_of(asset.position, SIZE_M), []).append((asset.position, asset.zone))

    def of(self, position: Position) -> str:
        """The zone of the nearest asset; of equally near ones the first by name. Up to 75° latitude."""
        near = (
            (distance_m(position, place), zone)
            for cell in cells_around(position, SIZE_M)
            for place, zone in self._cells.get(cell, ())
        )
        distance, zone = min(near, default=(SIZE_M, self._unknown))
        return zone if distance <= FAR_M else self._unknown
