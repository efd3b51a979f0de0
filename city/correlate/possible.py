"""What may cause a group, and how well each cause explains it."""

import msgspec

from city.correlate.strands import Strand
from city.correlate.ways import CauseWay, Place


class Possible(msgspec.Struct, frozen=True, gc=False):
    """A cause that a group may have; `reason` says why it cannot be, empty when it can."""

    cause: str
    way: CauseWay
    by: Strand
    to: Strand
    place: Place
    score: float
    conditions: tuple[str, ...] = ()
    reason: str = ""


def rank(item: Possible) -> tuple[float, str, str, str, str]:
    """Order of causes, best first."""
    return -item.score, item.cause, item.way.rule.id, item.by.id, item.to.id


def tied(possible: tuple[Possible, ...]) -> list[Possible]:
    """Those that no other leads by its rule's margin, best first."""
    able = [item for item in possible if not item.reason]
    return [item for item in able if able[0].score - item.score < able[0].way.rule.margin]
