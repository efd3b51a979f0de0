"""What is wrong with a rule in itself: the same answer for a city folder and for an edit over the API."""

from collections.abc import Iterator

from schemas.rules import AT_LEAST, MODES, SEQUENCE, Cause, Hop, Part, Pattern, Rule, Same
from schemas.sentences import say
from schemas.signals import SEVERITIES

PLACES = ("within_m", "same_zone", "same_asset", "along")
WAYS = ("along", "same_asset", "within_m")
LONGEST_S = 7 * 86400.0
LONGEST_DELAY_S = 31 * 86400.0
FARTHEST_M = 1_000_000.0
Fault = tuple[str, str]
"""Dotted field and what is wrong with it."""


def rule_faults(rule: Rule) -> Iterator[Fault]:
    """What makes a rule meaningless, each with its field (`pattern.parts.2.count`)."""
    if [rule.cause, rule.same, rule.pattern].count(None) != 2:
        yield "cause", say("one_of_three")
    yield from _own_faults(rule)
    bodies = [("cause", _cause_faults(rule.cause))] if rule.cause else []
    bodies += [("same", _same_faults(rule.same))] if rule.same else []
    bodies += [("pattern", _pattern_faults(rule.pattern))] if rule.pattern else []
    for body, faults in bodies:
        for field, message in faults:
            yield f"{body}.{field}", message


def _own_faults(rule: Rule) -> Iterator[Fault]:
    for field in ("id", "title", "title_vi"):
        if not getattr(rule, field).strip():
            yield field, say("empty")
    if not 0 <= rule.margin <= 1:
        yield "margin", say("not_0_to_1")
    if len(rule.procedure) != len(rule.procedure_vi):
        yield "procedure_vi", say("steps_differ", number=len(rule.procedure))


def _cause_faults(cause: Cause) -> Iterator[Fault]:
    yield from ((field, say("empty")) for field in ("causes", "effects") if not getattr(cause, field))
    yield from _delay_faults(cause)
    given = [name for name in WAYS if getattr(cause, name) not in (None, False, [])]
    if len(given) != 1:
        yield (given[1] if given else "along"), say("exactly_one", known=", ".join(WAYS))
    yield from _metres_faults(cause.within_m)
    if cause.downwind and cause.within_m is None:
        yield "downwind", say("belongs_with", other="within_m")
    if cause.suspect_from is not None and not cause.along:
        yield "suspect_from", say("belongs_with", other="along")
    if cause.suspect_from is not None and cause.suspect_from < 1:
        yield "suspect_from", say("not_above_0")
    yield from _confidence_faults(cause.confidence)
    yield from _hop_faults(cause.along)


def _delay_faults(cause: Cause) -> Iterator[Fault]:
    for field in ("delay_min", "delay_max"):
        if not -LONGEST_DELAY_S <= getattr(cause, field) <= LONGEST_DELAY_S:
            yield field, say("not_within_days", days=LONGEST_DELAY_S / 86400)
    if cause.delay_min > cause.delay_max:
        yield "delay_min", say("above_delay_max")
    for field in ("begins_until", "outlived_after", "suspect_within"):
        seconds = getattr(cause, field)
        if seconds is not None and not 0 <= seconds <= LONGEST_DELAY_S:
            yield field, say("seconds_outside", longest=LONGEST_DELAY_S)


def _same_faults(same: Same) -> Iterator[Fault]:
    if not same.kinds:
        yield "kinds", say("empty")
    yield from (
        ("repeats", say("quoted_none_of", value=kind, known=", ".join(same.kinds)))
        for kind in same.repeats
        if kind not in same.kinds
    )
    if same.text is not None and not 0 < same.text <= 1:
        yield "text", say("lead_outside")
    if not 0 < same.within_s <= LONGEST_S:
        yield "within_s", say("seconds_outside", longest=LONGEST_S)
    yield from _near_faults(same)
    yield from _confidence_faults(same.confidence)
    yield from _hop_faults(same.along)


def _near_faults(same: Same) -> Iterator[Fault]:
    """What is near is so in metres, also where these are counted from what lies along a way; or it is at one asset."""
    if same.within_m is None and same.moves:
        yield "within_m", say("metres_required")
    elif same.within_m is None and same.along:
        yield "along", say("belongs_with", other="within_m")
    elif same.same_asset == (same.within_m is not None):
        yield ("same_asset" if same.same_asset else "within_m"), say("exactly_one", known="within_m, same_asset")
    yield from _metres_faults(same.within_m)


