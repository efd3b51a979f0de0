"""Which version of a rule counts when: what began under one is judged by it to the end (DESIGN D8)."""

from collections.abc import Iterable
from math import inf

import msgspec

from schemas.rules import Rule


class Era(msgspec.Struct, frozen=True):
    """A version of a rule and when it was in force, Unix seconds of the log's clock; None: ever since, until now."""

    rule: Rule
    since_s: float | None = None
    until_s: float | None = None

    def holds(self, at_s: float) -> bool:
        """Whether a story that began then is judged by this version."""
        return (self.since_s is None or self.since_s <= at_s) and (self.until_s is None or at_s < self.until_s)


def turned(eras: Iterable[Era], rules: Iterable[Rule], now_s: float, oldest_s: float) -> list[Era]:
    """The eras when these rules are in force from `now_s` on; an era that ended before `oldest_s` is forgotten.

    The first rules of all count for whatever began before them too.
    """
    wanted = {rule.id: rule for rule in rules if rule.enabled}
    before = list(eras)
    ended = [
        msgspec.structs.replace(era, until_s=now_s)
        if era.until_s is None and wanted.get(era.rule.id) != era.rule
        else era
        for era in before
    ]
    kept = [era for era in ended if era.until_s is None or max(era.since_s or -inf, oldest_s) < era.until_s]
    running = {era.rule.id for era in kept if era.until_s is None}
    since_s = now_s if before and now_s > -inf else None
    new = [Era(rule, since_s) for name, rule in wanted.items() if name not in running]
    return sorted(kept + new, key=lambda era: (era.rule.id, era.since_s or -inf))
