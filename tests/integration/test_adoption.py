"""A sensor that nobody registered is adopted over the API: from then on it is judged for what it measures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.center import Center
from tests.waiting import until

STRANGER = "lane-7/meter.2"
"""With a character that an address must write otherwise."""
PATH = "/v1/sensors/lane-7%2Fmeter.2"
BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
LOW_V = 185.0


class Meter:
    """Sends one voltage after the other, each 31 s after the one before: longer than the condition waits."""

    def __init__(self, center: Center) -> None:
        self.center, self.sent = center, 0

    def send(self, volts: float) -> None:
        self.sent += 1
        at = BEGIN + timedelta(seconds=31 * self.sent)
        pack = [{"n": f"{STRANGER}/voltage_v", "u": "V", "v": volts, "t": at.timestamp()}]
        event = {"specversion": "1.0", "id": f"{STRANGER} {self.sent}", "source": "/test/adoption", "data": pack}
        answer = self.center.post({**event, "type": "city.readings", "time": at.isoformat()})
        assert answer.json()["accepted"] == 1, answer.text

    def signals(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.center.get("/v1/signals", asset=STRANGER)["items"]
        return found

    def told(self, volts: float, state: str) -> dict[str, Any] | None:
        """One more reading; the signal of this state, if there is one by now."""
        self.send(volts)
        return next((one for one in self.signals() if one["state"] == state), None)


@pytest.fixture(scope="module")
def meter(center: Center) -> Meter:
    found = Meter(center)
    for _ in range(3):
        found.send(LOW_V)
    until(lambda: strangers(center), "the unregistered sensor")
    return found


def strangers(center: Center) -> list[dict[str, Any]]:
    return [one for one in center.get("/v1/sensors", registered="false")["items"] if one["id"] == STRANGER]


@contextmanager
def signed_in(center: Center, user: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=center.url, timeout=20) as http:
        answer = http.post("/v1/session", json={"user": user, "password": center.credentials["users"][user]})
        assert answer.status_code == 200, answer.text
        yield http


def test_what_cannot_be_adopted_is_refused_with_the_field_and_the_way_out(center: Center, meter: Meter) -> None:
    feeder = center.get("/v1/assets", kind="feeder", limit=1)["items"][0]["id"]
    given = {"name": "Meter", "name_vi": "Công tơ", "observes": ["voltage_v"], "measures": feeder}
    for path, body, status, field in (
        (PATH, given | {"measures": "feeder-0"}, 422, "measures"),
        (PATH, given | {"observes": ["volts"]}, 422, "observes.0"),
        (PATH, given | {"name_vi": ""}, 422, "name_vi"),
        (PATH, given | {"colour": "red"}, 422, "colour"),
        (f"{PATH}?revision=7", given, 409, "revision"),
        ("/v1/sensors/gauge-thu-dau-mot", given, 409, "id"),
        ("/v1/sensors/never-heard-of", given, 404, None),
    ):
        answer = center.http.put(path, json=body)
        assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
    with signed_in(center, "operator") as http:
        assert http.put(PATH, json=given).status_code == 403
    assert center.http.delete(PATH).status_code == 404
    assert strangers(center)[0]["origin"] is None and meter.signals() == []


def test_a_reading_of_an_adopted_sensor_opens_an_incident_of_what_it_measures(center: Center, meter: Meter) -> None:
    [offer, *_] = center.get(f"{PATH}/offers", near="106.65,10.98")["items"]
    assert offer["distance_m"] is not None
    feeder = center.get("/v1/assets", kind="feeder", limit=20)["items"][-1]
    given = {"name": "Meter 2", "name_vi": "Công tơ 2", "observes": ["voltage_v"], "measures": feeder["id"]}
    answer = center.http.put(PATH, params={"revision": 0}, json=given)
    assert answer.status_code == 200, answer.text
    adopted = answer.json()
    assert (adopted["registered"], adopted["origin"], adopted["zone"]) == (True, "edit", feeder["zone"])
    assert strangers(center) == []

    signal = until(lambda: meter.told(LOW_V, "active"), "the signal of the adopted sensor", every=0.3)
    assert (signal["kind"], signal["zone"]) == ("power.voltage_low", feeder["zone"])
    assert signal["raised_at"] > (BEGIN + timedelta(seconds=31 * 3)).isoformat(), "judged before it was adopted"
    incident = until(lambda: meter.signals()[0]["incident"], "its incident")
    found = center.get(f"/v1/incidents/{incident}")
    assert (found["root_asset"], found["agencies"]) == (feeder["id"], [feeder["agency"]])
    assert center.get(PATH)["measures"] == feeder["id"]
    assert center.get(f"{PATH}/readings")["latest"]["voltage_v"][1] == LOW_V
    relations = center.get("/v1/relations", **{"from": STRANGER})["items"]
    assert {(one["relation"], one["to_id"]) for one in relations} >= {("measures", feeder["id"])}

    again = center.http.put(PATH, params={"revision": 0}, json=given)
    assert (again.status_code, again.json()["revision"]) == (200, adopted["revision"])
    other = center.http.put(PATH, params={"revision": 0}, json=given | {"name": "Other"})
    assert (other.status_code, other.json()["current"]["name"]) == (409, "Meter 2")
    [edit] = [one for one in center.get("/v1/edits")["items"] if one["id"] == STRANGER]
    assert (edit["name"], edit["origin"], edit["body"]["measures"]) == ("sensors", None, feeder["id"])


def test_an_adoption_that_is_taken_back_ends_what_it_told_and_is_in_the_audit(center: Center, meter: Meter) -> None:
    answer = center.http.delete(PATH)
    assert answer.json() == {"id": STRANGER, "origin": None, "body": None}, answer.text
    assert strangers(center)[0]["id"] == STRANGER
    until(lambda: meter.told(LOW_V, "cleared"), "the end of its signal", every=0.3)
    assert [one["state"] for one in meter.signals()] == ["cleared"]
    assert center.get("/v1/relations", **{"from": STRANGER})["items"] == []
    with signed_in(center, "admin") as http:
        deeds = [one["action"] for one in http.get("/v1/audit").json()["items"] if one["subject"] == STRANGER]
    assert deeds == ["sensors.adoption_undone", "sensors.adopted"]
