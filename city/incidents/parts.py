"""Groups that people took apart: what correlate explains as one is kept in parts, whole again once undone."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from city.incidents.model import APART, State
from city.incidents.unions import by_first
from schemas.links import SAME, Explanation, Link

LOST = "apart"


def with_parts(state: State, fresh: dict[str, Explanation]) -> dict[str, Explanation]:
    """Fresh explanations, each without the signals that people took away from it; these are parts of their own."""
    apart = by_first((fact.a, fact.b) for fact in state.facts if fact.kind == APART)
    parts = {name: one for name, one in state.groups.items() if one.part_of and one.signals}
    if not apart and not parts:
        return fresh
    told = {name: one for name, one in fresh.items() if one.signals or name not in parts}
    made = {name: gone(name, told[one.part_of].revision) for name, one in parts.items() if one.part_of in told}
    for one in sorted(told.values(), key=lambda one: bool(one.signals)):
        made |= {piece.group: piece for piece in divided(one, apart)}
    return made


def divided(whole: Explanation, apart: Mapping[str, Collection[str]]) -> list[Explanation]:
    """The explanation itself, or what stays together of it and every signal that left, each a part by itself.

    `apart`: signal → those that it left.
    """
    members = {signal.id for signal in whole.signals}
    left = {one for one in members if not members.isdisjoint(apart.get(one, ()))}
    if not left:
        return [whole]
    if left == members:
        left = left - {whole.group}
    staying = tuple(signal for signal in whole.signals if signal.id not in left)
    same = tuple(link for link in whole.same if link.effect not in left)
    rest = msgspec.structs.replace(whole, signals=staying, same=same)
    return [_named(rest, whole), *(_part(whole, name) for name in sorted(left))]


def wholes(state: State, groups: Iterable[str]) -> list[Explanation]:
    """What these groups, or parts of them, were divided from, each as it stands in all its parts now."""
    pieces: dict[str, list[Explanation]] = {}
    for one in state.groups.values():
        for name in {one.group, one.part_of or one.group} if one.signals else ():
            pieces.setdefault(name, []).append(one)
    names = dict.fromkeys(state.groups[group].part_of or group for group in groups)
    return [_joined(name, pieces[name]) for name in names]


def _joined(name: str, pieces: Sequence[Explanation]) -> Explanation:
    signals = sorted((signal for one in pieces for signal in one.signals), key=lambda one: (one.raised_at, one.id))
    lost = [link for one in pieces for link in one.candidates if link.reason == LOST]
    links = [msgspec.structs.replace(link, reason="") for link in lost]
    return msgspec.structs.replace(
        max(pieces, key=lambda one: len(one.signals)),
        group=name,
        part_of=None,
        signals=tuple(signals),
        same=tuple(link for one in pieces for link in one.same) + tuple(link for link in links if link.kind == SAME),
        parent=next((one.parent for one in pieces if one.parent), None),
        parent_group=next((one.parent_group for one in pieces if one.parent_group), None),
        candidates=tuple(link for one in pieces for link in one.candidates if link.reason != LOST),
    )


def gone(group: str, revision: int) -> Explanation:
    """The explanation of a group that is no more."""
    return Explanation(group=group, region="", signals=(), revision=revision)


def _part(whole: Explanation, signal: str) -> Explanation:
    """A signal that left: nothing is known of its cause, and the link that it lost is kept as a candidate."""
    lost: list[Link] = [link for link in whole.same if link.effect == signal]
    lost += [whole.parent] if whole.parent and signal == whole.group else []
    alone = Explanation(
        group=signal,
        region=whole.region,
        signals=tuple(one for one in whole.signals if one.id == signal),
        candidates=tuple(msgspec.structs.replace(link, reason=LOST) for link in lost),
        opens=whole.opens,
        revision=whole.revision,
    )
    return _named(alone, whole)


def _named(piece: Explanation, whole: Explanation) -> Explanation:
    """The piece with the anchor keeps the group's name; another is a part, named after its own first signal."""
    name = piece.signals[0].id
    return msgspec.structs.replace(piece, group=name, part_of=None if name == whole.group else whole.group)
