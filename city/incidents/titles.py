"""Titles in English and Vietnamese: what happened and where."""

from city.enrich import Catalogue
from schemas.signals import Signal


def titles(
    words: Catalogue, anchor: Signal, asset: str, suspected: bool, said: tuple[str, str] | None = None
) -> tuple[str, str]:
    """E.g. "Power outage – Feeder 471" and "Mất điện – Lộ 471"; ids stand for what has no name.

    `said`: what happened, in both languages, where a pattern says it; else the name of the anchor's kind.
    """
    kind = words.kinds.get(anchor.kind)
    english, vietnamese = said or ((kind.name, kind.name_vi) if kind else (anchor.kind, anchor.kind))
    where, where_vi = _named(words, asset) or _around(words, anchor) or (asset, asset)
    if suspected:
        where, where_vi = f"suspected cause: {where}", f"nghi do: {where_vi}"
    return f"{english} – {where}", f"{vietnamese} – {where_vi}"


def _named(words: Catalogue, asset: str) -> tuple[str, str] | None:
    known = words.assets.get(asset)
    return (known.name, known.name_vi or known.name) if known else None


def _around(words: Catalogue, report: Signal) -> tuple[str, str] | None:
    """A citizen's report stands for no asset: its zone names the place, else its position as lat, lon."""
    if report.category is None:
        return None
    if report.position is None or report.zone in words.assets:
        return _named(words, report.zone)
    place = f"{report.position[1]:.4f}, {report.position[0]:.4f}"
    return place, place
