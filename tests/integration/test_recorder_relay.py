"""From links to incidents in PostgreSQL, changes in Kafka, frames in Redis, on the real servers."""

import json
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.kafka.clients import consumer
from infra.postgres.engine import connect
from infra.postgres.tables import changes, clocks, dead_letters, incidents, outbox, signals
from infra.redis.live import LIVE
from infra.redis.stages import read_stages
from schemas.ids import incident_id
from schemas.links import PATTERN, Link
from schemas.times import to_ms
from schemas.topics import CHANGES, INCIDENTS
from tests.servers import Servers
from tests.truth import Town, at, gone, group, send, sender, signal, tick
from tests.waiting import eventually


class Scene(Town):
    """A town with what a test asks of it."""

    def __init__(self, servers: Servers) -> None:
        super().__init__(servers)
        self.engine: AsyncEngine = connect(self.database_url)
        self.redis = Redis.from_url(self.redis_url)

    async def rows(self, query: Any) -> list[Any]:
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).all())

    async def incident(self, name: str) -> dict[str, Any]:
        found = await self.rows(select(incidents.c.body).where(incidents.c.id == name))
        return dict(found[0].body) if found else {}

    async def frames(self, *names: str) -> list[dict[str, Any]]:
        """The change frames of these incidents, in order."""
        entries: Any = await self.redis.xrange(LIVE)
        return [json.loads(fields[b"frame"]) for _, fields in entries if fields[b"incident"].decode() in names]


@pytest.fixture
async def scene(servers: Servers) -> AsyncIterator[Scene]:
    found = Scene(servers)
    yield found
    await found.engine.dispose()
    await found.redis.aclose()


async def in_state(scene: Scene, name: str, state: str) -> dict[str, Any]:
    async def probe() -> dict[str, Any]:
        found = await scene.incident(name)
        return found if found.get("state") == state else {}

    found: dict[str, Any] = await eventually(probe, f"{name} is {state}")
    return found


async def test_links_become_an_incident_that_merges_and_resolves_in_every_place(scene: Scene) -> None:
    dark, slow = signal("lamp-1", 20, "traffic.signal_dark"), signal("road-1", 300, "traffic.slow")
    trip = signal("feeder-1", 0)
    early, late = incident_id(dark.id), incident_id(slow.id)
    with scene.running("recorder", "relay"):
        async with sender(scene.kafka) as to:
            await send(to, [group(dark), tick(21)])
            await in_state(scene, early, "open")
            await send(to, [group(slow), tick(301)])
            await in_state(scene, late, "open")
            await send(to, [group(trip, revision=2), group(dark, cause=trip, revision=2)])
            await send(to, [group(slow, cause=dark, revision=2), b"poison \x00", tick(302)])
            merged = await in_state(scene, late, "merged")
            assert merged["merged_into"] == early
            whole = await scene.incident(early)
            assert (whole["root_asset"], whole["signal_count"], whole["active_count"]) == ("feeder-1", 3, 3)
            over = [group(signal("feeder-1", 0, cleared=400), revision=3)]
            over += [group(signal("lamp-1", 20, "traffic.signal_dark", cleared=400), cause=trip, revision=3)]
            over += [group(signal("road-1", 300, "traffic.slow", cleared=420), cause=dark, revision=3)]
            await send(to, [*over, tick(421)])
            await send(to, [tick(479), tick(480)])
            done = await in_state(scene, early, "resolved")
        assert done["resolved_at"] == at(480).isoformat().replace("+00:00", "Z")

        async def letters() -> Any:
            return await scene.rows(select(dead_letters).where(dead_letters.c.stage == "recorder"))

        (letter,) = await eventually(letters, "the poison is a dead letter")
        assert letter.value == b"poison \x00"

        async def all_stages() -> bool:
            return {"detect", "correlate", "recorder", "relay"} <= set(await read_stages(scene.redis))

        await eventually(all_stages, "the age of every stage")

        async def live() -> Any:
            frames = await scene.frames(early, late)
            return frames if frames and frames[-1]["change"]["kind"] == "resolved" else None

        frames = await eventually(live, "the live stream has it all")
        stored = await scene.rows(select(changes).order_by(changes.c.number))
        assert [frame["number"] for frame in frames] == [row.number for row in stored]
        assert [frame["change"]["version"] for frame in frames if frame["change"]["incident_id"] == early] == list(
            range(1, 1 + sum(row.incident_id == early for row in stored))
        )

        async def all_published() -> bool:
            return not await scene.rows(select(outbox.c.id).where(outbox.c.published_at.is_(None)))

        await eventually(all_published, "an empty outbox")
        published = await committed(scene.kafka, CHANGES, {early, late})
        assert [event["data"]["version"] for event in published if event["subject"] == early] == list(
            range(1, 1 + sum(row.incident_id == early for row in stored))
        )
        snapshots = await committed(scene.kafka, INCIDENTS, {early, late})
        assert {event["subject"]: event["data"]["state"] for event in snapshots} == {early: "resolved", late: "merged"}


