"""A silence and a piece of ground, for tests of what is suppressed."""

from typing import Any

from schemas.suppression import SILENCE, Match, Window
from tests.truth import at

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[106.5, 10.9], [106.7, 10.9], [106.7, 11.1], [106.5, 11.1], [106.5, 10.9]]],
}


def window(name: str = "sil-1", *matches: Match, **more: Any) -> Window:
    fields: dict[str, Any] = {"starts_at": at(0), "ends_at": at(3600), "owner": "lan", "reason": "thử"}
    return Window(id=name, kind=SILENCE, matches=matches or (Match(kind=("power.outage",)),), **fields | more)
