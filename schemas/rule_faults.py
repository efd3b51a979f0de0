"""What is wrong with a rule in itself: the same answer for a city folder and for an edit over the API."""

from collections.abc import Iterator

from schemas.rules import AT_LEAST, MODES, SEQUENCE, Cause, Part, Pattern, Rule
from schemas.signals import SEVERITIES

PLACES = ("within_m", "same_zone", "same_asset", "along")
LONGEST_S = 7 * 86400.0
Fault = tuple[str, str]
"""Dotted field and what is wrong with it."""


def rule_faults(rule: Rule) -> Iterator[Fault]:
    """What makes a rule meaningless, each with its field (`pattern.parts.2.count`)."""
    if [rule.cause, rule.same, rule.pattern].count(None) != 2:
        yield "cause", "exactly one of cause, same and pattern is required"
    bodies = [("cause", _cause_faults(rule.cause))] if rule.cause else []
    bodies += [("pattern", _pattern_faults(rule.pattern))] if rule.pattern else []
    if rule.same and rule.same.text is not None and not 0 < rule.same.text <= 1:
        yield "same.text", "is a lead of more than 0, at most 1"
    if rule.same and rule.same.moves and rule.same.within_m is None:
        yield "same.within_m", "is required: what moves is near in metres"
    for body, faults in bodies:
        for field, message in faults:
            yield f"{body}.{field}", message


def _cause_faults(cause: Cause) -> Iterator[Fault]:
    if cause.delay_min > cause.delay_max:
        yield "delay_min", "is above delay_max"
    if not (cause.along or cause.same_asset or cause.within_m is not None):
        yield "along", "one of along, same_asset and within_m is required"


def _pattern_faults(pattern: Pattern) -> Iterator[Fault]:
    if pattern.mode not in MODES:
        yield "mode", f'"{pattern.mode}" is not one of {", ".join(MODES)}'
    if pattern.severity not in SEVERITIES:
        yield "severity", f'"{pattern.severity}" is not one of {", ".join(SEVERITIES)}'
    yield from _time_faults(pattern)
    yield from _place_faults(pattern)
    if not pattern.counted:
        yield "parts", "at least one part that is neither not nor cited is required"
    yield from _least_faults(pattern)
    for number, part in enumerate(pattern.parts, 1):
        for field, message in _part_faults(part):
            yield f"parts.{number}.{field}", message
    yield from _order_faults(pattern)


def _time_faults(pattern: Pattern) -> Iterator[Fault]:
    if not 0 < pattern.within_s <= LONGEST_S:
        yield "within_s", f"is not between 0 and {LONGEST_S:.0f} s"
    if pattern.gathers_s is not None and not pattern.within_s <= pattern.gathers_s <= LONGEST_S:
        yield "gathers_s", f"is not between within_s and {LONGEST_S:.0f} s"


def _place_faults(pattern: Pattern) -> Iterator[Fault]:
    given = [name for name in PLACES if getattr(pattern, name) not in (None, False, [])]
    if len(given) != 1:
        yield (given[1] if given else "same_zone"), f"exactly one of {', '.join(PLACES)} is required"
    if pattern.within_m is not None and not 0 < pattern.within_m <= 50_000:
        yield "within_m", "is not between 0 and 50000 m"


def _least_faults(pattern: Pattern) -> Iterator[Fault]:
    if (pattern.least is not None) != (pattern.mode == AT_LEAST):
        yield "least", "belongs to the mode at_least, which needs it"
    elif pattern.least is not None and not 1 <= pattern.least <= len(pattern.counted):
        yield "least", f"is not between 1 and {len(pattern.counted)}, the number of parts that count"


def _part_faults(part: Part) -> Iterator[Fault]:
    if not part.kinds:
        yield "kinds", "is empty"
    if part.severity is not None and part.severity not in SEVERITIES:
        yield "severity", f'"{part.severity}" is not one of {", ".join(SEVERITIES)}'
    if not 1 <= part.count <= 1000:
        yield "count", "is not between 1 and 1000"
    if part.absent and part.cited:
        yield "cited", "a part is not both not and cited"
    if (part.absent or part.cited) and part.count != 1:
        yield "count", "only parts that are neither not nor cited are counted"
    if part.within_s is not None and not 0 <= part.within_s <= LONGEST_S:
        yield "within_s", f"is not between 0 and {LONGEST_S:.0f} s"


def _order_faults(pattern: Pattern) -> Iterator[Fault]:
    if pattern.mode == SEQUENCE:
        return
    seen: set[str] = set()
    counted = [number for number, part in enumerate(pattern.parts) if not (part.absent or part.cited)]
    for number, part in enumerate(pattern.parts):
        if part.absent and counted and counted[0] < number < counted[-1]:
            yield f"parts.{number + 1}.not", "stands between others, which only a sequence has in order"
        if number in counted:
            if part.within_s is not None:
                yield f"parts.{number + 1}.within_s", "of a part that is counted belongs to a sequence"
            for kind in sorted(seen & set(part.kinds)):
                yield f"parts.{number + 1}.kinds", f'"{kind}" stands in two parts, which only a sequence tells apart'
            seen |= set(part.kinds)
