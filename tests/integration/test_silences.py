"""Silences and planned works over the API, acted on by the recorder, on the real servers."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta, timezone
from typing import Any

import httpx
import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from argon2 import PasswordHasher
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from infra.postgres.tables import reference, users, windows
from infra.postgres.window_store import Present
from schemas.events import Event
from schemas.ids import incident_id
from schemas.signals import Signal
from schemas.times import rfc3339
from schemas.topics import events_topic
from tests.integration.api_center import NOW, READING_KEY, Api, running_api
from tests.servers import Servers
from tests.truth import Town, at, group, send, sender, signal, tick
from tests.unit.incidents.book import words
from tests.waiting import eventually


class Scene:
    """An API with a recorder behind it, and what correlate would send."""

    def __init__(self, api: Api, to: AIOKafkaProducer) -> None:
        self.api, self.http, self.to = api, api.http, to
        self.revision = 0

    async def opened(self, *of: Signal, cause: Signal | None = None) -> str:
        """Each signal a group of its own, the later ones under `cause`; the id of the first's incident."""
        self.revision += 1
        told = [group(one, cause=None if one is cause else cause, revision=self.revision) for one in of]
        await send(self.to, [*told, tick(one_second_after(*of))])
        name = incident_id((cause or of[0]).id)
        await eventually(lambda: self.known(name, len(of)), f"{name} is there")
        return name

    async def known(self, name: str, members: int) -> bool:
        found = await self.http.get(f"/v1/incidents/{name}")
        return found.status_code == 200 and found.json()["signal_count"] >= members

    async def incident(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.http.get(f"/v1/incidents/{name}")).json()
        return found

    async def kinds(self, name: str) -> list[str]:
        items = (await self.http.get(f"/v1/incidents/{name}/timeline")).json()["items"]
        return [one["kind"] for one in items]

    async def silence(self, seconds: float = 3600, **more: Any) -> dict[str, Any]:
        answer = await self.http.post("/v1/silences", json={"to": rfc3339(at(seconds)), "reason": "thử", **more})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def owned(self, *assets: tuple[str, str, str | None]) -> None:
        """Assets that the city has, each with the agency in charge and what it measures."""
        kept = {"name": "assets", "origin": "city", "revision": 1, "changed_at": NOW, "changed_by": "city"}
        rows = [
            kept | {"id": name, "body": {"id": name, "kind": "pipe", "name": name, "agency": of, "measures": measured}}
            for name, of, measured in assets
        ]
        async with self.api.center.engine.begin() as connection:
            await connection.execute(insert(reference).on_conflict_do_nothing(), rows)

    async def tick(self, seconds: float) -> None:
        await send(self.to, [tick(seconds)])


def one_second_after(*of: Signal) -> float:
    return max((one.raised_at - at(0)).total_seconds() for one in of) + 1


@pytest.fixture(scope="module")
async def scene(servers: Servers) -> AsyncIterator[Scene]:
    async with running_api(servers) as api, sender(servers.kafka) as to:
        town = Town.__new__(Town)
        town.kafka, town.redis_url = servers.kafka, servers.redis_url
        town.database_url = api.center.settings.database_url
        hashed = PasswordHasher(time_cost=1, memory_cost=1024).hash("w4ter")
        person = {"name": "lan", "password_hash": hashed, "role": "operator", "agency": "water", "created_at": NOW}
        await api.put(users, person)
        with town.running("recorder"):
            yield Scene(api, to)


