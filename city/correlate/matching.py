"""One pattern from one anchor: does it hold, does it wait, did it time out, was it barred."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from math import inf

import msgspec

from city.correlate.pattern_way import Near, PatternWay, beside_s
from city.correlate.strands import Strand
from schemas.rules import SEQUENCE

HOLDS, WAITS, TIMED_OUT, BARRED = "holds", "waits", "timed_out", "barred"
Span = tuple[float, float]
"""Unix seconds, ends included."""


class Member(msgspec.Struct, frozen=True, gc=False):
    """A strand that counts, the number of the part that it fits, and how it is near the anchor."""

    strand: Strand
    part: int
    near: Near


class Match(msgspec.Struct, frozen=True, gc=False):
    """What there is of a pattern from one anchor at a time."""

    anchor: Strand
    state: str
    members: tuple[Member, ...]
    """By (raised_at, id), anchor first."""
    beside: tuple[Strand, ...] = ()
    """Strands that are cited, or that bar it: they never join."""
    cited: tuple[str, ...] = ()
    """Ids of the signals that had to go on, and did."""
    due: float | None = None
    """When the clock alone changes its state, Unix seconds."""
    missing: tuple[int, ...] = ()
    """Numbers of parts that are not filled."""
    progress: float = 1.0
    """0 to 1: how much of what is counted there is."""

    @property
    def nearly(self) -> bool:
        """It timed out with at least half of what is counted, and all that is cited."""
        return self.state == TIMED_OUT and self.progress >= 0.5


class Around(msgspec.Struct, frozen=True):
    """What may be near an anchor."""

    counted: Sequence[Strand]
    """Free strands that fit some counted part, by (raised_at, id), the anchor first."""
    beside: Callable[[int], Sequence[Strand]]
    """Near strands that fit a `not` or `cited` part of this number, by (raised_at, id)."""


Picked = dict[int, list[Member]]
"""Number of a counted part → the first of what fits it, at most its count."""


def match(way: PatternWay, around: Around, now: float) -> Match:
    """Judges the pattern from the first of what is counted, the anchor, at a time, Unix seconds."""
    pattern, anchor = way.pattern, around.counted[0]
    able = [one for one in around.counted if not pattern.at_once or one.start <= anchor.end]
    soon = [one for one in able if one.start <= anchor.start + pattern.within_s]
    picked = _in_sequence(way, soon) if pattern.mode == SEQUENCE else _in_any_order(way, soon)
    filled = {number: found[-1].strand.start for number, found in picked.items() if _is_filled(way, number, found)}
    ended = _ended(way, filled)
    core = tuple(one for found in picked.values() for one in found)
    cited = _cited(way, anchor, around)
    if ended is None or None in cited:
        missing = tuple(number for number in way.counted if number not in filled) if ended is None else ()
        return _partial(way, anchor, (core, cited, missing, _progress(way, picked)), now)
    return _whole(way, Around(able, around.beside), (core, cited, filled, ended), now)


def _member(way: PatternWay, anchor: Strand, number: int, strand: Strand) -> Member | None:
    """The strand as what fills a part, if it fits and is near."""
    return _near(way, (way.lead_part(anchor), anchor), number, strand) if way.fits(number, strand) else None


def _near(way: PatternWay, lead: tuple[int, Strand], number: int, strand: Strand) -> Member | None:
    """The strand, which fits the part, if it is near the anchor (`lead`: the part that it stands for, and it)."""
    near = way.near(lead, (number, strand))
    return None if near is None else Member(strand, number, near)


def _in_any_order(way: PatternWay, soon: Sequence[Strand]) -> Picked:
    picked: Picked = {number: [] for number in way.counted}
    lead = way.lead_part(soon[0]), soon[0]
    for strand in soon:
        number = way.part_of(strand)
        if number is not None and len(picked[number]) < way.pattern.parts[number].count:
            found = _near(way, lead, number, strand)
            if found is not None and _is_counted(way, picked[number], found):
                picked[number].append(found)
    return picked


def _in_sequence(way: PatternWay, soon: Sequence[Strand]) -> Picked:
    """The earliest that fits each part, not before the part before it was filled."""
    picked: Picked = {}
    used: set[str] = set()
    since = soon[0].start
    for number in way.counted:
        part = way.pattern.parts[number]
        until = inf if part.within_s is None else since + part.within_s
        able = (one for one in soon if since <= one.start <= until and one.id not in used)
        fitting = (found for one in able if (found := _member(way, soon[0], number, one)) is not None)
        picked[number] = []
        new = (one for one in fitting if _is_counted(way, picked[number], one))
        for one in islice(new, part.count):
            picked[number].append(one)
        if not _is_filled(way, number, picked[number]):
            break
        used |= {one.strand.id for one in picked[number]}
        since = picked[number][-1].strand.start
    return picked


def _is_counted(way: PatternWay, picked: list[Member], found: Member) -> bool:
    """Not where assets are counted and its own is among them."""
    places = set(found.strand.places)
    return not way.pattern.parts[found.part].distinct or all(places.isdisjoint(one.strand.places) for one in picked)


def may_matter(way: PatternWay, found: Match, strand: Strand) -> bool:
    """Whether what there is from an anchor may be another with, or without, a strand that counts and is not beside.

    Each part takes the earliest that fits, so that what comes after all of them matters only where a part lacks some.
    What holds gathers all that fits.
    """
    if found.state == HOLDS or any(one.strand.order >= strand.order for one in found.members):
        return True
    parts = way.pattern.parts
    held = Counter(one.part for one in found.members)
    return any(held[number] < parts[number].count and way.fits(number, strand) for number in way.counted)


def timed_out(found: Match, now: float) -> Match | None:
    """A match that waits for what is missing, once its time is over: the clock changes nothing else of it.

    None where more than its state may be another now, or it goes on waiting.
    """
    if found.state != WAITS or not found.missing or found.due is None or now < found.due:
        return None
    return msgspec.structs.replace(found, state=TIMED_OUT, due=None)


def _is_filled(way: PatternWay, number: int, found: list[Member]) -> bool:
    return len(found) >= way.pattern.parts[number].count


def _ended(way: PatternWay, filled: dict[int, float]) -> float | None:
    """When so many parts as are needed were filled; None when they are not."""
    return sorted(filled.values())[way.needed - 1] if len(filled) >= way.needed else None


def _progress(way: PatternWay, picked: Picked) -> float:
    shares = sorted((len(found) / way.pattern.parts[number].count for number, found in picked.items()), reverse=True)
    return sum(shares[: way.needed]) / way.needed


def _cited(way: PatternWay, anchor: Strand, around: Around) -> list[Strand | None]:
    """For each cited part the first strand that goes on while the anchor does; None where there is none."""
    found: list[Strand | None] = []
    for number in way.cited:
        within_s = way.pattern.parts[number].within_s or 0.0
        span = anchor.start - within_s, min(anchor.end, anchor.start + way.pattern.within_s)
        found.append(next((one for one in around.beside(number) if _goes_on(one, span)), None))
    return found


def _goes_on(strand: Strand, span: Span) -> bool:
    return strand.start <= span[1] and strand.end >= span[0]


Partial = tuple[tuple[Member, ...], list[Strand | None], tuple[int, ...], float]


def _partial(way: PatternWay, anchor: Strand, got: Partial, now: float) -> Match:
    core, cited, missing, progress = got
    until = anchor.start + way.pattern.within_s
    there = tuple(one for one in cited if one is not None)
    return Match(
        anchor=anchor,
        state=WAITS if now < until else TIMED_OUT,
        members=core,
        beside=there,
        due=until if now < until else None,
        missing=missing,
        progress=progress if len(there) == len(cited) else 0.0,
    )


Whole = tuple[tuple[Member, ...], list[Strand | None], dict[int, float], float]


def _whole(way: PatternWay, around: Around, got: Whole, now: float) -> Match:
    core, found, filled, ended = got
    anchor, cited = around.counted[0], [one for one in found if one is not None]
    spans = _spans(way, anchor.start, filled, ended)
    inside = {one.strand.id for one in core}
    bars = [
        strand
        for number, span in spans.items()
        for strand in around.beside(number)
        if _goes_on(strand, span) and strand.id not in inside
    ]
    due = max(span[1] for span in spans.values()) if spans else ended
    state = BARRED if bars else WAITS if now < due and due > ended else HOLDS
    return Match(
        anchor=anchor,
        state=state,
        members=_gathered(way, around.counted, core, filled) if state == HOLDS else core,
        beside=(*cited, *bars),
        cited=tuple(one.id for one in cited),
        due=due if state == WAITS else None,
    )


def _spans(way: PatternWay, start: float, filled: dict[int, float], ended: float) -> dict[int, Span]:
    """Number of each `not` part → when nothing of it may go on."""
    spans: dict[int, Span] = {}
    for number in way.absent:
        part = way.pattern.parts[number]
        before = [filled[other] for other in way.counted if other < number and other in filled]
        after = [filled[other] for other in way.counted if other > number and other in filled]
        if number < way.counted[0]:
            spans[number] = (start - beside_s(way.pattern, part), start)
        elif number > way.counted[-1]:
            spans[number] = (ended, ended + beside_s(way.pattern, part))
        else:
            spans[number] = (max(before), min(after))
    return spans


def _gathered(
    way: PatternWay, counted: Sequence[Strand], core: tuple[Member, ...], filled: dict[int, float]
) -> tuple[Member, ...]:
    """What was needed, and all else that fits within `gathers_s`: in a sequence after the part before was filled."""
    inside = {one.strand.id: one for one in core}
    for strand in counted:
        if strand.id not in inside and (found := _late(way, counted[0], strand, filled)) is not None:
            inside[strand.id] = found
    return tuple(inside[strand.id] for strand in counted if strand.id in inside)


def _late(way: PatternWay, anchor: Strand, strand: Strand, filled: dict[int, float]) -> Member | None:
    since = -inf
    for number in way.counted:
        if strand.start >= since and (found := _member(way, anchor, number, strand)) is not None:
            return found
        since = filled[number] if way.pattern.mode == SEQUENCE else -inf
    return None
