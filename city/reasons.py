"""Why two pictures of one history differ: links made and lost, suspicions, signals raised or not."""

from collections.abc import Iterable

from city.explain import Teller, duration
from city.languages import Pair
from city.units import spelled
from schemas.backtests import REASONS, Reason
from schemas.links import Explanation, Link
from schemas.signals import Signal

Members = dict[str, str]
"""Signal → incident."""


def reasons(
    before: list[Explanation], after: list[Explanation], where: tuple[Members, Members], teller: Teller
) -> tuple[Reason, ...]:
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
        *_suspicions(before, after, teller),
        *_signals(before, after, where, teller),
        *_moved(before, after, teller),
    ]
    return tuple(found[:REASONS])


def _links(groups: list[Explanation]) -> dict[tuple[str, str, str], Link]:
    links = [link for group in groups for link in (*group.same, group.parent, group.held)]
    return {(link.rule, link.cause, link.effect): link for link in links if link is not None}


def _sorted(links: list[Link], where: Members) -> list[Link]:
    """Those between two incidents of the other side decide; the rest only comes along."""
    return sorted(links, key=lambda link: (where.get(link.cause) == where.get(link.effect), link.cause, link.effect))


def _joins(link: Link) -> Reason:
    return Reason(what="joins", rule=link.rule, cause=link.cause, effect=link.effect, why=link.why, why_vi=link.why_vi)


def _parts(link: Link, near: Link | None) -> Reason:
    """A lost link, and if it is now a near miss, why it lost."""
    missed = near if near is not None and near.reason else None
    more = (f"; now: {missed.why}", f"; nay: {missed.why_vi}") if missed else ("", "")
    return Reason(
        what="parts",
        rule=link.rule,
        cause=link.cause,
        effect=link.effect,
        why=f"no longer: {link.why}{more[0]}",
        why_vi=f"không còn: {link.why_vi}{more[1]}",
    )


def _suspicions(before: list[Explanation], after: list[Explanation], teller: Teller) -> Iterable[Reason]:
    then, now = ({group.suspected_asset for group in groups if group.suspected_asset} for groups in (before, after))
    for asset in sorted(now - then):
        name, name_vi = teller.asset(asset)
        yield Reason(
            what="suspects", why=f"{name} is suspected: it never reported", why_vi=f"nghi {name_vi}: không hề báo"
        )
    for asset in sorted(then - now):
        name, name_vi = teller.asset(asset)
        yield Reason(
            what="suspects_no_more", why=f"{name} is not suspected any more", why_vi=f"không còn nghi {name_vi}"
        )


def _signals(
    before: list[Explanation], after: list[Explanation], where: tuple[Members, Members], teller: Teller
) -> Iterable[Reason]:
    then, now = where
    for signal in _members(after):
        if signal.id not in then:
            yield _told(signal, "raised", teller, ("is raised", "được phát"))
    for signal in _members(before):
        if signal.id not in now:
            words = "is not raised, or opens nothing", "không được phát, hoặc không mở sự cố"
            yield _told(signal, "not_raised", teller, words)


def _moved(before: list[Explanation], after: list[Explanation], teller: Teller) -> Iterable[Reason]:
    then = {signal.id: signal for signal in _members(before)}
    for signal in _members(after):
        old = then.get(signal.id)
        if old is not None and old.raised_at != signal.raised_at:
            later_s = (signal.raised_at - old.raised_at).total_seconds()
            (named, named_vi), (by, by_vi) = _named(signal, teller), duration(later_s)
            yield Reason(
                what="moved",
                rule=signal.condition,
                effect=signal.id,
                why=f"{named} begins {by} {'later' if later_s > 0 else 'earlier'}",
                why_vi=f"{named_vi} bắt đầu {'muộn' if later_s > 0 else 'sớm'} hơn {by_vi}",
            )


def _members(groups: list[Explanation]) -> list[Signal]:
    return sorted((signal for group in groups for signal in group.signals), key=lambda one: (one.raised_at, one.id))


def _named(signal: Signal, teller: Teller) -> Pair:
    (kind, kind_vi), (asset, asset_vi) = teller.kind(signal.kind), teller.asset(signal.asset)
    return f"{kind} at {asset}", f"{kind_vi} tại {asset_vi}"


def _told(signal: Signal, what: str, teller: Teller, words: Pair) -> Reason:
    (named, named_vi), (measured, measured_vi) = _named(signal, teller), _measured(signal)
    return Reason(
        what=what,
        rule=signal.condition,
        effect=signal.id,
        why=f"{named} {words[0]}{measured}",
        why_vi=f"{named_vi} {words[1]}{measured_vi}",
    )


def _measured(signal: Signal) -> Pair:
    """`: 455 µg/m³ (150 µg/m³)`, the limit in brackets; nothing of what was not measured."""
    unit, unit_vi = spelled(signal.unit or "")
    value, limit = ("" if one is None else f"{one:g}" for one in (signal.value, signal.limit))
    value_vi, limit_vi = value.replace(".", ","), limit.replace(".", ",")
    return _with_limit(value, limit, unit), _with_limit(value_vi, limit_vi, unit_vi)


def _with_limit(value: str, limit: str, unit: str) -> str:
    return (f": {value} {unit}".rstrip() if value else "") + (f" ({f'{limit} {unit}'.rstrip()})" if limit else "")
