"""Titles in English and Vietnamese: what happened and where."""

from city.enrich import Catalogue


def titles(words: Catalogue, kind: str, asset: str | None, suspected: bool) -> tuple[str, str]:
    """E.g. "Power outage – Feeder 471" and "Mất điện – Phát tuyến 471"; ids stand for what has no name."""
    said = words.kinds.get(kind)
    place = words.assets.get(asset or "")
    english, vietnamese = (said.name, said.name_vi) if said else (kind, kind)
    where = place.name if place else asset or ""
    where_vi = (place.name_vi or place.name) if place else asset or ""
    if suspected:
        where, where_vi = f"suspected cause: {where}", f"nghi do: {where_vi}"
    return _joined(english, where), _joined(vietnamese, where_vi)


def _joined(what: str, where: str) -> str:
    return f"{what} – {where}" if where else what