async def test_a_silence_is_in_force_at_once_and_returns_what_is_active_when_it_ends(
    scene: Scene,
) -> None:
    name = await scene.opened(signal("f-1", 0), signal("lamp-1", 5, "traffic.signal_dark"), cause=signal("f-1", 0))
    made = await scene.silence(100, match={"asset": ["f-1"]})
    assert (made["state"], made["owner"], made["suppressing"], made["ending"]) == ("active", "integrator", 2, True)
    hidden = await scene.incident(name)
    assert hidden["suppressed"]["by"] == [made["id"]] and hidden["suppressed_count"] == 2
    assert hidden["state"] == "open", "suppressed, not hidden"
    only = (await scene.http.get("/v1/incidents", params={"suppressed": "true"})).json()["items"]
    rest = (await scene.http.get("/v1/incidents", params={"suppressed": "false"})).json()["items"]
    assert name in {one["id"] for one in only} and name not in {one["id"] for one in rest}
    why = (await scene.http.get(f"/v1/incidents/{name}/why")).json()["suppressions"]
    through = {one["signal"]: one["through"] for one in why}
    assert through == {signal("f-1").id: None, signal("lamp-1", 5, "traffic.signal_dark").id: signal("f-1").id}
    assert "thử" in why[0]["why_vi"]
    listed = (await scene.http.get("/v1/signals", params={"suppressed": True})).json()["items"]
    assert {one["id"] for one in listed} >= set(through)

    await scene.tick(101)
    await eventually(lambda: scene.kinds(name), "a timeline")

    async def returned() -> bool:
        return (await scene.kinds(name))[-1] == "returned"

    await eventually(returned, "it returned")
    assert await scene.kinds(name) == ["opened", "suppressed", "returned"]
    over = (await scene.http.get(f"/v1/silences/{made['id']}")).json()
    assert (over["state"], over["suppressing"], over["suppressed"]) == ("expired", 0, 2)
    past = (await scene.http.get(f"/v1/silences/{made['id']}/signals")).json()["items"]
    assert len(past) == 2 and all(one["ended_at"] for one in past)


async def test_a_silence_that_is_deleted_returns_at_once_what_it_covers(scene: Scene) -> None:
    name = await scene.opened(signal("f-2", 200))
    made = await scene.silence(match={"kind": ["power.*"], "asset": ["f-2"]})
    assert (await scene.incident(name))["suppressed"]
    ended = await scene.http.delete(f"/v1/silences/{made['id']}")
    assert (ended.status_code, ended.json()["state"]) == (200, "expired")
    assert (await scene.incident(name))["suppressed"] is None
    again = await scene.http.delete(f"/v1/silences/{made['id']}")
    assert (again.status_code, again.json()["field"]) == (422, "id")


async def test_what_is_told_after_a_silence_under_which_it_ended_is_suppressed_and_no_longer_covered(
    scene: Scene,
) -> None:
    made = await scene.silence(206, match={"asset": ["f-12", "f-13"]})
    await scene.tick(207)
    await eventually(lambda: over(scene, made), "the silence has ended")
    name = await scene.opened(signal("f-12", 203, cleared=205))
    assert (await scene.incident(name))["suppressed"]["by"] == [made["id"]]
    shown = (await scene.http.get(f"/v1/silences/{made['id']}")).json()
    assert (shown["suppressing"], shown["suppressed"]) == (0, 1)
    (past,) = (await scene.http.get(f"/v1/silences/{made['id']}/signals")).json()["items"]
    assert past["ended_at"] and past["incident"] == name
    burning = await scene.opened(signal("f-13", 203))
    assert (await scene.incident(burning))["suppressed"] is None

    async with scene.api.center.engine.connect() as connection:  # as the recorder begins with it
        standing = await Present(words).standing(connection)
    assert not standing.in_force(made["id"]) and standing.covering(signal("f-12", 203, cleared=205))


async def over(scene: Scene, silence: dict[str, Any]) -> bool:
    return bool((await scene.http.get(f"/v1/silences/{silence['id']}")).json()["state"] == "expired")


async def test_another_end_is_shown_on_the_incident_at_once(scene: Scene) -> None:
    name = await scene.opened(signal("f-3", 210))
    made = await scene.silence(1000, match={"asset": ["f-3"]})
    body = {"to": rfc3339(at(5000)), "reason": "lâu hơn"}
    edited = await scene.http.patch(f"/v1/silences/{made['id']}", json=body)
    assert (edited.status_code, edited.json()["reason"]) == (200, "lâu hơn")
    told = (await scene.incident(name))["suppressed"]
    assert told["until"] == at(5000).isoformat().replace("+00:00", "Z") and "lâu hơn" in told["why"]
    assert (await scene.kinds(name)).count("suppressed") == 1


