"""A proposal is laid over what is in force, and what is wrong with it is named by its field."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
import pytest

from infra.cities.folder import Shipped, shipped
from infra.cities.proposed import check_limit, with_proposal
from schemas.backtests import Proposal
from schemas.domains import Condition, Domain, Limit
from schemas.errors import Invalid
from schemas.sentences import told

WHOLE = shipped()
ITEMS: Mapping[str, Mapping[str, Any]] = {"domains": WHOLE.domains, "limits": WHOLE.limits, "rules": WHOLE.rules}
TRAFFIC = WHOLE.domains["traffic"]
SLOW = next(one for one in TRAFFIC.conditions if one.id == "traffic.slow_speed")
STAGE = next(one for one in WHOLE.limits.values() if one.key == "river.stage_bd2")


def changed(struct: Any, **fields: Any) -> Any:
    return msgspec.structs.replace(struct, **fields)


def laid(**proposal: Any) -> Shipped:
    return with_proposal(ITEMS, Proposal(**proposal))


def condition(whole: Shipped, name: str) -> Condition | None:
    return next((one for domain in whole.domains.values() for one in domain.conditions if one.id == name), None)


def test_a_condition_takes_the_place_of_the_one_with_its_id_or_joins_its_domain() -> None:
    assert condition(laid(conditions=[changed(SLOW, below=12.0)]), SLOW.id) == changed(SLOW, below=12.0)
    added = laid(conditions=[changed(SLOW, id="traffic.slower", below=8.0)])
    assert condition(added, "traffic.slower") and condition(added, SLOW.id) == SLOW
    assert len(added.domains["traffic"].conditions) == len(TRAFFIC.conditions) + 1
    assert condition(laid(without=[SLOW.id]), SLOW.id) is None
    assert condition(WHOLE, SLOW.id) == SLOW


def test_a_domain_and_a_limit_take_the_place_of_those_in_force() -> None:
    whole = laid(domains=[changed(TRAFFIC, conditions=[])], limits=[changed(STAGE, value=9.0)])
    assert whole.domains["traffic"].conditions == [] and whole.limits[STAGE.id].value == 9.0


def test_a_new_kind_may_be_named_by_a_rule_of_the_same_proposal() -> None:
    rule = WHOLE.rules["outage_darkens"]
    assert rule.cause is not None
    cause = changed(rule.cause, effects=["traffic.crawling"])
    whole = laid(conditions=[changed(SLOW, kind="traffic.crawling")], rules=[changed(rule, cause=cause)])
    assert whole.rules[rule.id].cause == cause


def of_traffic(**fields: Any) -> list[Domain]:
    return [changed(TRAFFIC, **fields)]


SPEED = TRAFFIC.quantities["speed_kmh"]
DARK = next(one for one in WHOLE.rules.values() if one.cause)
LATER: Limit = changed(STAGE, valid_from=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("proposal", "field"),
    [
        ({"conditions": [changed(SLOW, quantity="gone")]}, "conditions.0.quantity"),
        ({"conditions": [SLOW, changed(SLOW, id="traffic.x", above=3.0)]}, "conditions.1.below"),
        ({"conditions": [changed(SLOW, below=None, limit="no.limit")]}, "conditions.0.limit"),
        ({"conditions": [changed(SLOW, clear=9.0)]}, "conditions.0.clear"),
        ({"conditions": [changed(SLOW, id="nowhere.slow")]}, "conditions.0.id"),
        ({"conditions": [changed(SLOW, kind="trafic.slow")]}, "conditions.0.kind"),
        ({"conditions": [SLOW, changed(SLOW, id="traffic.x", kind="")]}, "conditions.1.kind"),
        ({"conditions": [changed(SLOW, kind="traffic.very slow")]}, "conditions.0.kind"),
        ({"domains": of_traffic(conditions=[SLOW, SLOW])}, "domains.0.conditions.1.id"),
        ({"domains": of_traffic(id="roads", quantities={})}, "domains.0.conditions.0.id"),
        ({"domains": of_traffic(conditions=[changed(SLOW, severity="bad")])}, "domains.0.conditions.0.severity"),
        (
            {"domains": of_traffic(quantities={**TRAFFIC.quantities, "speed_kmh": changed(SPEED, unit="m/s")})},
            "domains.0.quantities.speed_kmh.unit",
        ),
        (
            {"domains": of_traffic(quantities={**TRAFFIC.quantities, "speed_kmh": changed(SPEED, min=300.0)})},
            "domains.0.quantities.speed_kmh.min",
        ),
        ({"limits": [changed(STAGE, unit="furlong")]}, "limits.0.unit"),
        ({"limits": [changed(STAGE, unit="cm")]}, "limits.0.unit"),
        ({"conditions": [changed(SLOW, below=None, clear=None, limit="river.stage_bd2")]}, "conditions.0.limit"),
        ({"limits": [LATER]}, "limits.0.valid_from"),
        ({"rules": [changed(DARK, cause=changed(DARK.cause, effects=["gossip.heard"]))]}, "rules.0.cause.effects"),
        ({"without": ["traffic.gone"]}, "without.0"),
    ],
)
def test_what_is_wrong_is_named(proposal: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as found:
        laid(**proposal)
    assert found.value.field == field
    assert told(found.value.said, "vi") != found.value.detail


def test_a_limit_begins_when_the_one_before_it_has_ended() -> None:
    whole = laid(limits=[changed(STAGE, valid_to=LATER.valid_from), LATER])
    assert whole.limits[LATER.id] == LATER
    check_limit(LATER, whole)
    with pytest.raises(Invalid) as found:
        check_limit(LATER, WHOLE)
    assert found.value.field == "valid_from"
