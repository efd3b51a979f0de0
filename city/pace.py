"""How often people are told: so many messages singly, and what is more together, once in a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from city.notices import SEVERITIES
from schemas.incidents import Change

EVERY = timedelta(minutes=1)
"""What is more than goes singly is told together, at most so often: nothing waits for longer."""
_RANKS = {name: rank for rank, name in enumerate(SEVERITIES)}
Rank = tuple[int, int, str]


class Pace(msgspec.Struct, frozen=True):
    """What one endpoint has told lately."""

    most: int
    """Messages that go singly `within` a time; 0: all of them."""
    within: timedelta
    singly: tuple[datetime, ...] = ()
    together: datetime | None = None
    """When it last told more than goes singly."""

    def room(self, now: datetime) -> int:
        """How many may go singly now."""
        return max(self.most - len(self._recent(now)), 0)

    def held_until(self, now: datetime) -> datetime | None:
        """Until when what is more than goes singly has to wait; None: it does not."""
        until = self.together + EVERY if self.together else now
        return until if until > now else None

    def after(self, now: datetime, singly: int, *, together: bool) -> "Pace":
        """Once so many have gone singly, and perhaps more than that."""
        recent = (*self._recent(now), *[now] * singly)
        return msgspec.structs.replace(self, singly=recent, together=now if together else self.together)

    def _recent(self, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self.singly if at > now - self.within)


def rank(change: Change | None) -> Rank:
    """Sorts the gravest first, of these what nobody attends to; a test, which somebody waits for, before all."""
    if change is None:
        return -1, 0, ""
    incident = change.incident
    return _RANKS.get(incident.severity, len(_RANKS)), change.kind != "escalated", incident.id


def parted(changes: Sequence[Change | None], room: int) -> tuple[list[int], list[int]]:
    """Places of those that go singly, the gravest and all tests, and of those that are told together.

    One alone is never told together: it would say less.
    """
    order = sorted(range(len(changes)), key=lambda place: rank(changes[place]))
    tests = sum(one is None for one in changes)
    singly = max(room, tests)
    if len(order) - singly == 1:
        singly += 1
    return order[:singly], order[singly:]
