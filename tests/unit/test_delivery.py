"""When a webhook is sent, to whom, how often: tables of cases."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from standardwebhooks import Webhook

from city.delivery import (
    DELIVERED,
    GONE,
    RETRY,
    RETRY_DELAYS_S,
    SAY,
    SKIP,
    TAKE_BACK,
    disable_reason,
    matches,
    message_id,
    next_delay_s,
    payload,
    probe,
    retry_after_s,
    saying,
    verdict,
    waits_until,
)
from schemas.incidents import Shelved
from schemas.suppression import Suppressed
from services.webhooks.forms import signature_headers
from tests.changes import NOW, a_change

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.mark.parametrize(
    "filters, wanted",
    [
        ({}, True),
        ({"kinds": ["updated"]}, True),
        ({"kinds": ["opened"]}, False),
        ({"severity": ["critical", "major"]}, True),
        ({"severity": ["critical"]}, False),
        ({"agency": ["transport"]}, True),
        ({"agency": ["water"]}, False),
        ({"zone": ["z2"], "domain": ["power"]}, True),
        ({"zone": ["z2"], "domain": ["air"]}, False),
        ({"kinds": []}, True),
    ],
)
def test_an_endpoint_gets_what_all_its_filters_let_through(filters: dict[str, list[str]], wanted: bool) -> None:
    assert matches(filters, a_change()) is wanted


@pytest.mark.parametrize(("kind", "told"), [("updated", False), ("shelved", True), ("resolved", True)])
def test_a_shelved_incident_is_quiet_but_for_its_way_and_its_end(kind: str, told: bool) -> None:
    shelf = Shelved(by="lan", at=NOW, until=NOW + timedelta(hours=1), reason="chatters", severity="major")
    change = msgspec.structs.replace(a_change(shelved=shelf), kind=kind)
    assert matches({}, change) is told


def test_a_test_event_tells_of_no_incident() -> None:
    told = msgspec.json.decode(probe(NOW))
    assert told == {"type": "center.test", "timestamp": "2026-11-20T10:00:00.000Z", "data": {}}


@pytest.mark.parametrize(
    "status, what",
    [
        (200, DELIVERED),
        (204, DELIVERED),
        (301, RETRY),
        (308, RETRY),
        (400, RETRY),
        (410, GONE),
        (503, RETRY),
        (None, RETRY),
    ],
)
def test_only_a_2xx_delivers_and_only_410_ends(status: int | None, what: str) -> None:
    assert verdict(status) == what


@pytest.mark.parametrize(
    "header, seconds",
    [
        (None, None),
        ("120", 120.0),
        ("junk", None),
        ("-5", None),
        ("²", None),
        ("Fri, 20 Nov 2026 10:01:30 +999999999999999", None),
        ("999999999", 86_400.0),
        ("Fri, 20 Nov 2026 10:01:30 GMT", 90.0),
        ("Fri, 20 Nov 2026 09:00:00 GMT", 0.0),
    ],
)
def test_a_retry_after_is_seconds_or_a_date_or_nothing(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


def test_the_schedule_ends_after_its_last_delay() -> None:
    assert next_delay_s(len(RETRY_DELAYS_S), 0.5) is None
    assert sum(RETRY_DELAYS_S) == 75 * 3600 + 35 * 60 + 5


def test_jitter_spreads_a_delay_by_a_fifth_and_never_undercuts_the_receiver() -> None:
    assert next_delay_s(2, 0.0) == pytest.approx(240)
    assert next_delay_s(2, 1.0) == pytest.approx(360)
    assert next_delay_s(1, 0.5, asked_s=60) == 60


def test_an_endpoint_is_disabled_by_410_or_five_failing_days() -> None:
    assert disable_reason(410, None, NOW)
    assert disable_reason(500, NOW - timedelta(days=5), NOW)
    assert disable_reason(500, NOW - timedelta(days=4, hours=23), NOW) is None


def test_an_unsettled_incident_waits_and_one_that_was_absorbed_meanwhile_is_never_told() -> None:
    later = NOW + timedelta(seconds=15)
    assert waits_until(a_change(settled_at=later)) == later
    assert waits_until(a_change()) == NOW
    assert saying(a_change(merged_into="inc-0"), attempted=False) == TAKE_BACK
    assert saying(a_change(merged_into="inc-0"), attempted=True) == SAY


SUPPRESSED = Suppressed(by=("sil-1",), until=NOW, why="", why_vi="")


@pytest.mark.parametrize(
    ("kind", "suppressed", "attempted", "said"),
    [
        ("opened", None, False, SAY),
        ("opened", SUPPRESSED, False, TAKE_BACK),
        ("updated", SUPPRESSED, True, SKIP),
        ("suppressed", SUPPRESSED, True, SAY),
        ("resolved", SUPPRESSED, True, SAY),
        ("resolved", SUPPRESSED, False, TAKE_BACK),
        ("returned", None, False, SAY),
    ],
)
def test_of_a_suppressed_incident_only_its_end_is_said_and_only_to_who_knows_of_it(
    kind: str, suppressed: Suppressed | None, attempted: bool, said: str
) -> None:
    change = msgspec.structs.replace(a_change(suppressed=suppressed), kind=kind)
    assert saying(change, attempted) == said


def test_who_wants_to_hear_of_what_opens_hears_of_what_returns() -> None:
    returned = msgspec.structs.replace(a_change(), kind="returned")
    assert matches({"kinds": ["opened"]}, returned) and matches({"kinds": ["returned"]}, returned)
    assert not matches({"kinds": ["resolved"]}, returned)
    assert not matches({"kinds": ["returned"]}, a_change())
    over = msgspec.structs.replace(returned.incident, state="resolved")
    returned = msgspec.structs.replace(returned, incident=over)
    assert matches({"kinds": ["returned"]}, returned)
    assert not matches({"kinds": ["opened"]}, returned), "nobody is called for what was resolved on the shelf"


def test_a_message_id_is_stable_and_has_no_full_stop() -> None:
    assert message_id("ep-1", "inc-1", 3) == message_id("ep-1", "inc-1", 3)
    assert message_id("ep-1", "inc-1", 3) != message_id("ep-2", "inc-1", 3)
    assert "." not in message_id("ep-1", "inc-1", 3)


def test_the_body_has_type_timestamp_and_the_whole_change() -> None:
    body = msgspec.json.decode(payload(a_change()))
    assert body["type"] == "incident.updated"
    assert body["timestamp"] == "2026-11-20T10:00:00.000Z"
    assert body["data"]["incident"]["title_vi"] == "Mất điện"


@pytest.mark.parametrize(
    "body, signature",
    [
        ('{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ('{"straße":"Åß🚦"}', "v1,3d1FHE4r9Vu2AzKADB/w+HSAA61OTcexI0EBM5pKCyI="),
        ('{"stra\\u00dfe":"\\u00c5\\u00df\\ud83d\\udea6"}', "v1,epLGSEooaB/gg1ltQptQvLBVFRGvtBvsuEyUEMW/pEk="),
        ("", "v1,v48jdbgvh29KJz2Qc+ghw8G6vG3nAKnujWBg8oM/62A="),
    ],
)
def test_the_published_vectors_are_signed_as_published(body: str, signature: str) -> None:
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    headers = signature_headers([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", body.encode(), at)
    assert headers["webhook-signature"] == signature
    assert headers["webhook-timestamp"] == "1614265330"


def test_each_live_secret_signs_so_that_a_rotation_breaks_nobody() -> None:
    old, new = SECRET, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
    at = datetime.now(UTC)
    headers = signature_headers([new, old], "msg_1", b"{}", at)
    for secret in (old, new):
        Webhook(secret).verify(b"{}", headers)
