"""The words keep their promises: ids, times, records."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.settings import load
from schemas.errors import Invalid
from schemas.events import SignalEvent
from schemas.ids import digest, signal_id
from schemas.readings import Pack, Run, Tick, decode_reading_record
from schemas.signals import (
    TICK_TYPE,
    Signal,
    TickData,
    decode_signal,
    decode_signal_record,
    decode_tick_data,
    severity_rank,
    signal_record,
    tick_record,
)
from schemas.times import from_ms, rfc3339, to_ms

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def a_signal(**changes: object) -> Signal:
    given: dict[str, object] = {
        "id": "sig-1",
        "kind": "power.outage",
        "asset": "feeder-1",
        "state": "active",
        "severity": "major",
        "raised_at": AT,
    }
    return msgspec.convert({**given, **changes}, Signal)


def test_a_digest_tells_where_each_part_ends() -> None:
    assert digest("ab", "c") != digest("a", "bc")


def test_a_signal_id_is_the_same_for_the_same_instant_in_another_offset() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=7)))
    assert signal_id("a", "k", AT) == signal_id("a", "k", elsewhere)


@given(st.integers(min_value=0, max_value=4_102_444_800_000))
def test_milliseconds_survive_the_way_to_a_datetime_and_back(milliseconds: int) -> None:
    assert to_ms(from_ms(milliseconds)) == milliseconds


def test_a_time_is_written_in_utc_with_z() -> None:
    assert rfc3339(AT.astimezone(timezone(timedelta(hours=7)))) == "2026-11-20T10:00:00.000Z"


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="timezone"):
        msgspec.json.decode(b'{"asset":"a","kind":"k","at":"2026-01-01T00:00:00"}', type=SignalEvent)


def test_packs_and_ticks_share_a_topic_and_are_told_apart() -> None:
    pack = Pack(domain="air", zone="z", names=["s/pm25_ugm3"], times=[1], values=[2.0], runs=[Run("/s", "1", 1)])
    for record in (pack, Tick(now_ms=5)):
        assert decode_reading_record(msgspec.json.encode(record)) == record


def test_raised_and_cleared_are_two_events_of_one_signal() -> None:
    raised, cleared = signal_record(a_signal()), signal_record(a_signal(state="cleared", cleared_at=AT))
    assert (raised.type, cleared.type) == ("signal.raised", "signal.cleared")
    assert raised.id != cleared.id
    assert decode_signal(decode_signal_record(msgspec.json.encode(raised)).data) == a_signal()


def test_a_withdrawn_signal_is_a_revision() -> None:
    assert signal_record(a_signal(withdrawn=True)).type == "signal.revised"


def test_a_tick_survives_its_cloud_event() -> None:
    tick = TickData(now_ms=1_700_000_000_000, origin="city.readings.air.v1/0", stages={"detect": 5})
    record = decode_signal_record(msgspec.json.encode(tick_record(tick)))
    assert record.type == TICK_TYPE
    assert decode_tick_data(record.data) == tick


def test_a_newer_senders_fields_and_severities_are_tolerated() -> None:
    signal = decode_signal(msgspec.json.encode({**msgspec.to_builtins(a_signal(severity="dire")), "colour": "red"}))
    assert signal.severity == "dire"
    assert severity_rank("dire") > severity_rank("warning") > severity_rank("critical")


@pytest.mark.parametrize("variable, text", [("SOC_HTTP_PORT", "eighty"), ("SOC_DEMO", "maybe")])
def test_a_wrong_setting_names_its_variable(variable: str, text: str) -> None:
    with pytest.raises(Invalid, match=variable):
        load({variable: text})


def test_an_empty_setting_counts_as_unset() -> None:
    assert load({"SOC_HTTP_PORT": ""}).http_port == 8000
