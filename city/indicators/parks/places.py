"""Parks and plants with what belongs to them, out of assets and relations."""

from collections.abc import Iterable, Mapping

import msgspec

from schemas.assets import Asset, Relation

KINDS = ("industrial_park", "industrial_cluster", "plant")
OUTLETS = {"effluent": "outfall", "stack": "stack"}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A park, cluster or plant, with the ids of what is there."""

    id: str
    kind: str
    plants: tuple[str, ...] = ()
    outfalls: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    feeders: tuple[str, ...] = ()
    exchanges: tuple[tuple[str, str], ...] = ()
    """Firm to firm."""
    meters: Mapping[str, tuple[str, ...]] = {}
    """Quantity → sensors that count for it: its own, else those of its plants, and those of its outlets."""


def places(assets: Mapping[str, Asset], relations: Iterable[Relation]) -> list[Place]:
    """All of them, by id."""
    edges: dict[str, list[Relation]] = {}
    for relation in relations:
        edges.setdefault(relation.relation, []).append(relation)
    inside: dict[str, set[str]] = {}
    for one in edges.get("located_in", ()):
        inside.setdefault(one.to_id, set()).add(one.from_id)
    sensors: dict[str, list[Asset]] = {}
    for asset in sorted(assets.values(), key=lambda asset: asset.id):
        if asset.observes and asset.measures:
            sensors.setdefault(asset.measures, []).append(asset)
    found = sorted((asset for asset in assets.values() if asset.kind in KINDS), key=lambda asset: asset.id)
    return [_place(asset, assets, inside.get(asset.id, set()), edges, sensors) for asset in found]


def _place(
    asset: Asset,
    assets: Mapping[str, Asset],
    within: set[str],
    edges: Mapping[str, list[Relation]],
    sensors: Mapping[str, list[Asset]],
) -> Place:
    def of_kind(kind: str) -> tuple[str, ...]:
        return tuple(sorted(name for name in within if name in assets and assets[name].kind == kind))

    plants, outfalls, stacks = of_kind("plant"), of_kind("outfall"), of_kind("stack")
    fed = {asset.id, *plants}
    return Place(
        id=asset.id,
        kind=asset.kind,
        plants=plants,
        outfalls=outfalls,
        stacks=stacks,
        feeders=tuple(sorted({one.from_id for one in edges.get("feeds", ()) if one.to_id in fed})),
        exchanges=tuple(
            sorted((one.from_id, one.to_id) for one in edges.get("exchanges", ()) if {one.from_id, one.to_id} <= fed)
        ),
        meters=_meters(sensors, (asset.id,), plants) | _meters(sensors, (*outfalls, *stacks), ()),
    )


def _meters(
    sensors: Mapping[str, list[Asset]], own: tuple[str, ...], instead: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    found = [_by_quantity(sensors, names) for names in (instead, own)]
    return found[0] | found[1]


def _by_quantity(sensors: Mapping[str, list[Asset]], names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name in names:
        for sensor in sensors.get(name, ()):
            for quantity in sensor.observes:
                found.setdefault(quantity, []).append(sensor.id)
    return {quantity: tuple(ids) for quantity, ids in found.items()}
