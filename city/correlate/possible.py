"""What may cause a group, how well each cause explains it, and what it may be the same as."""

from collections.abc import Sequence

import msgspec

from city.correlate.grouping import TIE, Group
from city.correlate.nearness import Fit
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


class Alike(msgspec.Struct, frozen=True, gc=False):
    """A group of the same thing as another, no more than some others are: `cause` stands above it as a cause would."""

    cause: str
    fit: Fit

    @property
    def score(self) -> float:
        """0 to 1."""
        return self.fit.score


class Fellow(msgspec.Struct, frozen=True, gc=False):
    """An earlier group that is tied between the same stories: `cause` stands above the group as a cause would."""

    cause: str
    score: float


def alike(group: Group | None) -> list[Alike]:
    """The groups that a group would have joined, had one of them led; best first."""
    rivals = group.assignments[0].rivals if group is not None else ()
    return [Alike(rival.anchor, rival.fit) for rival in rivals if rival.reason == TIE]


def rank(item: Possible) -> tuple[float, str, str, str, str]:
    """Order of causes, best first."""
    return -item.score, item.cause, item.way.rule.id, item.by.id, item.to.id


def tied(able: Sequence[Possible]) -> list[Possible]:
    """Those that no other leads by its rule's margin, of some that can be; best first, as these are."""
    return [item for item in able if able[0].score - item.score < able[0].way.rule.margin]
