"""An incident as a CAP 1.2 message: what a receiver reads of it, exercises, updates, what cannot be published."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

import msgspec
import pytest
from defusedxml.ElementTree import fromstring

from city.cap import NAMESPACE, cap_data
from city.cap_alert import Publication, alert_of
from schemas.cloudevents import CloudEvent
from schemas.errors import Invalid
from schemas.incidents import Incident
from tests.changes import a_change

SENT = datetime(2026, 11, 20, 17, 40, 12, 345, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
PUBLICATION = Publication(sender="ioc.example.vn", sent=SENT, expires=timedelta(hours=6))
INCIDENT = a_change(
    severity="critical",
    title="Burst & flood <An Phú>",
    title_vi="Vỡ ống & ngập",
    kind="water.burst",
    domain="water",
    zones=("ward-an-phu",),
    position=(106.7, 10.98),
    opened_at=datetime(2026, 11, 20, 10, 30, tzinfo=UTC),
).incident
ZONES = [("An Phu ward", "Phường An Phú")]
INFO = ["language", "category", "event", "responseType", "urgency", "severity", "certainty", "onset", "expires"]
"""The order of the schema."""


def parsed(incident: Incident = INCIDENT, **more: Any) -> Element:
    message: Element = fromstring(alert_of(incident, msgspec.structs.replace(PUBLICATION, **more), ZONES))
    return message


def names(element: Element) -> list[str]:
    return [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]


def texts(message: Element, path: str) -> list[str | None]:
    return [one.text for one in message.findall("/".join(f"{{{NAMESPACE}}}{name}" for name in path.split("/")))]


def test_what_is_written_is_read_back_by_the_door_that_takes_cap() -> None:
    raw = b64encode(alert_of(INCIDENT, PUBLICATION, ZONES)).decode()
    event = CloudEvent(
        id="1", source="/test", type="cap.received", datacontenttype="application/cap+xml", data_base64=raw
    )
    found = cap_data(event)
    head = {name: found[name] for name in ("identifier", "sender", "sent", "status", "msgType", "scope")}
    assert head == {
        "identifier": "inc-1.3",
        "sender": "ioc.example.vn",
        "sent": "2026-11-20T17:40:12+07:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
    }
    vietnamese, english = found["infos"]
    assert (vietnamese["language"], vietnamese["event"]) == ("vi-VN", "Vỡ ống & ngập")
    assert (english["language"], english["event"], english["expires"]) == (
        "en-US",
        "Burst & flood <An Phú>",
        "2026-11-20T23:40:12+07:00",
    )


def test_elements_stand_in_the_order_of_the_schema_and_places_are_lat_lon() -> None:
    message = parsed(radius_km=0.5)
    assert names(message) == ["identifier", "sender", "sent", "status", "msgType", "scope", "incidents", "info", "info"]
    assert [names(info) for info in message[-2:]] == [[*INFO, "headline", "area"]] * 2
    assert texts(message, "info/area/areaDesc") == ["Phường An Phú", "An Phu ward"]
    assert texts(message, "info/area/circle") == ["10.98000,106.70000 0.5"] * 2
    assert texts(message, "info/onset") == ["2026-11-20T17:30:00+07:00"] * 2


def test_an_exercise_cannot_be_taken_for_real() -> None:
    message = parsed(exercise="Diễn tập 2026-11")
    assert (texts(message, "status"), texts(message, "note")) == (["Exercise"], ["Diễn tập 2026-11"])


def test_what_names_earlier_messages_updates_them_and_what_is_over_is_clear() -> None:
    before = "ioc.example.vn,inc-1.1,2026-11-20T17:31:00+07:00 ioc.example.vn,inc-1.2,2026-11-20T17:35:00+07:00"
    over = msgspec.structs.replace(INCIDENT, state="resolved", suspected=True, domain="gossip", position=None)
    message = parsed(over, references=before)
    assert (texts(message, "msgType"), texts(message, "references")) == (["Update"], [before])
    told = ("responseType", "urgency", "certainty", "category", "area/circle")
    assert [texts(message, f"info/{name}")[:1] for name in told] == [["AllClear"], ["Past"], ["Likely"], ["Other"], []]


def test_utc_is_written_as_cap_wants_it() -> None:
    assert texts(parsed(sent=SENT.astimezone(UTC)), "sent") == ["2026-11-20T10:40:12-00:00"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "ioc example"),
        ("sender", "a\x01b"),
        ("references", "inc-1.1"),
        ("references", "a\x01,b,2026-11-20T10:00:00+07:00"),
        ("references", "a,b,2026-11-20T10:00:00Z"),
    ],
)
def test_what_no_receiver_could_read_is_refused_by_name(field: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        parsed(INCIDENT, **{field: value})
    assert caught.value.field == field