async def committed(kafka: str, topic: str, keys: set[str]) -> list[dict[str, Any]]:
    """Values of these keys, as a consumer of whole transactions reads them."""
    reader = consumer(kafka, topic, isolation_level="read_committed")
    await reader.start()
    found: list[dict[str, Any]] = []
    while batches := await reader.getmany(timeout_ms=1500):
        for records in batches.values():
            found += [json.loads(one.value) for one in records if one.key.decode() in keys]
    await reader.stop()
    return found


async def test_what_a_pattern_holds_comes_together_over_batches(scene: Scene) -> None:
    first, second = signal("road-1", 60, "traffic.slow"), signal("road-2", 90, "traffic.slow")
    links = [Link(kind=PATTERN, rule="jams", cause=first.id, effect=one.id) for one in (first, second)]
    words: dict[str, Any] = {
        "pattern": "jams",
        "pattern_title": "Jams",
        "pattern_title_vi": "Ùn tắc",
        "pattern_severity": "critical",
    }
    with scene.running("recorder"):
        async with sender(scene.kafka) as to:
            await send(to, [group(second, held=links[1], held_to=first.id), tick(91)])
            await in_state(scene, incident_id(second.id), "open")
            await send(to, [group(first, held=links[0], held_to=first.id, **words), tick(92)])

            async def together() -> bool:
                return (await scene.incident(incident_id(second.id))).get("signal_count") == 2

            await eventually(together, "both are one incident")
    found = await scene.incident(incident_id(second.id))
    assert (found["kind"], found["severity"], found["title_vi"]) == ("jams", "critical", "Ùn tắc – road-1")


async def test_a_signal_whose_place_an_earlier_one_takes_is_active_no_longer(scene: Scene) -> None:
    told, before = signal("road-7", 90, "traffic.slow"), signal("road-7", 60, "traffic.slow")
    lamp = signal("lamp-7", 95, "traffic.signal_dark")

    async def places() -> dict[str, Any]:
        rows = await scene.rows(select(signals).where(signals.c.asset.in_(("road-7", "lamp-7"))))
        return {row.id: (row.state, row.body["state"], row.body["withdrawn"], row.cleared_at) for row in rows}

    async def stand(found: dict[str, Any]) -> bool:
        return await places() == found

    active = ("active", "active", False, None)
    with scene.running("recorder"):
        async with sender(scene.kafka) as to:
            await send(to, [group(told, lamp), tick(96)])
            await eventually(lambda: stand({told.id: active, lamp.id: active}), "both are there")
            taken = msgspec.structs.replace(before, replaces=told.id)
            await send(to, [gone(told, 2, became=before), tick(97)])
            never = ("cleared", "cleared", True, told.raised_at)
            await eventually(lambda: stand({told.id: never, lamp.id: (*never[:3], lamp.raised_at)}), "it never was")
            await send(to, [group(taken, lamp, revision=3), tick(98)])
            expected = {told.id: never, lamp.id: active, before.id: active}
            await eventually(lambda: stand(expected), "what only moved is back as it was")


async def test_an_empty_live_stream_is_rebuilt(scene: Scene) -> None:
    names = [incident_id(signal(f"rebuilt-{number}").id) for number in range(5)]
    with scene.running("recorder", "relay"):
        async with sender(scene.kafka) as to:
            await send(to, [group(signal(f"rebuilt-{number}")) for number in range(4)])

            async def all_live() -> bool:
                return len(await scene.frames(*names)) >= 4

            await eventually(all_live, "four frames")
            before = await scene.frames(*names)
            await scene.redis.delete(LIVE)
            await send(to, [group(signal("rebuilt-4"))])

            async def rebuilt() -> bool:
                return len(await scene.frames(*names)) == 5

            await eventually(rebuilt, "five frames after the stream was lost")
        assert (await scene.frames(*names))[:4] == before


async def test_a_clock_that_a_wrong_one_moved_goes_back_and_what_is_told_again_moves_none(scene: Scene) -> None:
    async def stands_at(seconds: float) -> bool:
        return at(seconds) in {row.now for row in await scene.rows(select(clocks.c.now))}

    async with sender(scene.kafka) as to:
        with scene.running("recorder"):
            await send(to, [tick(7_200, to_ms(at(7_201)))])
            await eventually(lambda: stands_at(7_200), "two hours ahead")
            name = incident_id(signal("feeder-2", 30).id)
            await send(to, [tick(20, to_ms(at(7_202))), group(signal("feeder-2", 30))])
            await in_state(scene, name, "open")
            assert await stands_at(7_200), "correlate told an old tick again after it was restarted"
            await send(to, [tick(40, to_ms(at(41)))])
            await eventually(lambda: stands_at(40), "set back by two hours")
