"""`relations.csv` of a city folder and the relations that properties stand for."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

import msgspec

from infra.cities.assets import FILE as ASSETS
from infra.cities.assets import place
from infra.cities.problems import Problems
from infra.cities.sources import Sources
from schemas.assets import UNKNOWN_ZONE, Asset, Relation
from schemas.sentences import say

FILE = "relations.csv"
HEADER = ["from", "relation", "to"]
Lines = dict[str, int]
"""Relation id → line of the file."""


def read_relations(sources: Sources) -> tuple[dict[str, Relation], Lines]:
    """Relations by id and where each stands; each fault becomes a problem."""
    text = sources.text(FILE, required=False)
    if text is None:
        return {}, {}
    rows = csv.reader(StringIO(text), strict=True)
    found: dict[str, Relation] = {}
    lines: Lines = {}
    try:
        if [name.strip() for name in next(rows, [])] != HEADER:
            sources.problems.add(FILE, say("at_line", number=1), "", say("header_other", header=",".join(HEADER)))
            return {}, {}
        for row in rows:
            _take(row, rows.line_num, found, lines, sources.problems)
    except csv.Error as error:
        sources.problems.add(FILE, say("at_line", number=rows.line_num), "", say("not_csv", reason=error))
    return found, lines


def _take(row: list[str], line: int, found: dict[str, Relation], lines: Lines, problems: Problems) -> None:
    cells, at = [cell.strip() for cell in row], say("at_line", number=line)
    if not any(cells):
        return
    if len(cells) != len(HEADER):
        problems.add(FILE, at, "", say("columns", given=len(cells), wanted=len(HEADER)))
        return
    empty = [name for name, cell in zip(HEADER, cells, strict=True) if not cell]
    if empty:
        problems.add(FILE, at, empty[0], say("empty"))
        return
    relation = Relation(from_id=cells[0], relation=cells[1], to_id=cells[2])
    if relation.id in found:
        problems.add(FILE, at, "", say("twice_first_line", line=lines[relation.id]))
    found.setdefault(relation.id, relation)
    lines.setdefault(relation.id, line)


def joined(
    assets: dict[str, Asset], relations: dict[str, Relation], lines: Lines, problems: Problems
) -> tuple[dict[str, Asset], dict[str, Relation]]:
    """Properties and relations made one: each `measures` and `zone` is in both; a difference is a problem."""
    whole = dict(assets)
    for relation in relations.values():
        asset = whole.get(relation.from_id)
        if asset is not None and relation.to_id in whole:
            whole[asset.id] = _told_by(relation, asset, whole, lines, problems)
    told = {one.id: one for asset in whole.values() for one in derived(asset, whole)}
    _check_measures(whole.values(), whole, problems)
    return whole, {**told, **relations}


def _told_by(relation: Relation, asset: Asset, assets: dict[str, Asset], lines: Lines, problems: Problems) -> Asset:
    if relation.relation == "measures":
        field, own, unset = "measures", asset.measures, None
    elif relation.relation == "located_in" and assets[relation.to_id].kind == "zone":
        field, own, unset = "zone", asset.zone, UNKNOWN_ZONE
    else:
        return asset
    if own == unset:
        return msgspec.structs.replace(asset, **{field: relation.to_id})
    if own != relation.to_id:
        said = say("told_otherwise", id=asset.id, own=own, file=ASSETS, other=relation.to_id)
        problems.add(FILE, say("at_line", number=lines[relation.id]), field, said)
    return asset


def derived(asset: Asset, assets: Mapping[str, Asset]) -> Iterable[Relation]:
    """The relations that an asset's `zone` and `measures` stand for."""
    if asset.zone in assets and asset.zone != asset.id:
        yield Relation(from_id=asset.id, relation="located_in", to_id=asset.zone)
    if asset.measures:
        yield Relation(from_id=asset.id, relation="measures", to_id=asset.measures)


def _check_measures(assets: Iterable[Asset], by_id: dict[str, Asset], problems: Problems) -> None:
    for asset in assets:
        if asset.measures and asset.measures not in by_id:
            problems.add(ASSETS, place(asset.id), "measures", say("asset_not_in_folder", id=asset.measures))
