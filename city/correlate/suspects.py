"""Suspects: several effects without a cause point at the nearest asset above them all."""

from collections.abc import Iterable
from math import inf

from city.correlate.followers import FollowersOfWay
from city.correlate.orphans import Orphans
from city.correlate.parents import Parents
from city.correlate.suspecting import SuspectsOfWay
from city.correlate.ways import CauseWay

STORM, STORM_PAUSE_S = 50, 5.0
"""With so many changed groups at once, suspects are judged at most this often: each judgement looks at all of them."""


class Suspects:
    """The suspects of all rules; where two rules suspect, the first by id counts."""

    def __init__(self, ways: Iterable[CauseWay], parents: Parents) -> None:
        """No groups yet."""
        walked = [way for way in ways if way.starts_at_cause]
        suspecting = [way for way in walked if way.cause.suspect_from is not None]
        self._orphans = [Orphans(way, parents) for way in walked if any(_alike(way, other) for other in suspecting)]
        self._of = [SuspectsOfWay(one) for one in self._orphans if one.way.cause.suspect_from is not None]
        leads = [
            (one, [lead for lead in self._of if lead.orphans is not one and _alike(lead.way, one.way)])
            for one in self._orphans
        ]
        self._following = [FollowersOfWay(one, found) for one, found in leads if found]
        self._parents = parents
        self._changed: set[str] = set()
        self._judged_s = -inf

    def note(self, touched: Iterable[str]) -> None:
        """Groups that changed; judged at the next `judge`."""
        self._changed.update(touched)

    def judge(self, now_s: float = inf) -> set[str]:
        """Groups whose suspected asset changed since the last time. In a storm it is asked only now and then."""
        if len(self._changed) > STORM and now_s < self._judged_s + STORM_PAUSE_S:
            return set()
        found: set[str] = set()
        if self._changed:
            found = self._judge_changed()
            self._changed = set()
        if now_s < inf:
            self._judged_s = now_s
        return found

    def _judge_changed(self) -> set[str]:
        found: set[str] = set()
        touched = {group_id: self._kinds(group_id) for group_id in self._changed}
        for orphans in self._orphans:
            orphans.update(touched)
        for suspects in self._of:
            found |= suspects.update()
        for following in self._following:
            found |= following.update()
        return found

    def _kinds(self, group_id: str) -> list[str]:
        group = self._parents.groups.get(group_id)
        return [strand.kind for strand in group.strands] if group is not None else []

    def all(self) -> dict[str, str]:
        """Group → the asset that it makes suspect, of all that do."""
        found = {group_id: asset for one in reversed(self._following) for group_id, asset in one.suspected.items()}
        return found | {group_id: spot[0] for one in reversed(self._of) for group_id, spot in one.suspected.items()}

    def of(self, group_id: str) -> str | None:
        """The asset that the group makes suspect, or is of the trouble of."""
        for one in self._of:
            if (spot := one.suspected.get(group_id)) is not None:
                return spot[0]
        for following in self._following:
            if (asset := following.suspected.get(group_id)) is not None:
                return asset
        return None


def _alike(one: CauseWay, other: CauseWay) -> bool:
    """The same thing may be the cause by both."""
    return not one.causes.isdisjoint(other.causes)
