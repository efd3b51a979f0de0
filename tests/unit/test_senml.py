"""SenML packs are resolved exactly, and nothing that anybody sends makes them fail otherwise than as Invalid."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Invalid
from schemas.senml import Resolved, resolve

NOW = 1_767_250_800_000


def resolved(*records: Any) -> Resolved:
    return resolve(json.dumps(records).encode(), NOW)


def test_base_fields_hold_until_replaced_and_time_is_not_inherited() -> None:
    found = resolved(
        {"bn": "river/TDM/", "bt": 1767250800, "n": "level", "u": "m", "v": 1.58},
        {"n": "level", "u": "m", "t": 300, "v": 1.61},
        {"n": "ph", "u": "pH", "v": 6.9},
    )
    assert found.names == ["river/TDM/level", "river/TDM/level", "river/TDM/ph"]
    assert found.times == [1_767_250_800_000, 1_767_251_100_000, 1_767_250_800_000]
    assert found.units == ["m", "m", "pH"]


def test_a_base_field_of_zero_or_nothing_is_a_reset() -> None:
    found = resolved(
        {"bn": "a/", "bt": 1767250800, "bv": 5, "bu": "m", "n": "x", "v": 1},
        {"bn": "", "bt": 0, "bv": 0, "n": "b/x", "v": 1, "u": "V"},
    )
    assert (found.names, found.values, found.units) == (["a/x", "b/x"], [6.0, 1.0], ["m", "V"])
    assert found.times == [1_767_250_800_000, NOW]


@pytest.mark.parametrize(("seconds", "expected"), [(0, NOW), (-2.5, NOW - 2500), (2**28 - 1, NOW + (2**28 - 1) * 1000)])
def test_times_below_two_to_the_28_are_relative(seconds: float, expected: int) -> None:
    found = resolved({"n": "a/x", "v": 1, "t": seconds})
    assert (found.times, found.relative) == ([expected], 1)


def test_from_two_to_the_28_on_times_are_absolute() -> None:
    assert resolved({"n": "a/x", "v": 1, "t": 2**28}).times == [2**28 * 1000]


@given(st.integers(2**28 * 1000, 4 * 10**12), st.integers(-(10**7), 10**7))
def test_milliseconds_survive_the_sum_of_base_and_own_time(base_ms: int, own_ms: int) -> None:
    body = f'[{{"n":"a/x","v":1,"bt":{Decimal(base_ms) / 1000},"t":{Decimal(own_ms) / 1000:f}}}]'
    found = resolve(body.encode(), NOW)
    relative = base_ms + own_ms < 2**28 * 1000
    assert found.times == [base_ms + own_ms + (NOW if relative else 0)]


def test_unknown_labels_are_ignored_and_those_to_be_understood_refuse_the_pack() -> None:
    assert resolved({"n": "a/x", "v": 1, "new": {"deep": 1}}).values == [1.0]
    with pytest.raises(Invalid) as refused:
        resolved({"n": "a/x", "v": 1}, {"n": "a/x", "v": 1, "new_": 1})
    assert refused.value.field == "data.1.new_"
    with pytest.raises(Invalid):
        resolve(b'[{"n":"a/x","v":1,"new\\u005f":1}]', NOW)


def test_a_value_that_ends_in_an_underscore_is_no_label() -> None:
    assert resolved({"n": "a/x", "v": 1, "note": '_":'}).values == [1.0]


def test_a_bad_record_is_set_apart_and_the_others_kept() -> None:
    found = resolved({"n": "a/x", "v": 1}, {"n": "a/x", "v": "high"}, 7, {"n": "a/x", "vs": "on"}, {"n": "a/x", "v": 2})
    assert found.values == [1.0, 2.0]
    assert [(fault.record, fault.field) for fault in found.faults] == [(1, "v"), (2, ""), (3, "vs")]


def test_what_rests_on_a_bad_base_field_is_set_apart_until_it_is_replaced() -> None:
    found = resolved({"bn": 5, "bt": 0, "n": "x", "v": 1}, {"n": "y", "v": 1}, {"bn": "b/", "n": "x", "v": 1})
    assert found.names == ["b/x"]
    assert [(fault.record, fault.field) for fault in found.faults] == [(0, "bn"), (1, "bn")]


def test_a_bad_value_does_not_lose_its_records_base_fields() -> None:
    assert resolved({"bn": "a/", "n": "x", "v": "high"}, {"n": "y", "v": 1}).names == ["a/y"]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"n": "a/x"}, "v"),
        ({"n": "a/x", "vb": True}, "vb"),
        ({"n": "a/x", "vd": "aGk"}, "vd"),
        ({"n": "a/x", "s": 5}, "s"),
        ({"n": "a/x", "v": 1, "bver": 11}, "bver"),
        ({"n": "a/x", "v": 1, "t": 1e300}, "t"),
        ({}, "v"),
    ],
)
def test_what_is_no_number_is_named(record: dict[str, Any], field: str) -> None:
    (fault,) = resolved(record).faults
    assert fault.field == field


@pytest.mark.parametrize("other", [{"vs": "on"}, {"vb": False}, {"vd": ""}], ids=str)
def test_of_two_values_in_one_record_none_is_taken(other: dict[str, Any]) -> None:
    """RFC 8428 §4.2."""
    found = resolved({"bn": "a/", "n": "x", "v": 1, **other}, {"n": "y", "v": 2})
    assert (found.names, [(fault.record, fault.field) for fault in found.faults]) == (["a/y"], [(0, next(iter(other)))])


def test_a_record_of_base_fields_only_is_no_reading_and_no_fault() -> None:
    found = resolved({"bn": "a/", "bu": "m"}, {"n": "x", "v": 1})
    assert (found.names, found.faults) == (["a/x"], [])


def test_the_state_of_the_instrument_is_kept_by_record_and_an_unknown_one_is_a_fault() -> None:
    found = resolved(
        {"n": "a/x", "v": 1, "quality": "measuring"},
        {"n": "a/x", "v": 2, "quality": "calibrating"},
        {"n": "a/x", "v": 3, "quality": "asleep"},
    )
    assert (found.values, found.states) == ([1.0, 2.0], {1: "calibrating"})
    assert [(fault.record, fault.field) for fault in found.faults] == [(2, "quality")]


def test_a_pack_above_the_limit_names_it() -> None:
    with pytest.raises(Invalid, match="the limit is 2"):
        resolve(json.dumps([{"n": "a/x", "v": 1}] * 3).encode(), NOW, limit=2)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
labels = st.sampled_from(["bn", "bt", "bu", "bv", "bver", "n", "u", "v", "t", "vs", "vb", "vd", "s", "ut", "x", "y_"])
records = st.dictionaries(labels, json_values, max_size=5)


@given(st.lists(records | json_values, max_size=6))
def test_whatever_the_records_are_each_is_a_reading_a_fault_or_base_fields(given_records: list[Any]) -> None:
    try:
        found = resolve(json.dumps(given_records).encode(), NOW)
    except Invalid as error:
        assert error.field
        return
    columns = (found.names, found.times, found.values, found.units, found.records)
    assert len({len(column) for column in columns}) == 1
    taken = set(found.records) | {fault.record for fault in found.faults}
    rest = [record for index, record in enumerate(given_records) if index not in taken]
    assert all(
        isinstance(record, dict) and "v" not in {k for k, v in record.items() if v is not None} for record in rest
    )


@given(st.binary(max_size=60) | st.text(alphabet='[]{}":,ntv1 \\u', max_size=40).map(str.encode))
def test_no_bytes_make_it_fail_otherwise_than_as_invalid(body: bytes) -> None:
    try:
        resolve(body, NOW)
    except Invalid as error:
        assert error.detail
