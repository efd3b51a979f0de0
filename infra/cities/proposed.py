"""Rules, domains, conditions and limits that somebody proposes, laid over those in force and checked as a folder's."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from city.enrich import PREFIX_DOMAINS
from infra.cities.described import Described
from infra.cities.folder import Shipped
from infra.cities.meaning import Known, condition_faults, kind_faults, limit_faults, overlaps, quantity_faults
from schemas.backtests import Proposal
from schemas.domains import Condition, Domain, Limit, Quantity
from schemas.errors import Conflict, Invalid
from schemas.rule_faults import rule_faults
from schemas.rules import Rule
from schemas.sentences import say

Faults = Iterable[tuple[str, str]]
"""Field and message."""
SENSOR = "sensor"
"""Begins kinds of what sensors themselves do."""
NAME = re.compile(r"\S{1,100}")


def with_proposal(items: Mapping[str, Mapping[str, Any]], proposal: Proposal) -> Shipped:
    """Domains, limits and rules as they would be. Raises Invalid naming the field of the proposal."""
    whole = in_force_of(items)
    for number, name in enumerate(proposal.without):
        if not _left_out(name, whole):
            raise Invalid(say("no_rule_or_condition", name=name), field=f"without.{number}")
    for domain in proposal.domains:
        whole.domains[domain.id] = domain
    for number, condition in enumerate(proposal.conditions):
        _lay(condition, whole, f"conditions.{number}.id")
    whole.limits.update({limit.id: limit for limit in proposal.limits})
    _refuse(_faults(proposal, whole, in_force_of(items)), "")
    for number, rule in enumerate(proposal.rules):
        check_rule(rule, whole, f"rules.{number}.")
        whole.rules[rule.id] = rule
    return whole


def in_force_of(items: Mapping[str, Mapping[str, Any]]) -> Shipped:
    """The judging part of the reference data in force."""
    return Shipped(domains=dict(items["domains"]), limits=dict(items["limits"]), rules=dict(items["rules"]))


def check_rule(rule: Rule, whole: Shipped, within: str = "") -> None:
    """Raises Invalid naming the field below `within` if the rule is not whole or names what does not exist."""
    _refuse(rule_faults(rule), within)
    _refuse(kind_faults(rule, _known(whole)), within)


def check_limit(limit: Limit, whole: Shipped) -> None:
    """Raises Invalid naming the field if the row is not whole, or another one is in force at the same time."""
    _refuse(limit_faults(limit, _known(whole)), "")
    _refuse(_overlap({limit.id: limit}, {**whole.limits, limit.id: limit}), "")


def with_condition(condition: Condition, whole: Shipped) -> Domain:
    """The domain that holds the condition, with it. Raises Invalid naming the field if it is not whole."""
    domain = _lay(condition, whole, "id")
    _refuse(condition_faults(condition, _known(whole)), "")
    return domain


def check_nothing_loose(before: Shipped, after: Shipped) -> None:
    """Raises Conflict if what is taken away leaves a condition without its limit, or a rule without a kind it names."""
    loose = _loose(after) - _loose(before)
    if loose:
        raise Conflict(say("still_named", by=min(loose)), field="id")


def _loose(whole: Shipped) -> set[str]:
    known = _known(whole)
    conditions = (one for domain in whole.domains.values() for one in domain.conditions)
    found = {one.id for one in conditions if one.limit is not None and one.limit not in known.limits}
    return found | {rule.id for rule in whole.rules.values() if any(kind_faults(rule, known))}


def _refuse(faults: Faults, within: str) -> None:
    for field, message in faults:
        raise Invalid(message, field=within + field)


def _known(whole: Shipped) -> Known:
    return Known(Described(domains=whole.domains, limits=whole.limits, rules=whole.rules))


def _left_out(name: str, whole: Shipped) -> bool:
    if whole.rules.pop(name, None) is not None:
        return True
    for domain in whole.domains.values():
        kept = [one for one in domain.conditions if one.id != name]
        if len(kept) < len(domain.conditions):
            whole.domains[domain.id] = msgspec.structs.replace(domain, conditions=kept)
            return True
    return False


def _lay(condition: Condition, whole: Shipped, field: str) -> Domain:
    """The condition in the place of the one with its id, wherever that is, or at the end of the domain it names."""
    holders = [one for one in whole.domains.values() if any(held.id == condition.id for held in one.conditions)]
    _check_kind(condition.kind, whole, field.removesuffix("id"))
    domain = holders[0] if holders else whole.domains.get(condition.id.partition(".")[0])
    if domain is None:
        raise Invalid(say("begins_with_no_domain", id=condition.id), field=field)
    held = [condition if one.id == condition.id else one for one in domain.conditions]
    laid = held if holders else [*held, condition]
    whole.domains[domain.id] = msgspec.structs.replace(domain, conditions=laid)
    return whole.domains[domain.id]


def _check_kind(kind: str, whole: Shipped, within: str) -> None:
    """Raises Invalid unless a domain has this kind, or it could be one more of a domain: as signals from outside."""
    prefix, _, name = kind.partition(".")
    domains = {*whole.domains, *PREFIX_DOMAINS, SENSOR}
    if kind not in _known(whole).kinds and not (prefix in domains and NAME.fullmatch(name)):
        raise Invalid(say("signal_kind_of_no_domain", kind=kind), field=f"{within}kind")


def _faults(proposal: Proposal, whole: Shipped, present: Shipped) -> Faults:
    known = _known(whole)
    for number, domain in enumerate(proposal.domains):
        for field, message in _domain_faults(domain, whole, present):
            yield f"domains.{number}.{field}", message
    for number, condition in enumerate(proposal.conditions):
        for field, message in condition_faults(condition, known):
            yield f"conditions.{number}.{field}", message
    for number, limit in enumerate(proposal.limits):
        own = {limit.id: limit}
        for field, message in (*limit_faults(limit, known), *_overlap(own, whole.limits)):
            yield f"limits.{number}.{field}", message


def _domain_faults(domain: Domain, whole: Shipped, present: Shipped) -> Faults:
    known, others = _known(whole), _quantities(present)
    for name, quantity in domain.quantities.items():
        for field, message in (*quantity_faults(quantity), *_unit_faults(quantity, others.get(name))):
            yield f"quantities.{name}.{field}", message
    elsewhere = {held.id for one in whole.domains.values() if one.id != domain.id for held in one.conditions}
    for number, condition in enumerate(domain.conditions):
        taken = elsewhere | {held.id for held in domain.conditions[:number]}
        if condition.id in taken:
            yield f"conditions.{number}.id", say("already_there")
        for field, message in condition_faults(condition, known):
            yield f"conditions.{number}.{field}", message


def _quantities(whole: Shipped) -> dict[str, Quantity]:
    return {name: found for domain in whole.domains.values() for name, found in domain.quantities.items()}


def _unit_faults(quantity: Quantity, present: Quantity | None) -> Faults:
    """Readings are kept in the unit that was in force when they came."""
    if present is not None and quantity.unit != present.unit:
        yield "unit", say("unit_kept", unit=quantity.unit, kept=present.unit)


def _overlap(own: Mapping[str, Limit], limits: Mapping[str, Limit]) -> Faults:
    for earlier, later in overlaps(limits.values()):
        if earlier.id in own or later.id in own:
            other = earlier if later.id in own else later
            yield "valid_from", say("overlaps", valid_from=other.valid_from)
