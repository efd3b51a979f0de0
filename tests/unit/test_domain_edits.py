"""An edited domain told condition by condition, and one condition without its edit."""

from typing import Any

import msgspec
import pytest

from infra.cities.folder import shipped
from infra.cities.proposed import with_condition
from schemas.domains import Domain
from schemas.errors import Invalid
from services.api.domain_edits import Held, condition_of, differing, without_edit
from services.api.layers import Layers

BELOW = shipped().domains["traffic"]
SLOW, STALLED = BELOW.conditions[:2]
LAYERS = Layers({}, {"domains": {"traffic": BELOW}})


def edited(*changed: Any) -> Domain:
    """The domain with these conditions in the place of those with their ids, or after them."""
    whole = shipped()
    domain = BELOW
    for condition in changed:
        domain = with_condition(condition, whole)
    return domain


def test_only_what_is_another_one_differs() -> None:
    changed, added = msgspec.structs.replace(SLOW, below=12.0), msgspec.structs.replace(SLOW, id="traffic.added")
    domain = edited(changed, STALLED, added)
    assert differing(Held(domain, "edit", 7), LAYERS) == [SLOW.id, "traffic.added"]
    gone = msgspec.structs.replace(BELOW, conditions=BELOW.conditions[1:])
    assert differing(Held(gone, "edit", 7), LAYERS) == [SLOW.id]
    assert differing(Held(BELOW, "shipped", 1), LAYERS) == []


def test_one_edit_is_taken_back_and_the_others_stay() -> None:
    changed, added = msgspec.structs.replace(SLOW, below=12.0), msgspec.structs.replace(SLOW, id="traffic.added")
    domain = edited(changed, added)
    bare = without_edit(domain, BELOW, SLOW.id)
    assert condition_of(bare, SLOW.id) == SLOW and condition_of(bare, "traffic.added") == added
    assert without_edit(bare, BELOW, "traffic.added") == BELOW
    gone = msgspec.structs.replace(BELOW, conditions=BELOW.conditions[1:])
    assert without_edit(gone, BELOW, SLOW.id) == BELOW


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": "nowhere.slow"}, "id"),
        ({"above": 3.0}, "below"),
        ({"quantity": "gone"}, "quantity"),
        ({"clear": 9.0}, "clear"),
        ({"severity": "bad"}, "severity"),
    ],
)
def test_what_is_wrong_with_a_condition_is_named(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as found:
        with_condition(msgspec.structs.replace(SLOW, **fields), shipped())
    assert found.value.field == field


def test_where_the_layer_below_has_the_domain_no_more_a_condition_goes_with_its_edit() -> None:
    domain = msgspec.structs.replace(BELOW, conditions=[SLOW])
    assert without_edit(domain, None, SLOW.id).conditions == []
