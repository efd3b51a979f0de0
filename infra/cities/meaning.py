"""Checks what domains, limits, rules and sensors mean together: names that must be known, tests that must be whole."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from city.units import UNITS, is_same
from infra.cities.assets import FILE as ASSETS
from infra.cities.assets import place
from infra.cities.checking import procedure_faults
from infra.cities.described import Described
from infra.cities.figures import check_figures
from infra.cities.problems import Problems
from schemas.assets import Asset
from schemas.domains import Condition, Domain, Limit, Quantity
from schemas.readings import STATES
from schemas.rule_faults import rule_faults
from schemas.rules import Rule
from schemas.sentences import say

SEVERITIES = ("critical", "major", "minor", "warning")
TESTS = ("above", "below", "deviation", "absent_for", "stuck_for", "copied_for", "state", "limit")
IN_TOPICS = re.compile(r"[A-Za-z0-9_-]{1,60}")
"""Ids that may stand in the name of a topic."""
LONGEST_UNIT = 20
FUNCTIONS = ("mean", "max", "min", "rate", "sum", "ceiling")
LIKE_READINGS = ("mean", "max", "min")
"""Functions whose value may be compared with what single readings usually are."""
OF_ANOTHER_UNIT = ("rate", "ceiling")
"""Functions whose value is not in the unit of the readings."""


def check_described(own: Described, whole: Described, problems: Problems) -> None:
    """Adds problems of the layer `own` within `whole`, the layers together."""
    known = Known(whole)
    for domain in own.domains.values():
        _check_domain(domain, own.files[f"domain {domain.id}"], known, problems)
    for rule in own.rules.values():
        _check_rule(rule, own.files[f"rule {rule.id}"], known, problems)
    for limit in own.limits.values():
        _check_limit(limit, own.files[f"limit {limit.id}"], known, problems)
    for procedure in own.procedures.values():
        for number, field, message in procedure_faults(procedure, whole.procedures, known.kinds | whole.rules.keys()):
            where = "" if number is None else f'step "{procedure.steps[number].id}"'
            problems.add(own.files[f"procedure {procedure.id}"], where, field, message)
    _check_overlaps(own, whole, problems)
    check_figures(own.figures, own.files, problems)


class Known:
    """The names of all layers together."""

    def __init__(self, whole: Described) -> None:
        """The names in `whole`."""
        self.units = {
            name: quantity.unit for domain in whole.domains.values() for name, quantity in domain.quantities.items()
        }
        self.kinds = {kind for domain in whole.domains.values() for kind in domain.kinds}
        self.kinds |= {one.kind for domain in whole.domains.values() for one in domain.conditions}
        self.limits = {limit.key for limit in whole.limits.values()}
        self.limits |= {key for domain in whole.domains.values() for key in domain.permits}
        self.judging: dict[str, set[str]] = {}
        """Key of a limit → quantities that are compared with it."""
        for one in (one for domain in whole.domains.values() for one in domain.conditions):
            if one.limit is not None and one.quantity in self.units and one.function not in OF_ANOTHER_UNIT:
                self.judging.setdefault(one.limit, set()).add(one.quantity)
        self.rows = {(limit.key, limit.unit) for limit in whole.limits.values()}
        """Keys of limits, each with the units of its rows."""
        self.homes = {(one.id, domain.id) for domain in whole.domains.values() for one in domain.conditions}
        """Ids of conditions, each with its domain."""

    def elsewhere(self, condition: Condition, domain: str) -> str | None:
        """Another domain that has a condition of the same id."""
        return min((home for name, home in self.homes if name == condition.id and home != domain), default=None)


def _check_domain(domain: Domain, file: str, known: Known, problems: Problems) -> None:
    for field, message in _head_faults(domain):
        problems.add(file, "", field, message)
    for name, quantity in domain.quantities.items():
        for field, message in quantity_faults(quantity):
            problems.add(file, f'quantity "{name}"', field, message)
    seen: set[str] = set()
    for condition in domain.conditions:
        where = f'condition "{condition.id}"'
        if condition.id in seen:
            problems.add(file, where, "id", say("twice"))
        seen.add(condition.id)
        other = known.elsewhere(condition, domain.id)
        if other is not None:
            problems.add(file, where, "id", say("condition_of_other", domain=other))
        for field, message in condition_faults(condition, known):
            problems.add(file, where, field, message)


def _head_faults(domain: Domain) -> Iterable[tuple[str, str]]:
    if not IN_TOPICS.fullmatch(domain.id):
        yield "id", say("not_domain_id")
    if domain.lateness_s is not None and domain.lateness_s < 0:
        yield "lateness_s", say("duration_negative")


def quantity_faults(quantity: Quantity) -> Iterable[tuple[str, str]]:
    """(field, message) of what is wrong with a quantity."""
    if not quantity.unit or len(quantity.unit) > LONGEST_UNIT or not quantity.unit.isprintable():
        yield "unit", say("no_unit", unit=quantity.unit, longest=LONGEST_UNIT)
    if quantity.min is not None and quantity.max is not None and quantity.min >= quantity.max:
        yield "min", say("not_below_max")
    if quantity.period_s <= 0:
        yield "period_s", say("not_above_0")


def condition_faults(condition: Condition, known: Known) -> Iterable[tuple[str, str]]:
    """(field, message) of what is wrong with a condition."""
    yield from _test_faults(condition, known)
    if condition.quantity not in known.units:
        yield "quantity", say("quantity_of_no_domain", quantity=condition.quantity)
    if condition.severity not in SEVERITIES:
        yield "severity", say("quoted_none_of", value=condition.severity, known=", ".join(SEVERITIES))
    yield from _window_faults(condition)
    if condition.side not in (None, "above", "below"):
        yield "side", say("no_side", side=condition.side)
    if condition.side is not None and condition.limit is None and (condition.deviation or 0.0) <= 0:
        yield "side", say("belongs_to_limit")
    yield from _hours_faults(condition)
    if condition.times <= 0 or (condition.limit is None and condition.times != 1.0):
        yield "times", say("above_0_of_limit")
    lasts_s = {"for": condition.for_s, "over": condition.over, "hold_down": condition.hold_down or 0.0}
    yield from ((field, say("duration_negative")) for field, seconds in lasts_s.items() if seconds < 0)
    yield from _side_faults(condition)


def _test_faults(condition: Condition, known: Known) -> Iterable[tuple[str, str]]:
    tests = [name for name in TESTS if getattr(condition, name) is not None]
    if len(tests) != 1:
        yield (tests[1] if tests else "above"), say("exactly_one", known=", ".join(TESTS))
    yield from _limit_row_faults(condition, known)
    if condition.state is not None and condition.state not in STATES[1:]:
        yield "state", say("quoted_none_of", value=condition.state, known=", ".join(STATES[1:]))
    lasts_s = {name: getattr(condition, name) for name in ("absent_for", "stuck_for", "copied_for")}
    yield from ((name, say("not_above_0")) for name, seconds in lasts_s.items() if seconds is not None and seconds <= 0)
    if condition.deviation == 0:
        yield "deviation", say("deviation_of_nothing")
    if condition.copied_for is not None and condition.over < 2 * condition.copied_for:
        yield "over", say("not_twice")


def _limit_row_faults(condition: Condition, known: Known) -> Iterable[tuple[str, str]]:
    if condition.limit is None:
        return
    if condition.limit not in known.limits:
        yield "limit", say("no_limit_table", limit=condition.limit)
    own = known.units.get(condition.quantity)
    if own is None or condition.function in OF_ANOTHER_UNIT:
        return
    for unit in sorted(unit for key, unit in known.rows if key == condition.limit and not is_same(unit, own)):
        yield "limit", say("limit_in_unit", unit=unit, quantity=condition.quantity, own=own)


def _window_faults(condition: Condition) -> Iterable[tuple[str, str]]:
    functions = LIKE_READINGS if condition.deviation is not None else FUNCTIONS
    if condition.function not in functions:
        yield "function", say("quoted_none_of", value=condition.function, known=", ".join(functions))
    if condition.function != "mean" and condition.over == 0:
        yield "over", say("function_without", function=condition.function)


def _hours_faults(condition: Condition) -> Iterable[tuple[str, str]]:
    if condition.hours is None:
        return
    first, last = condition.hours
    if not (0 <= first < 24 and 0 < last <= 24) or first == last:
        yield "hours", say("two_hours")
    if all(getattr(condition, name) is None for name in ("above", "below", "limit", "deviation")):
        yield "hours", say("belongs_to_tests")


def _side_faults(condition: Condition) -> Iterable[tuple[str, str]]:
    if condition.clear is None:
        return
    if condition.above is not None and condition.clear > condition.above:
        yield "clear", say("clear_above")
    if condition.below is not None and condition.clear < condition.below:
        yield "clear", say("clear_below")
    if condition.limit is not None and (condition.clear < 1 if condition.is_below else condition.clear > 1):
        yield "clear", say("clear_factor_below" if condition.is_below else "clear_factor_above")
    if condition.deviation is not None and abs(condition.clear) > abs(condition.deviation):
        yield "clear", say("clear_deviation")


def rule_kinds(rule: Rule) -> list[tuple[str, str]]:
    """(field, kind) of every signal kind that a rule names."""
    named: list[tuple[str, list[str]]] = []
    if rule.cause:
        named += [("cause.causes", rule.cause.causes), ("cause.effects", rule.cause.effects)]
        named += [("cause.conditions", rule.cause.conditions)]
    if rule.same:
        named += [("same.kinds", rule.same.kinds), ("same.repeats", rule.same.repeats)]
    for number, part in enumerate(rule.pattern.parts if rule.pattern else ()):
        named.append((f"pattern.parts.{number}.kinds", part.kinds))
    return [(field, kind) for field, kinds in named for kind in kinds]


def kind_faults(rule: Rule, known: Known) -> Iterable[tuple[str, str]]:
    """(field, message) of every signal kind that a rule names and nobody raises."""
    for field, kind in rule_kinds(rule):
        if kind not in known.kinds:
            yield field, say("signal_kind_of_no_domain", kind=kind)


def _check_rule(rule: Rule, file: str, known: Known, problems: Problems) -> None:
    for field, message in (*kind_faults(rule, known), *rule_faults(rule)):
        problems.add(file, "", field, message)


def _check_limit(limit: Limit, file: str, known: Known, problems: Problems) -> None:
    for field, message in limit_faults(limit, known):
        problems.add(file, f'limit "{limit.key}"', field, message)


def limit_faults(limit: Limit, known: Known) -> Iterable[tuple[str, str]]:
    """(field, message) of what is wrong with a row of a limit, which is compared with readings as it stands."""
    if limit.valid_to is not None and limit.valid_to <= limit.valid_from:
        yield "valid_to", say("not_after_valid_from")
    judged = sorted(known.judging.get(limit.key, ()))
    if limit.unit not in UNITS and not judged:
        yield "unit", say("no_senml_unit", unit=limit.unit)
    for quantity in judged:
        if not is_same(limit.unit, known.units[quantity]):
            yield "unit", say("limit_in_unit", unit=limit.unit, quantity=quantity, own=known.units[quantity])
    if not limit.legal_ref:
        yield "legal_ref", say("empty")


def _check_overlaps(own: Described, whole: Described, problems: Problems) -> None:
    for earlier, later in overlaps(whole.limits.values()):
        written = [row for row in (later, earlier) if row.id in own.limits]
        other = earlier if written and written[0] is later else later
        said = "overlaps_row" if len(written) == 2 else "overlaps_shipped"
        for row in written[:1]:
            message = say(said, valid_from=other.valid_from)
            problems.add(own.files[f"limit {row.id}"], f'limit "{row.key}"', "valid_from", message)


def overlaps(limits: Iterable[Limit]) -> Iterable[tuple[Limit, Limit]]:
    """Rows of one limit that are in force at one time, the earlier one first."""
    rows = sorted(limits, key=lambda row: (row.key, row.asset or "", row.valid_from))
    for earlier, later in pairwise(rows):
        same = (earlier.key, earlier.asset) == (later.key, later.asset)
        if same and (earlier.valid_to is None or earlier.valid_to > later.valid_from):
            yield earlier, later


def check_units(own: Described, shipped: Described, problems: Problems) -> None:
    """A quantity of another domain that the folder names anew must keep its unit."""
    for domain in own.domains.values():
        for other in shipped.domains.values():
            for name in domain.quantities.keys() & other.quantities.keys() if other.id != domain.id else ():
                unit, shipped_unit = domain.quantities[name].unit, other.quantities[name].unit
                if unit != shipped_unit:
                    message = say("unit_of_shipped", unit=unit, shipped=shipped_unit, domain=other.id)
                    problems.add(own.files[f"domain {domain.id}"], f'quantity "{name}"', "unit", message)


def check_sensors(assets: Mapping[str, Asset], whole: Described, problems: Problems) -> None:
    """Every quantity that a sensor observes must be known, and how often it sends be a number."""
    known = {name for domain in whole.domains.values() for name in domain.quantities}
    for asset in assets.values():
        for quantity in asset.observes:
            if quantity not in known:
                problems.add(ASSETS, place(asset.id), "observes", say("quantity_of_no_domain", quantity=quantity))
        if asset.observes and "period_s" in asset.properties and asset.period_s is None:
            problems.add(ASSETS, place(asset.id), "period_s", say("no_number_above_0"))
