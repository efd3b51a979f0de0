"""What a city shares with its neighbours: basins and corridors that flow over a border."""

from collections.abc import Iterable, Mapping

import msgspec

from schemas.assets import Area, Asset, Relation

FLOWS = "flows_to"
FORMS = {"river_reach": "basin", "road_segment": "corridor"}
HOME = "city"


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """A basin or corridor that lies in the areas of several."""

    form: str
    """`basin` or `corridor`."""
    name: str
    name_vi: str
    """Of the asset before the first crossing."""
    crossings: tuple[tuple[str, str], ...]
    """Asset → asset, in the direction of flow, where it goes from one side to another."""
    sides: tuple[str, ...]
    """`city` and neighbouring areas."""
    agencies: tuple[str, ...]
    """Who must know on the other sides."""
    assets: tuple[str, ...]


def shared(assets: Mapping[str, Asset], relations: Iterable[Relation], areas: Iterable[Area]) -> list[Shared]:
    """Everything that flows over a border, by form and name."""
    beyond = {zone: area for area in areas if area.neighbour for zone in area.zones}
    flows = [one for one in relations if one.relation == FLOWS and _form(assets, one) is not None]
    found = [_shared(assets, members, beyond) for members in _together(flows)]
    return sorted((one for one in found if one is not None), key=lambda one: (one.form, one.name))


def _form(assets: Mapping[str, Asset], one: Relation) -> str | None:
    start, end = assets.get(one.from_id), assets.get(one.to_id)
    return FORMS.get(start.kind) if start and end and start.kind == end.kind else None


def _together(flows: list[Relation]) -> list[list[Relation]]:
    """The flows of each connected whole."""
    leader: dict[str, str] = {}

    def lead(name: str) -> str:
        while (onward := leader.setdefault(name, name)) != name:
            name = onward
        return name

    for one in flows:
        leader[lead(one.from_id)] = lead(one.to_id)
    wholes: dict[str, list[Relation]] = {}
    for one in flows:
        wholes.setdefault(lead(one.from_id), []).append(one)
    return list(wholes.values())


def _shared(assets: Mapping[str, Asset], flows: list[Relation], beyond: Mapping[str, Area]) -> Shared | None:
    def side(name: str) -> str:
        area = beyond.get(assets[name].zone)
        return area.id if area else HOME

    crossings = sorted((one.from_id, one.to_id) for one in flows if side(one.from_id) != side(one.to_id))
    if not crossings:
        return None
    members = sorted({end for one in flows for end in (one.from_id, one.to_id)})
    before = assets[crossings[0][0]]
    return Shared(
        form=FORMS[before.kind],
        name=before.name.rsplit(",", 1)[0],
        name_vi=before.name_vi.rsplit(",", 1)[0],
        crossings=tuple(crossings),
        sides=tuple(sorted({side(name) for name in members})),
        agencies=tuple(
            sorted({area.agency for name in members if (area := beyond.get(assets[name].zone)) and area.agency})
        ),
        assets=tuple(members),
    )