async def test_of_two_edits_at_one_time_none_is_lost_and_what_somebody_ended_stays_ended(scene: Scene) -> None:
    await scene.opened(signal("f-14", 215))
    made = await scene.silence(match={"asset": ["f-14"]})
    url = f"/v1/silences/{made['id']}"
    words, owner = scene.http.patch(url, json={"reason": "sửa"}), scene.http.patch(url, json={"owner": "lan"})
    assert [one.status_code for one in await at_one_time(scene, made, words, owner)] == [200, 200]
    edited = (await scene.http.get(url)).json()
    assert (edited["reason"], edited["owner"]) == ("sửa", "lan")
    ended, late = await at_one_time(scene, made, scene.http.delete(url), scene.http.patch(url, json={"reason": "x"}))
    assert (ended.status_code, ended.json()["state"]) == (200, "expired")
    assert (late.status_code, late.json()["field"]) == (422, "id")
    assert (await scene.http.get(url)).json()["state"] == "expired"


async def at_one_time(
    scene: Scene, silence: dict[str, Any], *asked: Coroutine[Any, Any, httpx.Response]
) -> list[httpx.Response]:
    """The answers to requests that come, in this order, before the row of the silence is free for any of them."""
    locked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    under_way: list[asyncio.Task[httpx.Response]] = []

    async def all_wait() -> bool:
        async with scene.api.center.engine.connect() as another:
            return bool((await another.execute(text(locked))).scalar_one() == len(under_way))

    async with scene.api.center.engine.begin() as connection:
        await connection.execute(select(windows).where(windows.c.id == silence["id"]).with_for_update())
        for one in asked:
            under_way.append(asyncio.create_task(one))
            await eventually(all_wait, "the request waits for the row")
    return await asyncio.gather(*under_way)


async def test_what_opens_under_a_silence_is_suppressed_from_its_first_version_on(scene: Scene) -> None:
    await scene.tick(220)
    made = await scene.silence(4000, match={"asset": ["f-4"]})
    name = await scene.opened(signal("f-4", 230))
    assert (await scene.incident(name))["suppressed"]["by"] == [made["id"]]
    assert await scene.kinds(name) == ["opened"]
    shown = (await scene.http.get(f"/v1/silences/{made['id']}")).json()
    assert (shown["suppressing"], shown["suppressed"]) == (1, 1)


async def test_a_later_start_waits_for_the_clock(scene: Scene) -> None:
    name = await scene.opened(signal("f-5", 240))
    made = await scene.silence(4000, match={"asset": ["f-5"]}, **{"from": rfc3339(at(300))})
    assert made["state"] == "pending" and not (await scene.incident(name))["suppressed"]
    await scene.tick(301)

    async def suppressed() -> Any:
        return (await scene.incident(name))["suppressed"]

    await eventually(suppressed, "it is suppressed")


async def test_a_silence_that_is_deleted_before_it_begins_ends_no_earlier_than_it_begins(scene: Scene) -> None:
    await scene.opened(signal("f-later", 250))
    made = await scene.silence(9900, match={"asset": ["f-later"]}, **{"from": rfc3339(at(9000))})
    ended = (await scene.http.delete(f"/v1/silences/{made['id']}")).json()
    assert (ended["state"], ended["from"], ended["to"]) == ("expired", made["from"], made["from"])


