"""A city as stories see it: who hangs on what, in both directions, without any of the correlator's code."""

from collections import defaultdict
from functools import cached_property
from math import cos, hypot, radians

from infra.cities.folder import CityFolder

DEGREE_M = 111_195.0
Position = tuple[float, float]


def apart_m(one: Position, other: Position) -> float:
    """Metres on the flat, good enough within a city."""
    return DEGREE_M * hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1])


class Ground:
    """Read-only lookups over one city folder, in a fixed order."""

    def __init__(self, name: str, folder: CityFolder) -> None:
        self.name = name
        self.folder = folder
        self.assets = folder.assets
        self._onward: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._back: dict[tuple[str, str], list[str]] = defaultdict(list)
        for edge in sorted({(one.from_id, one.relation, one.to_id) for one in folder.relations.values()}):
            self._edge(*edge)
        for asset in sorted(self.assets):
            known = self.assets[asset]
            if known.zone in self.assets and known.zone not in self._onward.get((asset, "located_in"), ()):
                self._edge(asset, "located_in", known.zone)

    def _edge(self, start: str, relation: str, end: str) -> None:
        self._onward[start, relation].append(end)
        self._back[end, relation].append(start)

    @cached_property
    def _kinds(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.assets):
            found[self.assets[name].kind].append(name)
        return found

    @cached_property
    def _sensors(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.assets):
            if (measured := self.assets[name].measures) is not None:
                found[measured].append(name)
        return found

    def of_kind(self, kind: str) -> list[str]:
        """Assets of a kind, by id."""
        return self._kinds.get(kind, [])

    def onward(self, asset: str, relation: str) -> list[str]:
        """Assets one edge further."""
        return self._onward.get((asset, relation), [])

    def back(self, asset: str, relation: str) -> list[str]:
        """Assets one edge before."""
        return self._back.get((asset, relation), [])

    def sensors(self, asset: str) -> list[str]:
        """The sensors that stand for it."""
        return self._sensors.get(asset, [])

    def about(self, asset: str) -> str:
        """What a sensor stands for; the asset itself for anything else."""
        known = self.assets.get(asset)
        return known.measures if known and known.measures else asset

    def position(self, asset: str) -> Position | None:
        """Where it is, or what it measures."""
        for name in (asset, self.about(asset)):
            if (known := self.assets.get(name)) is not None and known.position is not None:
                return known.position
        return None

    def below(self, asset: str) -> list[str]:
        """Everything that it feeds, at any distance, itself left out."""
        found, waiting = {asset}, [asset]
        while waiting:
            fresh = [end for end in self.onward(waiting.pop(), "feeds") if end not in found]
            found.update(fresh)
            waiting += fresh
        return sorted(found - {asset})

    def above(self, asset: str) -> set[str]:
        """Everything that feeds it or what controls it, at any distance."""
        found: set[str] = set()
        waiting = [asset, *self.back(asset, "controls")]
        while waiting:
            fresh = [start for start in self.back(waiting.pop(), "feeds") if start not in found]
            found.update(fresh)
            waiting += fresh
        return found
