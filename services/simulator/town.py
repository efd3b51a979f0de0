"""What the simulator needs of a city folder: assets by kind in a fixed order, edges, who hangs on which feeder."""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from infra.cities.folder import CityFolder
from schemas.assets import Asset

Array = NDArray[np.float64]


class Town:
    """Read-only lookups over one city folder."""

    def __init__(self, folder: CityFolder) -> None:
        """`folder` is a valid city."""
        self.folder = folder
        self.assets = folder.assets
        self._edges: dict[str, dict[str, list[str]]] = {}
        for relation in folder.relations.values():
            self._edges.setdefault(relation.relation, {}).setdefault(relation.from_id, []).append(relation.to_id)

    def of_kind(self, kind: str) -> list[Asset]:
        """Assets of a kind, by id."""
        return [self.assets[name] for name in sorted(self.assets) if self.assets[name].kind == kind]

    def onward(self, asset: str, relation: str) -> list[str]:
        """Assets one edge further, sorted."""
        return sorted(self._edges.get(relation, {}).get(asset, ()))

    def below(self, asset: str) -> set[str]:
        """Everything that `asset` feeds, at any distance, itself included."""
        found, waiting = {asset}, [asset]
        while waiting:
            for end in self.onward(waiting.pop(), "feeds"):
                if end not in found:
                    found.add(end)
                    waiting.append(end)
        return found

    @cached_property
    def fed(self) -> dict[str, set[str]]:
        """Feeder → everything it feeds."""
        return {feeder.id: self.below(feeder.id) for feeder in self.of_kind("feeder")}

    @cached_property
    def sensors(self) -> list[Asset]:
        """Sensors by id."""
        return self.of_kind("sensor")


def numbers(assets: Iterable[Asset], name: str, default: float) -> Array:
    """A numeric property of each asset."""
    return np.array([float(asset.properties.get(name, default)) for asset in assets])
