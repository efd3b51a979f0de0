"""What is wrong with a rule in itself: the same answer for a city folder and for an edit over the API."""

from collections.abc import Iterator

from schemas.rules import AT_LEAST, MODES, SEQUENCE, Cause, Part, Pattern, Rule
from schemas.sentences import say
from schemas.signals import SEVERITIES

PLACES = ("within_m", "same_zone", "same_asset", "along")
LONGEST_S = 7 * 86400.0
Fault = tuple[str, str]
"""Dotted field and what is wrong with it."""


def rule_faults(rule: Rule) -> Iterator[Fault]:
    """What makes a rule meaningless, each with its field (`pattern.parts.2.count`)."""
    if [rule.cause, rule.same, rule.pattern].count(None) != 2:
        yield "cause", say("one_of_three")
    bodies = [("cause", _cause_faults(rule.cause))] if rule.cause else []
    bodies += [("pattern", _pattern_faults(rule.pattern))] if rule.pattern else []
    if rule.same and rule.same.text is not None and not 0 < rule.same.text <= 1:
        yield "same.text", say("lead_outside")
    if rule.same and rule.same.moves and rule.same.within_m is None:
        yield "same.within_m", say("metres_required")
    for body, faults in bodies:
        for field, message in faults:
            yield f"{body}.{field}", message


def _cause_faults(cause: Cause) -> Iterator[Fault]:
    if cause.delay_min > cause.delay_max:
        yield "delay_min", say("above_delay_max")
    if not (cause.along or cause.same_asset or cause.within_m is not None):
        yield "along", say("one_way_required")


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
    for number, part in enumerate(pattern.parts, 1):
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
            yield f"parts.{number + 1}.not", say("between_others")
        if number in counted:
            if part.within_s is not None:
                yield f"parts.{number + 1}.within_s", say("counted_in_sequence")
            for kind in sorted(seen & set(part.kinds)):
                yield f"parts.{number + 1}.kinds", say("in_two_parts", kind=kind)
            seen |= set(part.kinds)
