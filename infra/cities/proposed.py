"""Rules and conditions that somebody proposes, laid over those in force and checked as a city folder's are."""

from collections.abc import Mapping
from typing import Any

import msgspec

from infra.cities.described import Described
from infra.cities.folder import Shipped
from infra.cities.meaning import check_described
from infra.cities.problems import Problems
from schemas.backtests import Proposal
from schemas.domains import Condition, Domain
from schemas.errors import Invalid
from schemas.rules import Rule


def check_rule(rule: Rule, whole: Shipped, within: str = "") -> None:
    """Raises Invalid naming the field below `within` if the rule is not whole or names what does not exist."""
    if (rule.cause is None) == (rule.same is None):
        raise Invalid("a rule has exactly one of cause and same", field=f"{within}cause")
    _check(Described(rules={rule.id: rule}, files={f"rule {rule.id}": ""}), whole, within)


def with_proposal(items: Mapping[str, Mapping[str, Any]], proposal: Proposal) -> Shipped:
    """Domains, limits and rules as they would be. Raises Invalid naming the field of the proposal."""
    whole = Shipped(domains=dict(items["domains"]), limits=dict(items["limits"]), rules=dict(items["rules"]))
    for number, rule_id in enumerate(proposal.without):
        if whole.rules.pop(rule_id, None) is None:
            raise Invalid(f"there is no rule {rule_id}", field=f"without.{number}")
    for number, condition in enumerate(proposal.conditions):
        _lay_condition(condition, whole, f"conditions.{number}.")
    for number, rule in enumerate(proposal.rules):
        check_rule(rule, whole, f"rules.{number}.")
        whole.rules[rule.id] = rule
    return whole


def _lay_condition(condition: Condition, whole: Shipped, within: str) -> None:
    name = condition.id.partition(".")[0]
    domain: Domain | None = whole.domains.get(name)
    if domain is None:
        raise Invalid(
            f"begins with the id of no domain; known are {', '.join(sorted(whole.domains))}", field=f"{within}id"
        )
    others = [one for one in domain.conditions if one.id != condition.id]
    changed = msgspec.structs.replace(domain, conditions=[*others, condition])
    whole.domains[name] = changed
    _check(Described(domains={name: changed}, files={f"domain {name}": ""}), whole, within)


def _check(own: Described, whole: Shipped, within: str) -> None:
    problems = Problems()
    check_described(own, Described(domains=whole.domains, limits=whole.limits, rules=whole.rules), problems)
    if problems:
        raise Invalid(problems[0].message, field=within + problems[0].field)