async def test_a_preview_says_what_would_be_covered_and_changes_nothing(scene: Scene) -> None:
    name = await scene.opened(
        signal("f-6", 310), signal("lamp-6", 311, "traffic.signal_dark"), cause=signal("f-6", 310)
    )
    wish = {"to": rfc3339(at(4000)), "reason": "thử", "match": {"asset": ["f-6"]}}
    told = (await scene.http.post("/v1/silences/preview", json=wish)).json()
    assert told["signals"] == 2
    (one,) = told["incidents"]
    assert (one["id"], one["whole"], one["suppressed_count"]) == (name, True, 2)
    assert (await scene.http.post("/v1/silences/preview", json={**wish, "effects": None})).json() == told
    told = (await scene.http.post("/v1/silences/preview", json={**wish, "effects": []})).json()
    assert (told["signals"], told["incidents"][0]["whole"]) == (1, False)
    assert not (await scene.incident(name))["suppressed"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": None}, "reason"),
        ({"reason": ""}, "reason"),
        ({"owner": ""}, "owner"),
        ({"to": None}, "to"),
        ({"to": rfc3339(at(-10))}, "to"),
        ({"to": rfc3339(at(0) + timedelta(days=40))}, "to"),
        ({"match": {}}, "match"),
        ({"match": {"kinds": ["x"]}}, "match.kinds"),
        ({"match": {"severity": ["worst"]}}, "match.severity"),
        ({"match": {"geometry": {"type": "Point", "coordinates": [200, 0]}}}, "match.geometry.coordinates"),
    ],
)
async def test_what_is_wrong_with_a_silence_is_named(scene: Scene, change: dict[str, Any], field: str) -> None:
    wish = {"to": rfc3339(at(4000)), "reason": "thử", "match": {"asset": ["x"]}, **change}
    answer = await scene.http.post(
        "/v1/silences", json={name: value for name, value in wish.items() if value is not None}
    )
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_planned_works_that_a_feed_announces_are_listed_and_suppress_what_they_expect(scene: Scene) -> None:
    data = {"kind": "line works", "assets": ["f-7"], "from": rfc3339(at(320)), "to": rfc3339(at(4000))}
    data |= {"expected_effects": ["power.outage"]}
    event = Event("work.planned", "reports", "z1", "/evn/works", "w-7", at(0), at(0), data)
    value = msgspec.json.encode(event)
    for _ in range(2):
        await scene.to.send_and_wait(events_topic("reports"), value, key=b"z1")

    async def listed() -> Any:
        items = (await scene.http.get("/v1/works")).json()["items"]
        return [one for one in items if one["assets"] == ["f-7"]]

    (works,) = await eventually(listed, "the works are listed")
    assert (works["kind"], works["owner"], works["expected_effects"]) == ("line works", "/evn/works", ["power.outage"])
    await scene.tick(325)

    async def active() -> bool:
        return bool((await scene.http.get(f"/v1/works/{works['id']}")).json()["state"] == "active")

    await eventually(active, "the works have begun")
    name = await scene.opened(signal("f-7", 330))
    assert (await scene.incident(name))["suppressed"]["by"] == [works["id"]]
    ended = await scene.http.delete(f"/v1/works/{works['id']}")
    assert ended.json()["state"] == "expired" and not (await scene.incident(name))["suppressed"]


