"""The whole center from outside: feeds in over HTTP, one explained incident out, live."""

import json
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.center import Center
from tests.waiting import until

NOW = datetime.now(UTC).replace(microsecond=0)


def raised(kind: str, asset: str, after_s: float, state: str = "raised", **data: object) -> dict[str, Any]:
    """A CloudEvent of a system that judges for itself, `after_s` seconds after the trip."""
    at = (NOW - timedelta(minutes=12) + timedelta(seconds=after_s)).isoformat()
    return {
        "specversion": "1.0",
        "id": f"{state}-{kind}-{asset}-{at}",
        "source": "/test/scada",
        "type": f"signal.{state}",
        "time": at,
        "data": {"asset": asset, "kind": kind, "severity": "major", "at": at, **data},
    }


def edges(center: Center, relation: str) -> dict[str, list[str]]:
    """All edges of one relation: from each asset to those it acts on."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in center.get("/v1/relations", relation=relation, limit=5000)["items"]:
        found[one["from_id"]].append(one["to_id"])
    return found


class Trip:
    """A feeder of the shipped city with one signal that it feeds and one road segment behind that."""

    def __init__(self, center: Center, skip: int = 0) -> None:
        feeds, controls = edges(center, "feeds"), edges(center, "controls")
        found = [
            (feeder["id"], signals[0], segments[0])
            for feeder in center.get("/v1/assets", kind="feeder", limit=1000)["items"]
            if (signals := [to for fed in feeds[feeder["id"]] for to in controls[fed]])
            and (segments := controls[signals[0]])
        ]
        self.feeder, self.signal, self.segment = found[skip]

    def events(self) -> list[dict[str, Any]]:
        """The effects first, the cause last."""
        return [
            raised("traffic.slow", self.segment, 300),
            raised("traffic.signal_dark", self.signal, 20),
            raised("power.outage", self.feeder, 0),
        ]


def incident_of(center: Center, asset: str, signals: int) -> dict[str, Any] | None:
    found = [one for one in center.incidents() if one["root_asset"] == asset and one["signal_count"] >= signals]
    return found[0] if found else None


def test_effects_before_their_cause_become_one_explained_incident_on_rest_and_live(center: Center) -> None:
    trip = Trip(center)
    frames: list[dict[str, Any]] = []
    ready = threading.Event()

    def listen() -> None:
        with center.http.stream("GET", "/v1/live", timeout=60) as stream:
            for line in stream.iter_lines():
                if line.startswith("data:"):
                    frames.append(json.loads(line[5:]))
                    ready.set()
                if any(
                    frame["frame"] == "change" and frame["change"]["incident"]["root_asset"] == trip.feeder
                    for frame in frames
                ):
                    return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert ready.wait(20), "no first frame"
    for event in trip.events():
        assert center.post(event).json()["accepted"] == 1
    incident = until(lambda: incident_of(center, trip.feeder, 3), "one incident with the feeder as root")
    assert incident["kind"] == "power.outage"
    listener.join(20)
    assert not listener.is_alive(), "the change did not come on SSE"

    links = center.get(f"/v1/incidents/{incident['id']}/links")["items"]
    assert {link["rule"] for link in links} and len(links) >= 2
    why = center.get(f"/v1/incidents/{incident['id']}/why")
    text = json.dumps(why, ensure_ascii=False)
    assert trip.feeder in text
    assert all(link["why"] and link["why_vi"] for link in links)
    members = center.get(f"/v1/incidents/{incident['id']}/signals")["items"]
    assert {one["asset"] for one in members} >= {trip.feeder, trip.signal, trip.segment}
    live = [one for one in center.incidents(state="open") if one["root_asset"] in (trip.signal, trip.segment)]
    assert live == [], "an effect stayed an incident of its own"


def test_the_same_event_twice_is_taken_once(center: Center) -> None:
    event = raised("power.outage", Trip(center, skip=1).feeder, 0)
    assert center.post(event).json()["accepted"] == 1
    answer = center.post(event).json()
    assert (answer["accepted"], answer["duplicates"]) == (0, 1)


def test_an_operator_acknowledges_with_the_version_that_he_saw(center: Center) -> None:
    trip = Trip(center, skip=2)
    center.post(raised("power.outage", trip.feeder, 0))
    incident = until(lambda: incident_of(center, trip.feeder, 1), "the incident of the second feeder")
    path = f"/v1/incidents/{incident['id']}/commands"
    answer = center.http.post(path, json={"command": "acknowledge", "version": incident["version"]})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "acknowledged"
    again = center.http.post(path, json={"command": "acknowledge", "version": incident["version"]})
    assert again.status_code == 409
    assert again.headers["content-type"].startswith("application/problem+json")
    kinds = [one["kind"] for one in center.get(f"/v1/incidents/{incident['id']}/timeline")["items"]]
    assert "acknowledged" in kinds


def test_cleared_signals_resolve_the_incident_after_its_hold_down(center: Center) -> None:
    trip = Trip(center, skip=3)
    center.post(raised("power.outage", trip.feeder, 0))
    incident = until(lambda: incident_of(center, trip.feeder, 1), "the incident")
    center.post(raised("power.outage", trip.feeder, 60, state="cleared"))
    until(
        lambda: center.get(f"/v1/incidents/{incident['id']}")["state"] == "resolved",
        "resolved by itself once the hold-down has passed",
        40,
    )


def test_what_a_person_was_told_opens_an_incident_of_any_kind_and_a_feed_cannot_do_the_same(center: Center) -> None:
    told = {"category": "noise", "lon": 106.67, "lat": 10.98, "text": "tiếng ồn lớn"}
    event = {"specversion": "1.0", "id": "posed", "source": "/center/people", "type": "report.created"}
    posed = center.post({**event, "data": {**told, "reporter": "operator"}})
    assert (posed.status_code, posed.json()["field"]) == (422, "source")
    assert center.http.post("/v1/incidents", json=told).status_code == 202

    def opened() -> list[dict[str, Any]]:
        return [one for one in center.incidents() if one["kind"] == "report.noise"]

    (incident,) = until(opened, "the incident")
    (signal,) = center.get(f"/v1/incidents/{incident['id']}/signals")["items"]
    assert signal["origin"] == "/center/people"


def test_what_somebody_of_an_agency_wrote_down_names_the_agency_and_is_in_sight(center: Center) -> None:
    tuan = {"name": "tuan", "role": "operator", "agency": "water", "password": "ten or more letters"}
    with httpx.Client(base_url=center.url) as desk:
        desk.post("/v1/session", json={"user": "admin", "password": center.credentials["users"]["admin"]})
        assert desk.post("/v1/users", json=tuan).status_code == 201
        assert desk.post("/v1/session", json={"user": "tuan", "password": tuan["password"]}).status_code == 200
        told = {"category": "waste", "lon": 106.9, "lat": 11.4, "text": "rác ở trạm bơm"}
        answer = desk.post("/v1/incidents", json=told)
        assert answer.status_code == 202, answer.text

        def opened() -> list[str]:
            found = desk.get("/v1/signals", params={"asset": answer.json()["asset"]}).json()["items"]
            return [one["incident"] for one in found if one["incident"]]

        (name,) = until(opened, "the incident, at the desk of who wrote it down")
        assert desk.get(f"/v1/incidents/{name}").json()["agencies"] == ["water"]


def test_every_dependency_is_ready_by_name(center: Center) -> None:
    answer = center.http.get("/readyz")
    assert answer.status_code == 200
    assert {"postgres", "redis", "kafka"} <= set(json.dumps(answer.json()).replace('"', " ").replace(":", " ").split())


def test_a_stranger_is_refused_with_a_problem_document(center: Center) -> None:
    answer = httpx.get(f"{center.url}/v1/incidents")
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_the_consumer_of_the_guide_prints_the_incidents(center: Center, tmp_path: Path) -> None:
    import re
    import subprocess
    import sys

    from tests.contract.tree import ROOT

    guide = (ROOT / "docs/guides/agency-consumer.md").read_text()
    program = re.search(r"```python\n(.*?)```", guide, re.S)
    assert program
    script = tmp_path / "consumer.py"
    script.write_text(program.group(1))
    bootstrap = json.loads(center.soc("status", "--json").stdout)["kafka"]
    printed = subprocess.run(
        [sys.executable, str(script), bootstrap], capture_output=True, text=True, timeout=90, check=True
    ).stdout
    assert "signals" in printed and "open" in printed


def test_a_condition_saved_over_the_api_judges_within_a_second_and_one_taken_back_no_more(center: Center) -> None:
    condition = {
        "id": "traffic.saved",
        "kind": "traffic.saved",
        "severity": "warning",
        "quantity": "speed_kmh",
        "name": "Faster than 130 km/h",
        "name_vi": "Nhanh hơn 130 km/h",
        "above": 130.0,
    }
    at_once = time.monotonic()
    with httpx.Client(base_url=center.url, timeout=20) as admin:
        admin.post("/v1/session", json={"user": "admin", "password": center.credentials["users"]["admin"]})
        path = "/v1/conditions/traffic.saved"
        assert admin.put(path, params={"revision": 0}, json=condition).status_code == 200
        saved = time.monotonic()

        def told(state: str) -> dict[str, Any] | None:
            at = datetime.now(UTC).isoformat()
            pack = [{"n": "loop-saved/speed_kmh", "u": "km/h", "v": 150.0, "bt": time.time()}]
            event = {"specversion": "1.0", "id": at, "source": "/test/saved", "type": "city.readings", "data": pack}
            assert center.post(event).json()["accepted"] == 1
            found = center.get("/v1/signals", kind="traffic.saved")["items"]
            return next((one for one in found if one["state"] == state), None)

        signal = until(lambda: told("active"), "a signal of the condition that was saved")
        raised = datetime.fromisoformat(signal["raised_at"]).timestamp() - time.time() + time.monotonic()
        assert raised - saved < 1.0, f"in force {raised - saved:.1f} s after it was saved ({saved - at_once:.1f} s)"
        assert admin.delete(path).status_code == 200
        until(lambda: told("cleared"), "the end of its signal")
