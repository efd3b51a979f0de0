"""Checks figures: every one dated, with its source, whole."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import isfinite

from city.indicators.parks.notes import FIGURES
from infra.cities.problems import Problems
from schemas.assets import Asset
from schemas.figures import STATUSES, Figure
from schemas.sentences import say


def figure_faults(figure: Figure) -> Iterable[tuple[str, str]]:
    """(field, what is wrong with it)."""
    if not isfinite(figure.value):
        yield "value", say("not_finite")
    elif figure.value < 0:
        yield "value", say("below_0")
    if (given := FIGURES.get(figure.key)) and figure.unit != given.unit:
        yield "unit", say("unit_of_figure", unit=figure.unit, key=figure.key, taken=given.unit)
    if figure.valid_to is not None and figure.valid_to <= figure.valid_from:
        yield "valid_to", say("not_after_valid_from")
    if figure.spread and figure.valid_to is None:
        yield "valid_to", say("spread_required")
    if not figure.source:
        yield "source", say("empty")
    if figure.status not in STATUSES:
        yield "status", say("quoted_none_of", value=figure.status, known=", ".join(STATUSES))


def check_figures(figures: Mapping[str, Figure], files: Mapping[str, str], problems: Problems) -> None:
    """Adds the faults of each, and of two that hold at one time."""
    for figure in figures.values():
        for field, message in figure_faults(figure):
            problems.add(files[f"figure {figure.id}"], f'figure "{figure.key}"', field, message)
    rows = sorted(figures.values(), key=lambda row: (row.key, row.asset or "", row.valid_from))
    for earlier, later in pairwise(rows):
        same = (earlier.key, earlier.asset) == (later.key, later.asset)
        if same and (earlier.valid_to is None or earlier.valid_to > later.valid_from):
            file = files[f"figure {later.id}"]
            problems.add(
                file, f'figure "{later.key}"', "valid_from", say("overlaps_row", valid_from=earlier.valid_from)
            )


def check_owners(
    figures: Mapping[str, Figure], assets: Mapping[str, Asset], files: Mapping[str, str], problems: Problems
) -> None:
    """Every asset that a figure names is there."""
    for figure in figures.values():
        if figure.asset is not None and figure.asset not in assets:
            where = f'figure "{figure.key}"'
            problems.add(files[f"figure {figure.id}"], where, "asset", say("no_asset_of_figure", id=figure.asset))
