"""Why two pictures of one history differ: links made and lost, suspicions, signals raised or not."""

from collections.abc import Iterable

from schemas.backtests import REASONS, Reason
from schemas.links import Explanation, Link
from schemas.signals import Signal
from schemas.times import rfc3339

Members = dict[str, str]
"""Signal → incident."""


def reasons(before: list[Explanation], after: list[Explanation], where: tuple[Members, Members]) -> tuple[Reason, ...]:
    """What the groups on one side have and those on the other lack; links across incidents of the other side first.

    `where`: the incident of each signal, of all of the history, before and after.
    """
    then, now = _links(before), _links(after)
    made = _sorted([link for key, link in now.items() if key not in then], where[0])
    lost = _sorted([link for key, link in then.items() if key not in now], where[1])
    near = {(link.cause, link.effect): link for group in after for link in group.candidates}
    found = [
        *(_joins(link) for link in made),
        *(_parts(link, near.get((link.cause, link.effect))) for link in lost),
        *_suspicions(before, after),
        *_signals(before, after, where),
        *_moved(before, after),
    ]
    return tuple(found[:REASONS])


def _links(groups: list[Explanation]) -> dict[tuple[str, str, str], Link]:
    links = [link for group in groups for link in (*group.same, *([group.parent] if group.parent else []))]
    return {(link.rule, link.cause, link.effect): link for link in links}


def _sorted(links: list[Link], where: Members) -> list[Link]:
    """Those between two incidents of the other side decide; the rest only comes along."""
    return sorted(links, key=lambda link: (where.get(link.cause) == where.get(link.effect), link.cause, link.effect))


def _joins(link: Link) -> Reason:
    return Reason(what="joins", rule=link.rule, cause=link.cause, effect=link.effect, why=link.why, why_vi=link.why_vi)


def _parts(link: Link, near: Link | None) -> Reason:
    """A lost link, and if it is now a near miss, why it lost."""
    missed = near if near is not None and near.reason else None
    more = (f"; now: {missed.reason}: {missed.why}", f"; nay: {missed.reason}: {missed.why_vi}") if missed else ("", "")
    return Reason(
        what="parts",
        rule=link.rule,
        cause=link.cause,
        effect=link.effect,
        why=f"no longer: {link.why}{more[0]}",
        why_vi=f"không còn: {link.why_vi}{more[1]}",
    )


def _suspicions(before: list[Explanation], after: list[Explanation]) -> Iterable[Reason]:
    then, now = ({group.suspected_asset for group in groups if group.suspected_asset} for groups in (before, after))
    for asset in sorted(now - then):
        yield Reason(
            what="suspects", why=f"{asset} is suspected: it never reported", why_vi=f"nghi {asset}: không hề báo"
        )
    for asset in sorted(then - now):
        yield Reason(
            what="suspects_no_more", why=f"{asset} is not suspected any more", why_vi=f"không còn nghi {asset}"
        )


def _signals(before: list[Explanation], after: list[Explanation], where: tuple[Members, Members]) -> Iterable[Reason]:
    then, now = where
    for signal in _members(after):
        if signal.id not in then:
            yield _told(signal, "raised", "is raised", "được phát")
    for signal in _members(before):
        if signal.id not in now:
            yield _told(signal, "not_raised", "is not raised, or opens nothing", "không được phát, hoặc không mở sự cố")


def _moved(before: list[Explanation], after: list[Explanation]) -> Iterable[Reason]:
    then = {signal.id: signal for signal in _members(before)}
    for signal in _members(after):
        old = then.get(signal.id)
        if old is not None and old.raised_at != signal.raised_at:
            times = rfc3339(signal.raised_at), rfc3339(old.raised_at)
            yield Reason(
                what="moved",
                rule=signal.condition,
                effect=signal.id,
                why=f"{signal.kind} at {signal.asset} begins {times[0]} instead of {times[1]}",
                why_vi=f"{signal.kind} tại {signal.asset} bắt đầu {times[0]} thay vì {times[1]}",
            )


def _members(groups: list[Explanation]) -> list[Signal]:
    return sorted((signal for group in groups for signal in group.signals), key=lambda one: (one.raised_at, one.id))


def _told(signal: Signal, what: str, words: str, words_vi: str) -> Reason:
    named = f"{signal.kind} at {signal.asset}, {rfc3339(signal.raised_at)}"
    measured = f": {signal.value:g}" if signal.value is not None else ""
    limit = f" ({signal.limit:g})" if signal.limit is not None else ""
    return Reason(
        what=what,
        rule=signal.condition,
        effect=signal.id,
        why=f"{named} {words}{measured}{limit}",
        why_vi=f"{named} {words_vi}{measured}{limit}",
    )
