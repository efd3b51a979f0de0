"""The sheet that the city is drawn on: features and relations, each asset in the ward whose centre is nearest."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from city.explain import lowered
from city.space import DEGREE_M, Position, distance_m
from schemas.domains import Domain

Plan = dict[str, Any]


def rounded(at: Position) -> list[float]:
    """Five decimals, about a metre: finer would pretend to know."""
    return [round(at[0], 5), round(at[1], 5)]


def along(line: list[Position], part: float) -> Position:
    """The point at a part (0 to 1) of the length of a line, lon, lat."""
    lengths = [distance_m(a, b) for a, b in pairwise(line)]
    left = part * sum(lengths)
    for (a, b), length in zip(pairwise(line), lengths, strict=True):
        if left <= length and length > 0:
            share = left / length
            return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        left -= length
    return line[-1]


def beside(at: Position, east_m: float, north_m: float) -> Position:
    """A point some metres away."""
    return at[0] + east_m / 109_200, at[1] + north_m / DEGREE_M


class Drawing:
    """Collects what the parts of the city add."""

    def __init__(self, plan: Plan, domains: Iterable[Domain]) -> None:
        """`plan` is the table of `plan.toml`; `domains` name the quantities that sensors observe."""
        self.plan = plan
        self._quantities = {name: one for domain in domains for name, one in domain.quantities.items()}
        self.features: dict[str, dict[str, Any]] = {}
        self.places: dict[str, Position] = {}
        self.relations: list[tuple[str, str, str]] = []

    def add(self, asset_id: str, kind: str, names: tuple[str, str], shape: list[Position], **properties: Any) -> str:
        """An asset: a point, or a line where `shape` has more positions. `names` in en and vi. Gives the id back."""
        point = len(shape) == 1
        at = shape[0] if point else along(shape, 0.5)
        geometry = {
            "type": "Point" if point else "LineString",
            "coordinates": rounded(shape[0]) if point else [rounded(p) for p in shape],
        }
        own = {"kind": kind, "name": names[0], "name_vi": names[1], "approximate": True, **properties}
        if kind != "zone":
            own.setdefault("zone", self.zone(at))
        assert asset_id not in self.features, asset_id
        self.features[asset_id] = {"type": "Feature", "id": asset_id, "properties": own, "geometry": geometry}
        self.places[asset_id] = at
        return asset_id

    def sensor(self, asset_id: str, measured: str, quantities: tuple[str, ...], period_s: float, at: Position) -> str:
        """An instrument that stands for `measured`; its agency is that of the asset."""
        of = self.features[measured]["properties"]
        words = [self._quantities[name] for name in quantities]
        names = (
            f"{of['name']}: {', '.join(lowered(word.name) for word in words)}",
            f"{of['name_vi']}: {', '.join(lowered(word.name_vi) for word in words)}",
        )
        own = {"observes": list(quantities), "measures": measured, "period_s": period_s, "agency": of.get("agency")}
        return self.add(asset_id, "sensor", names, [at], **own)

    def relate(self, start: str, relation: str, end: str) -> None:
        """An edge: `start` acts on `end`."""
        self.relations.append((start, relation, end))

    def of_kind(self, kind: str) -> list[str]:
        """Ids of the assets of a kind, in the order drawn."""
        return [name for name, feature in self.features.items() if feature["properties"]["kind"] == kind]

    def nearest(self, at: Position, names: list[str]) -> str:
        """The asset of `names` that is nearest to a point."""
        return min(names, key=lambda name: (distance_m(at, self.places[name]), name))

    def zone(self, at: Position) -> str:
        """The ward whose centre is nearest."""
        return str(min(self.plan["wards"], key=lambda ward: distance_m(at, tuple(ward["at"])))["id"])
