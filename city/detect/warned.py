"""Warnings by CAP 1.2 (OASIS): which signal a message is, over which zones, until when; which messages it ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from city.enrich import Catalogue
from city.space import Position, distance_m, encloses, pairs_of
from schemas.assets import Asset
from schemas.events import NOTE
from schemas.ids import digest
from schemas.times import to_ms

KEPT_MS = 12 * 3_600_000
"""A warning that does not say when it expires is over after this (our own)."""
SEVERITIES = {"Extreme": "critical", "Severe": "major", "Moderate": "minor"}
"""CAP → ours; `Minor` and `Unknown` are warnings."""
PAST = "Past"


class Place(msgspec.Struct, frozen=True):
    """An area of a message: in words, codes, polygons and circles, each `lat,lon`."""

    words: str = ""
    codes: tuple[str, ...] = ()
    polygons: tuple[str, ...] = ()
    circles: tuple[str, ...] = ()


class Info(msgspec.Struct, frozen=True):
    """What a message says in one language."""

    event: str = ""
    urgency: str = ""
    severity: str = ""
    headline: str = ""
    expires: datetime | None = None
    areas: tuple[Place, ...] = ()


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """The signal that a message is."""

    kind: str
    severity: str
    expires_ms: int
    zones: tuple[str, ...]
    """All that it names, the one in the middle first."""
    note: str
    times: dict[str, str]
    """`onset` and `expires` as the message has them: a warning is there before what it warns of."""


def asset_of(sender: str, identifier: str) -> str:
    """What the signal of a message stands for: the message itself."""
    return f"warning-{digest(sender, identifier)}"


def ended(data: Mapping[str, Any]) -> list[str]:
    """The assets of the messages that this one updates or cancels."""
    if data.get("msgType") not in ("Update", "Cancel"):
        return []
    triples = [one.split(",") for one in str(data.get("references", "")).split()]
    return [asset_of(triple[0], triple[1]) for triple in triples if len(triple) > 1]


def warned(data: Mapping[str, Any], catalogue: Catalogue, at_ms: int) -> Warned | None:
    """The warning of a message; None if it is of another kind, over, only an exercise, or takes one back."""
    if data.get("status") != "Actual" or data.get("msgType") not in ("Alert", "Update"):
        return None
    for info, told in zip(_infos(data), data.get("infos", ()), strict=False):
        kind = _kind(info.event, catalogue)
        if kind is None or info.urgency == PAST:
            continue
        expires_ms = at_ms + KEPT_MS if info.expires is None else to_ms(info.expires)
        if expires_ms <= at_ms:
            return None
        severity, note = SEVERITIES.get(info.severity, "warning"), info.headline or info.event
        return Warned(
            kind=kind,
            severity=severity,
            expires_ms=expires_ms,
            zones=_zones(info.areas, catalogue),
            note=note[:NOTE],
            times={name: told[name] for name in ("onset", "expires") if told.get(name)},
        )
    return None


def _infos(data: Mapping[str, Any]) -> Sequence[Info]:
    try:
        return msgspec.convert(data.get("infos", ()), tuple[Info, ...])
    except msgspec.ValidationError:
        return ()


def _kind(event: str, catalogue: Catalogue) -> str | None:
    """The kind one of whose words the event has; of several the longest says most."""
    said = event.casefold()
    known = [
        (len(word), kind) for kind, one in catalogue.kinds.items() for word in one.warned if word.casefold() in said
    ]
    return max(known)[1] if known else None


def _zones(areas: Iterable[Place], catalogue: Catalogue) -> tuple[str, ...]:
    zones = [one for one in catalogue.assets.values() if one.kind == "zone"]
    found: dict[str, Asset] = {}
    for area in areas:
        found |= {zone.id: zone for zone in zones if _covers(area, zone)} or _touched(area, catalogue)
    places = {name: zone.position for name, zone in found.items() if zone.position}
    if not places:
        return tuple(sorted(found))
    middle = sum(lon for lon, _ in places.values()) / len(places), sum(lat for _, lat in places.values()) / len(places)
    return tuple(sorted(found, key=lambda name: (distance_m(middle, places.get(name, middle)), name)))


def _covers(area: Place, zone: Asset) -> bool:
    named = {word.strip().casefold() for word in area.words.replace(";", ",").split(",")}
    if named & {zone.name.casefold(), zone.name_vi.casefold()}:
        return True
    if {zone.id, str(zone.properties.get("code"))} & set(area.codes):
        return True
    return _encloses(area, zone.position)


def _touched(area: Place, catalogue: Catalogue) -> dict[str, Asset]:
    """Of an area with no zone's middle in it: the zones of which it has some asset."""
    known = catalogue.assets
    reached = {one.zone for one in known.values() if one.zone in known and _encloses(area, one.position)}
    return {zone: known[zone] for zone in reached}


def _encloses(area: Place, at: Position | None) -> bool:
    if at is None:
        return False
    rings = map(pairs_of, area.polygons)
    return any(encloses(ring, *at) for ring in rings) or any(_within(at, one) for one in area.circles)


def _within(at: Position, circle: str) -> bool:
    """`lat,lon radius`, the radius in km; what is kept from before circles were checked may be anything."""
    try:
        centre, radius = circle.split()
        (middle,) = pairs_of(centre)
        return distance_m(at, middle) <= float(radius) * 1000
    except ValueError:
        return False


def words_of(one: Warned, catalogue: Catalogue) -> Iterator[tuple[str, Any]]:
    """The fields of the signal that say where it is."""
    if one.zones:
        zone = one.zones[0]
        yield from (("zone", zone), ("position", catalogue.position(zone)), ("agency", catalogue.agency(zone)))
        yield "region", catalogue.region(zone)
