"""`relations.csv` of a city folder and the relations that properties stand for."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

import msgspec

from infra.cities.assets import FILE as ASSETS
from infra.cities.assets import place
from infra.cities.problems import Problems
from infra.cities.sources import Sources
from schemas.assets import Asset, Relation

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
            sources.problems.add(FILE, "line 1", "", f"the header is not {','.join(HEADER)}")
            return {}, {}
        for row in rows:
            _take(row, rows.line_num, found, lines, sources.problems)
    except csv.Error as error:
        sources.problems.add(FILE, f"line {rows.line_num}", "", f"is not CSV: {error}")
    return found, lines


def _take(row: list[str], line: int, found: dict[str, Relation], lines: Lines, problems: Problems) -> None:
    cells = [cell.strip() for cell in row]
    if not any(cells):
        return
    if len(cells) != len(HEADER):
        problems.add(FILE, f"line {line}", "", f"has {len(cells)} columns, not 3")
        return
    empty = [name for name, cell in zip(HEADER, cells, strict=True) if not cell]
    if empty:
        problems.add(FILE, f"line {line}", empty[0], "is empty")
        return
    relation = Relation(from_id=cells[0], relation=cells[1], to_id=cells[2])
    if relation.id in found:
        problems.add(FILE, f"line {line}", "", f"is there twice, first in line {lines[relation.id]}")
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
        field, own, unset = "zone", asset.zone, "unknown"
    else:
        return asset
    if own == unset:
        return msgspec.structs.replace(asset, **{field: relation.to_id})
    if own != relation.to_id:
        message = f'is "{own}" in {ASSETS} and "{relation.to_id}" here'
        problems.add(FILE, f"line {lines[relation.id]}", field, f'of "{asset.id}" {message}')
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
            problems.add(ASSETS, place(asset.id), "measures", f'"{asset.measures}" is no asset of this city')