async def test_works_are_announced_by_hand_too(scene: Scene) -> None:
    wish = {"kind": "roadworks", "from": rfc3339(at(5000)), "to": rfc3339(at(9000)), "assets": ["seg-1"]}
    answer = await scene.http.post("/v1/works", json={**wish, "reason": "Sửa đường", "owner": "so-xay-dung"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["owner"], made["reason"]) == ("pending", "so-xay-dung", "Sửa đường")
    shown = await scene.http.get(answer.headers["location"])
    assert shown.json() == made
    items = (await scene.http.get("/v1/works", params={"state": "pending"})).json()["items"]
    assert made in items
    edited = await scene.http.patch(f"/v1/works/{made['id']}", json={"to": rfc3339(at(9999))})
    assert edited.json()["to"] == at(9999).isoformat().replace("+00:00", "Z")
    elsewhere = at(9990).astimezone(timezone(timedelta(hours=7))).isoformat()
    edited = await scene.http.patch(f"/v1/works/{made['id']}", json={"to": elsewhere})
    assert edited.json()["to"] == at(9990).isoformat().replace("+00:00", "Z"), "answers are in UTC"
    nowhere = {name: value for name, value in wish.items() if name != "assets"}
    assert (await scene.http.post("/v1/works", json=nowhere)).json()["field"] == "assets"
    bad = {**nowhere, "geometry": {"type": "Blob"}}
    assert (await scene.http.post("/v1/works", json=bad)).json()["field"] == "geometry.type"


async def test_who_may_and_who_did(scene: Scene) -> None:
    wish = {"to": rfc3339(at(4000)), "reason": "thử", "match": {"asset": ["f-8", "main-8"]}}
    async with scene.api.client(READING_KEY) as viewer:
        assert (await viewer.post("/v1/silences", json=wish)).status_code == 403
        assert (await viewer.get("/v1/silences")).status_code == 200
    made = await scene.silence(match={"asset": ["x"]})
    deeds = (await scene.http.get("/v1/audit", params={"subject": made["id"]})).json()["items"]
    assert [(one["action"], one["by"]) for one in deeds] == [("silence.created", "integrator")]
    assert deeds[0]["detail"]["match"] == {"asset": ["x"]} and deeds[0]["detail"]["effects"] == ["*"]


async def test_the_audit_says_where_works_were_announced(scene: Scene) -> None:
    there = {"geometry": {"type": "Point", "coordinates": [106.7, 11.0]}, "expected_effects": ["traffic.slow"]}
    wish = {"kind": "roadworks", "from": rfc3339(at(9000)), "to": rfc3339(at(9500)), **there}
    made = (await scene.http.post("/v1/works", json=wish)).json()
    (deed,) = (await scene.http.get("/v1/audit", params={"subject": made["id"]})).json()["items"]
    told = {name: deed["detail"][name] for name in ("works", *there)}
    assert (deed["action"], told) == ("works.created", {"works": "roadworks", **there})


async def test_an_agency_silences_its_own_signals_only_and_sees_its_own_silences(scene: Scene) -> None:
    power = await scene.opened(signal("f-8", 340, agency="power"))
    water = await scene.opened(signal("main-8", 341, "water.burst", agency="water"))
    general = await scene.silence(match={"asset": ["f-9"]})
    async with scene.api.client() as lan:
        await lan.post("/v1/session", json={"user": "lan", "password": "w4ter"})
        wish = {"to": rfc3339(at(4000)), "reason": "thử", "match": {"asset": ["f-8", "main-8"]}}
        told = (await lan.post("/v1/silences/preview", json=wish)).json()
        assert [one["id"] for one in told["incidents"]] == [water]
        made = (await lan.post("/v1/silences", json=wish)).json()
        assert made["agency"] == "water"
        for named, status, field in ((["power"], 403, "match.agency"), (["power", "water"], 201, None)):
            answer = await lan.post("/v1/silences", json=wish | {"match": {"agency": named, "asset": ["x"]}})
            assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
        assert await own_and_general(lan, made["id"], general["id"])
        assert (await lan.delete(f"/v1/silences/{general['id']}")).status_code == 404
    assert (await scene.incident(water))["suppressed"] and not (await scene.incident(power))["suppressed"]


@pytest.mark.parametrize(
    ("assets", "status"),
    [
        (["pylon-1"], 403),
        (["pylon-1", "pylon-2"], 403),
        (["pylon-1", "main-1"], 201),
        (["nobody-knows"], 201),
        (["street-1"], 201),
    ],
    ids=["one", "two", "its own too", "unknown", "its sensor measures it"],
)
async def test_an_agency_that_names_other_agencies_assets_alone_is_told_so(
    scene: Scene, assets: list[str], status: int
) -> None:
    pylons = [(name, "power", None) for name in ("pylon-1", "pylon-2")]
    await scene.owned(*pylons, ("main-1", "water", None), ("street-1", "roads", None), ("gauge-1", "water", "street-1"))
    wish = {"to": rfc3339(at(4000)), "reason": "thử", "match": {"asset": assets}}
    async with scene.api.client() as lan:
        await lan.post("/v1/session", json={"user": "lan", "password": "w4ter"})
        for path in ("/v1/silences/preview", "/v1/silences"):
            answer = await lan.post(path, json=wish)
            assert answer.status_code == (status if status == 403 or path == "/v1/silences" else 200), answer.text
            if status == 403:
                assert answer.json()["field"] == "match.asset" and "belongs to power" in answer.json()["detail"]
    assert (await scene.http.post("/v1/silences", json=wish)).status_code == 201, "the whole city's people may"


async def own_and_general(http: httpx.AsyncClient, *names: str) -> bool:
    items = (await http.get("/v1/silences", params={"state": "active,pending"})).json()["items"]
    return {one["id"] for one in items} >= set(names)


async def test_lists_are_pages_and_know_what_ends_soon(scene: Scene) -> None:
    soon = await scene.silence(1000, match={"asset": ["y"]})
    late = await scene.silence(90_000, match={"asset": ["y"]})
    items = (await scene.http.get("/v1/silences", params={"state": "ending", "limit": 1000})).json()["items"]
    names = {one["id"] for one in items}
    assert soon["id"] in names and late["id"] not in names
    first = (await scene.http.get("/v1/silences", params={"limit": 1, "owner": "integrator"})).json()
    second = (await scene.http.get("/v1/silences", params={"limit": 1, "cursor": first["next"]})).json()
    assert first["items"][0]["id"] == late["id"] and second["items"][0]["id"] == soon["id"]


async def test_what_people_put_into_a_suppressed_incident_brings_it_back(scene: Scene) -> None:
    covered = await scene.opened(signal("f-10", 350))
    await scene.silence(match={"asset": ["f-10"]})
    other = await scene.opened(signal("f-11", 351))
    version = (await scene.incident(covered))["version"]
    command = {"command": "merge", "version": version, "incident": other}
    answer = await scene.http.post(f"/v1/incidents/{covered}/commands", json=command)
    assert answer.status_code == 200, answer.text

    async def returned() -> bool:
        return (await scene.kinds(covered))[-1] == "returned"

    await eventually(returned, "it returned")
    told = await scene.incident(covered)
    assert (told["suppressed"], told["suppressed_count"], told["active_count"]) == (None, 1, 2)


async def test_what_comes_back_from_a_merge_is_covered_by_what_is_in_force_then(scene: Scene) -> None:
    names = [await scene.opened(signal(asset, 360)) for asset in ("f-14", "f-15", "f-16")]
    made = [await scene.silence(match={"asset": [asset]}) for asset in ("f-14", "f-15", "f-16")]
    for other in names[1:]:
        await command(scene, names[0], "merge", incident=other)
    ended = await scene.http.delete(f"/v1/silences/{made[1]['id']}")
    assert ended.status_code == 200, ended.text
    for _ in names[1:]:
        await command(scene, names[0], "undo")

    async def settled() -> bool:
        found = [await scene.incident(name) for name in names]
        said = [bool(one["suppressed"]) for one in found], [one["suppressed_count"] for one in found]
        return said == ([True, False, True], [1, 0, 1])

    await eventually(settled, "each is covered by its own silence, if that is in force")
    assert (await scene.kinds(names[2]))[-1] == "split", "it never stopped being suppressed"


async def test_what_ended_under_a_silence_that_is_ended_early_is_listed_once(scene: Scene) -> None:
    made = await scene.silence(match={"asset": ["f-17"]})
    name = await scene.opened(signal("f-17", 370))
    await scene.opened(signal("f-17", 370, cleared=370.5))

    async def ended() -> bool:
        return bool((await scene.incident(name))["active_count"] == 0)

    await eventually(ended, "its only signal has ended")
    assert (await scene.http.delete(f"/v1/silences/{made['id']}")).status_code == 200
    assert (await scene.incident(name))["suppressed"]["by"] == [made["id"]]
    items = (await scene.http.get(f"/v1/silences/{made['id']}/signals")).json()["items"]
    assert [one["signal"] for one in items] == [signal("f-17", 370).id]


async def command(scene: Scene, name: str, verb: str, **more: Any) -> None:
    version = (await scene.incident(name))["version"]
    answer = await scene.http.post(f"/v1/incidents/{name}/commands", json={"command": verb, "version": version, **more})
    assert answer.status_code == 200, answer.text
