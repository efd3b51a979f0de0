"""Matchers: what a signal says, and whether the fields of a match hold of it."""

import re
from collections.abc import Hashable, Iterable
from fnmatch import translate

import msgspec

from city.enrich import Catalogue
from city.space import Position, cell_of
from city.suppression.shapes import CELL_M, Shape
from schemas.signals import Signal
from schemas.suppression import Match

FIELDS = ("asset", "zone", "area", "agency", "kind", "domain", "severity")
"""The most telling first: it is looked up by the first field that names its values in full."""
CELL, ANY = "cell", "any"


class Said(msgspec.Struct, frozen=True):
    """What matchers ask of a signal."""

    values: dict[str, tuple[str, ...]]
    position: Position | None

    def slots(self) -> Iterable[Hashable]:
        """Where matchers of this signal may be found."""
        yield ANY
        for field, values in self.values.items():
            for value in values:
                yield field, value
        if self.position is not None:
            yield CELL, cell_of(self.position, CELL_M)


def said(signal: Signal, words: Catalogue) -> Said:
    """What a signal says, with what the city knows of its asset."""
    about = signal.measures or signal.asset
    agency = signal.agency or words.agency(about)
    values = {
        "asset": (signal.asset, about),
        "zone": (signal.zone,),
        "area": tuple(area.id for area in words.areas(signal.zone)),
        "agency": (agency,) if agency else (),
        "kind": (signal.kind,),
        "domain": (signal.domain,),
        "severity": (signal.severity,),
    }
    return Said(values, signal.position or words.position(about))


class Texts:
    """Alternatives: names in full, or with `*` and `?`."""

    def __init__(self, wanted: Iterable[str]) -> None:
        """One or more."""
        texts = list(wanted)
        wild = [text for text in texts if "*" in text or "?" in text]
        self.names = frozenset(texts) - frozenset(wild)
        self.plain = not wild
        self._wild = re.compile("|".join(translate(text.replace("[", "[[]")) for text in wild)) if wild else None

    def holds(self, values: Iterable[str]) -> bool:
        """Whether one of the values is one of the alternatives."""
        return any(value in self.names or (self._wild is not None and self._wild.match(value)) for value in values)


class Matcher:
    """A match, compiled."""

    def __init__(self, match: Match) -> None:
        """The match has been checked."""
        self._texts = {field: Texts(wanted) for field in FIELDS if (wanted := getattr(match, field))}
        self._shape = Shape(match.geometry, match.near_m) if match.geometry else None

    def slots(self) -> Iterable[Hashable]:
        """Where it is to be found: each signal that it matches has one of these keys."""
        for field, texts in self._texts.items():
            if field == "kind" and self._shape and (cells := self._shape.cells()):
                return [(CELL, cell) for cell in cells]
            if texts.plain:
                return [(field, name) for name in texts.names]
        cells = self._shape.cells() if self._shape else None
        return [(CELL, cell) for cell in cells] if cells else [ANY]

    def holds(self, of: Said) -> bool:
        """Whether all its fields hold."""
        if not all(texts.holds(of.values[field]) for field, texts in self._texts.items()):
            return False
        return self._shape is None or (of.position is not None and self._shape.holds(of.position))
