"""Rules that somebody proposes, laid over those in force and checked as a city folder's are."""

from collections.abc import Mapping
from typing import Any

from infra.cities.described import Described
from infra.cities.folder import Shipped
from infra.cities.meaning import check_described
from infra.cities.problems import Problems
from schemas.backtests import Proposal
from schemas.errors import Invalid
from schemas.rule_faults import rule_faults
from schemas.rules import Rule


def check_rule(rule: Rule, whole: Shipped, within: str = "") -> None:
    """Raises Invalid naming the field below `within` if the rule is not whole or names what does not exist."""
    for field, message in rule_faults(rule):
        raise Invalid(message, field=within + field)
    _check(Described(rules={rule.id: rule}, files={f"rule {rule.id}": ""}), whole, within)


def with_proposal(items: Mapping[str, Mapping[str, Any]], proposal: Proposal) -> Shipped:
    """Domains, limits and rules as they would be. Raises Invalid naming the field of the proposal."""
    whole = Shipped(domains=dict(items["domains"]), limits=dict(items["limits"]), rules=dict(items["rules"]))
    for number, rule_id in enumerate(proposal.without):
        if whole.rules.pop(rule_id, None) is None:
            raise Invalid(f"there is no rule {rule_id}", field=f"without.{number}")
    for number, rule in enumerate(proposal.rules):
        check_rule(rule, whole, f"rules.{number}.")
        whole.rules[rule.id] = rule
    return whole


def _check(own: Described, whole: Shipped, within: str) -> None:
    problems = Problems()
    check_described(own, Described(domains=whole.domains, limits=whole.limits, rules=whole.rules), problems)
    if problems:
        raise Invalid(problems[0].message, field=within + problems[0].field)