def _metres_faults(within_m: float | None) -> Iterator[Fault]:
    if within_m is not None and not 0 < within_m <= FARTHEST_M:
        yield "within_m", say("metres_beyond", farthest=FARTHEST_M)


def _confidence_faults(confidence: float) -> Iterator[Fault]:
    if not 0 < confidence <= 1:
        yield "confidence", say("not_above_0_to_1")


def _hop_faults(along: list[Hop]) -> Iterator[Fault]:
    for number, hop in enumerate(along):
        if not hop.relation:
            yield f"along.{number}.relation", say("empty")
        if hop.min < 0:
            yield f"along.{number}.min", say("hops_negative")
        if hop.max < max(hop.min, 1):
            yield f"along.{number}.max", say("not_min_or_1")
        for field, message in _confidence_faults(hop.confidence):
            yield f"along.{number}.{field}", message


def _pattern_faults(pattern: Pattern) -> Iterator[Fault]:
    if pattern.mode not in MODES:
        yield "mode", say("quoted_none_of", value=pattern.mode, known=", ".join(MODES))
    if pattern.severity not in SEVERITIES:
        yield "severity", say("quoted_none_of", value=pattern.severity, known=", ".join(SEVERITIES))
    yield from _time_faults(pattern)
    yield from _place_faults(pattern)
    if not pattern.counted:
        yield "parts", say("part_required")
    yield from _least_faults(pattern)
    for number, part in enumerate(pattern.parts):
        for field, message in _part_faults(part):
            yield f"parts.{number}.{field}", message
    yield from _order_faults(pattern)


def _time_faults(pattern: Pattern) -> Iterator[Fault]:
    if not 0 < pattern.within_s <= LONGEST_S:
        yield "within_s", say("seconds_outside", longest=LONGEST_S)
    if pattern.gathers_s is not None and not pattern.within_s <= pattern.gathers_s <= LONGEST_S:
        yield "gathers_s", say("seconds_outside_within", longest=LONGEST_S)


def _place_faults(pattern: Pattern) -> Iterator[Fault]:
    given = [name for name in PLACES if getattr(pattern, name) not in (None, False, [])]
    if len(given) != 1:
        yield (given[1] if given else "same_zone"), say("exactly_one", known=", ".join(PLACES))
    if pattern.within_m is not None and not 0 < pattern.within_m <= 50_000:
        yield "within_m", say("not_50000_m")
    yield from _hop_faults(pattern.along)


def _least_faults(pattern: Pattern) -> Iterator[Fault]:
    if (pattern.least is not None) != (pattern.mode == AT_LEAST):
        yield "least", say("belongs_at_least")
    elif pattern.least is not None and not 1 <= pattern.least <= len(pattern.counted):
        yield "least", say("parts_outside", number=len(pattern.counted))


def _part_faults(part: Part) -> Iterator[Fault]:
    if not part.kinds:
        yield "kinds", say("empty")
    if part.severity is not None and part.severity not in SEVERITIES:
        yield "severity", say("quoted_none_of", value=part.severity, known=", ".join(SEVERITIES))
    if not 1 <= part.count <= 1000:
        yield "count", say("not_1_to_1000")
    if part.absent and part.cited:
        yield "cited", say("not_and_cited")
    if (part.absent or part.cited) and part.count != 1:
        yield "count", say("counted_only")
    if part.within_s is not None and not 0 <= part.within_s <= LONGEST_S:
        yield "within_s", say("seconds_outside", longest=LONGEST_S)


def _order_faults(pattern: Pattern) -> Iterator[Fault]:
    if pattern.mode == SEQUENCE:
        return
    seen: set[str] = set()
    counted = [number for number, part in enumerate(pattern.parts) if not (part.absent or part.cited)]
    for number, part in enumerate(pattern.parts):
        if part.absent and counted and counted[0] < number < counted[-1]:
            yield f"parts.{number}.not", say("between_others")
        if number in counted:
            if part.within_s is not None:
                yield f"parts.{number}.within_s", say("counted_in_sequence")
            for kind in sorted(seen & set(part.kinds)):
                yield f"parts.{number}.kinds", say("in_two_parts", kind=kind)
            seen |= set(part.kinds)
