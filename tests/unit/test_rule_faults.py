"""A rule that means nothing is refused with the field that is to blame, whichever way it came."""

from math import inf, nan
from typing import Any

import msgspec
import pytest

from schemas.rule_faults import rule_faults
from schemas.rules import Rule

WAY = {"relation": "feeds"}
CAUSE = {"causes": ["a"], "effects": ["b"], "along": [WAY], "delay_max": 60.0}
NEAR = {"causes": ["a"], "effects": ["b"], "within_m": 500.0}
SAME = {"kinds": ["a", "b"], "within_m": 500.0, "within_s": 60.0}
PART = {"kinds": ["a"]}
PATTERN = {"parts": [PART], "within_s": 60.0, "same_zone": True}


def _faults(**fields: Any) -> list[str]:
    words = {"id": "r", "title": "t", "title_vi": "t", "runbook": "", "runbook_vi": ""}
    return [field for field, _ in rule_faults(msgspec.convert({**words, **fields}, Rule))]


@pytest.mark.parametrize(
    "body",
    [
        {"cause": CAUSE},
        {"cause": NEAR | {"downwind": True}},
        {"cause": CAUSE | {"delay_min": -60, "delay_max": 0, "suspect_from": 1}},
        {"cause": CAUSE | {"along": [{"relation": "feeds", "min": 0, "max": 1}], "delay_per_hop": True}},
        {"same": SAME | {"repeats": ["a"], "along": [WAY]}},
        {"same": {"kinds": ["a"], "same_asset": True, "within_s": 604_800}},
        {"same": SAME | {"moving": True}},
        {"pattern": PATTERN},
    ],
)
def test_a_rule_that_means_something_is_taken(body: dict[str, Any]) -> None:
    assert _faults(**body) == []


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("cause", {}),
        ("cause", {"cause": CAUSE, "same": SAME}),
        ("title", {"cause": CAUSE, "title": " "}),
        ("id", {"cause": CAUSE, "id": ""}),
        ("margin", {"cause": CAUSE, "margin": 3}),
        ("margin", {"cause": CAUSE, "margin": nan}),
        ("procedure_vi", {"cause": CAUSE, "procedure": ["look"]}),
        ("cause.causes", {"cause": CAUSE | {"causes": []}}),
        ("cause.effects", {"cause": CAUSE | {"effects": []}}),
        ("cause.along", {"cause": {"causes": ["a"], "effects": ["b"]}}),
        ("cause.within_m", {"cause": CAUSE | {"within_m": 500}}),
        ("cause.same_asset", {"cause": CAUSE | {"same_asset": True}}),
        ("cause.within_m", {"cause": NEAR | {"within_m": 0}}),
        ("cause.within_m", {"cause": NEAR | {"within_m": -5}}),
        ("cause.within_m", {"cause": NEAR | {"within_m": inf}}),
        ("cause.downwind", {"cause": CAUSE | {"downwind": True}}),
        ("cause.delay_max", {"cause": CAUSE | {"delay_max": nan}}),
        ("cause.delay_max", {"cause": CAUSE | {"delay_max": inf}}),
        ("cause.delay_min", {"cause": CAUSE | {"delay_min": -inf}}),
        ("cause.delay_min", {"cause": CAUSE | {"delay_min": 61}}),
        ("cause.begins_until", {"cause": CAUSE | {"begins_until": -1}}),
        ("cause.outlived_after", {"cause": CAUSE | {"outlived_after": -1}}),
        ("cause.suspect_within", {"cause": CAUSE | {"suspect_within": nan}}),
        ("cause.suspect_from", {"cause": CAUSE | {"suspect_from": 0}}),
        ("cause.suspect_from", {"cause": NEAR | {"suspect_from": 3}}),
        ("cause.confidence", {"cause": CAUSE | {"confidence": 0}}),
        ("cause.confidence", {"cause": CAUSE | {"confidence": 2}}),
        ("cause.along.0.relation", {"cause": CAUSE | {"along": [{"relation": ""}]}}),
        ("cause.along.1.min", {"cause": CAUSE | {"along": [WAY, WAY | {"min": -1}]}}),
        ("cause.along.0.max", {"cause": CAUSE | {"along": [WAY | {"min": 3, "max": 2}]}}),
        ("cause.along.0.max", {"cause": CAUSE | {"along": [WAY | {"min": 0, "max": 0}]}}),
        ("cause.along.0.confidence", {"cause": CAUSE | {"along": [WAY | {"confidence": 1.5}]}}),
        ("same.kinds", {"same": SAME | {"kinds": []}}),
        ("same.repeats", {"same": SAME | {"repeats": ["c"]}}),
        ("same.within_s", {"same": {"kinds": ["a"], "within_m": 5}}),
        ("same.within_s", {"same": SAME | {"within_s": 700_000}}),
        ("same.within_m", {"same": {"kinds": ["a"], "within_s": 5}}),
        ("same.within_m", {"same": SAME | {"within_m": 0}}),
        ("same.within_m", {"same": {"kinds": ["a"], "within_s": 5, "moving": True}}),
        ("same.same_asset", {"same": SAME | {"same_asset": True}}),
        ("same.along", {"same": {"kinds": ["a"], "within_s": 5, "along": [WAY]}}),
        ("same.along.0.max", {"same": SAME | {"along": [WAY | {"max": 0}]}}),
        ("same.text", {"same": SAME | {"text": 4}}),
        ("same.confidence", {"same": SAME | {"confidence": nan}}),
        ("pattern.along.0.min", {"pattern": {"parts": [PART], "within_s": 5, "along": [WAY | {"min": -1}]}}),
    ],
)
def test_a_rule_that_means_nothing_names_its_field(field: str, body: dict[str, Any]) -> None:
    assert field in _faults(**body)
