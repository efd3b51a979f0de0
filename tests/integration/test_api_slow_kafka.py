"""Incidents by hand while Kafka is frozen: nobody else waits, and a key still means once (ADR 0071)."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from infra.embedded.kafka import Kafka
from infra.embedded.ports import free_ports
from infra.embedded.server import Running
from infra.kafka.clients import consumer
from infra.postgres.tables import audit, dead_letters, idempotency
from schemas.dead_letters import DeadLetter
from schemas.topics import INBOX, REPORTS_BY_HAND
from services.api import repeats
from services.api.__main__ import POOL
from services.api.routes import commands
from tests.intake import running_process
from tests.integration.api_center import KEY, NOW, Api, running_api
from tests.servers import Servers, Stores
from tests.waiting import eventually

REPORT = {"category": "crash", "lon": 106.67, "lat": 10.98, "text": "hai xe tải"}
MORE_THAN_THE_POOL = 3 * POOL
ANSWERED_WITHIN_S = 5.0
"""What needs the database only; the pool gives up after 30 s."""


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A broker of these tests' own, which they may freeze."""
    folder = tmp_path_factory.mktemp("frozen")
    port, controller = free_ports(2)
    running = Running(Kafka(folder / "kafka", port, controller), folder / "logs")
    yield running
    running.process.send_signal(signal.SIGCONT)
    running.stop()


@pytest.fixture(scope="module")
async def api(kafka: Running, stores: Stores) -> AsyncIterator[Api]:
    assert isinstance(kafka.server, Kafka)
    async with running_api(Servers(kafka.server, stores)) as running:
        first = await running.http.post("/v1/incidents", json=REPORT | {"text": "trước hết"})
        assert first.status_code == 202, first.text
        yield running


@contextmanager
def frozen(kafka: Running) -> Iterator[None]:
    kafka.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        kafka.process.send_signal(signal.SIGCONT)


async def post(http: httpx.AsyncClient, key: str, **report: Any) -> httpx.Response:
    return await http.post("/v1/incidents", json=REPORT | report, headers={"Idempotency-Key": key}, timeout=60)


async def claimed(api: Api, prefix: str) -> int:
    """How many keys that begin so are somebody's who has not answered yet."""
    mine = (idempotency.c.status == 0) & idempotency.c.key.startswith(f" {prefix}")
    async with api.center.engine.connect() as connection:
        return int((await connection.execute(select(func.count()).where(mine))).scalar_one())


def requests() -> int:
    """How many the server of this process is answering."""
    return sum("run_asgi" in getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())


async def audited(api: Api, event: str) -> int:
    mine = (audit.c.action == "incident.by_hand") & (audit.c.subject == event)
    async with api.center.engine.connect() as connection:
        return int((await connection.execute(select(func.count()).where(mine))).scalar_one())


async def sent(api: Api, event: str) -> int:
    """How often Kafka has the event."""
    reader = consumer(api.center.settings.kafka, REPORTS_BY_HAND)
    await reader.start()
    found = 0
    try:
        while batches := await reader.getmany(timeout_ms=2000):
            found += sum(record.key == event.encode() for batch in batches.values() for record in batch)
    finally:
        await reader.stop()
    return found


async def test_more_reports_than_connections_leave_the_others_theirs(api: Api, kafka: Running) -> None:
    async with api.client(KEY) as patient:
        with frozen(kafka):
            waiting = [
                asyncio.create_task(post(patient, f"many-{number}", text=str(number)))
                for number in range(MORE_THAN_THE_POOL)
            ]

            async def all_there() -> bool:
                return await claimed(api, "many-") == MORE_THAN_THE_POOL

            await eventually(all_there, "every report waits for Kafka")
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                others = await asyncio.gather(*(api.http.get("/v1/incidents") for _ in range(POOL)))
            assert [one.status_code for one in others] == [200] * POOL
            assert not any(task.done() for task in waiting)
        answers = await asyncio.gather(*waiting)
    assert [one.status_code for one in answers] == [202] * MORE_THAN_THE_POOL
    assert await claimed(api, "many-") == 0


async def test_repeats_that_come_while_the_first_waits_get_its_answer(api: Api, kafka: Running) -> None:
    async with api.client(KEY) as patient:
        with frozen(kafka):
            waiting = [asyncio.create_task(post(patient, "one")) for _ in range(6)]

            async def there() -> bool:
                return await claimed(api, "one") == 1

            await eventually(there, "the first one waits for Kafka")
            other = await post(api.http, "one", text="ba xe tải")
            assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key"), other.text
        answers = await asyncio.gather(*waiting)
    assert [one.status_code for one in answers] == [202] * 6
    assert len({one.content for one in answers}) == 1
    assert sorted(one.headers.get("idempotent-replay", "") for one in answers) == ["", *["true"] * 5]
    event = answers[0].json()["event"]
    assert (await audited(api, event), await sent(api, event)) == (1, 1)


async def test_a_report_that_kafka_did_not_take_uses_up_no_key(
    api: Api, kafka: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "SENT_WITHIN_S", 1.0)
    with frozen(kafka):
        refused = await post(api.http, "refused")
        assert (refused.status_code, refused.json()["code"]) == (503, "kafka_unacknowledged"), refused.text
        assert refused.headers["retry-after"]
    assert await claimed(api, "refused") == 0
    monkeypatch.undo()
    other = await post(api.http, "refused", text="ba xe tải")
    assert (other.status_code, other.headers.get("idempotent-replay")) == (202, None), other.text


async def test_what_a_killed_api_left_half_done_a_repeat_completes(
    api: Api, kafka: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = api.center.settings
    given = {"kafka_bootstrap": settings.kafka_bootstrap, "database_url": settings.database_url}
    (port,) = free_ports(1)
    given |= {"redis_url": settings.redis_url, "http_port": str(port), "ingest_port": str(settings.ingest_port)}
    with running_process("services.api", tmp_path, **given) as process:
        doomed = Api(api.center, f"http://127.0.0.1:{port}")

        async def ready() -> bool:
            try:
                answer = await doomed.http.get("/readyz")
            except httpx.TransportError:
                return False
            return bool(answer.json()["dependencies"]["kafka"]["ready"])

        await eventually(ready, "the other API is connected")
        with frozen(kafka):
            asked = asyncio.create_task(post(doomed.http, "killed"))

            async def there() -> bool:
                return await claimed(api, "killed") == 1

            await eventually(there, "it waits for Kafka")
            process.kill()
            process.wait()
            with pytest.raises(httpx.TransportError):
                await asked
        await doomed.http.aclose()
    assert await claimed(api, "killed") == 1, "nobody completed it"
    monkeypatch.setattr(repeats, "CLAIMED", timedelta(seconds=1))
    again = await post(api.http, "killed")
    assert (again.status_code, again.headers.get("idempotent-replay")) == (202, None), again.text
    event = again.json()["event"]
    assert await audited(api, event) == 1
    assert await sent(api, event) >= 1, "of an id ingest and detect take one"
    third = await post(api.http, "killed")
    assert (third.content, third.headers["idempotent-replay"]) == (again.content, "true")


async def test_letters_that_are_sent_again_hold_no_connection_either(api: Api, kafka: Running) -> None:
    event = b'{"specversion":"1.0","id":"e","source":"/s","type":"report.created","data":{}}'
    letter = DeadLetter(topic=INBOX, partition=0, offset=0, stage="ingest", reason="r", at=NOW, value=event)
    row = {name: getattr(letter, name) for name in DeadLetter.__struct_fields__}
    await api.put(dead_letters, *(row | {"offset": number} for number in range(MORE_THAN_THE_POOL)))

    async def all_asked() -> bool:
        return requests() >= MORE_THAN_THE_POOL

    async with api.client(KEY) as patient:
        with frozen(kafka):
            paths = [f"/v1/dead-letters/{INBOX}/0/{number}/replay" for number in range(MORE_THAN_THE_POOL)]
            waiting = [asyncio.create_task(patient.post(path, timeout=60)) for path in paths]
            await eventually(all_asked, "every letter is on its way")
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                assert (await api.http.get("/v1/incidents")).status_code == 200
            assert not any(task.done() for task in waiting)
        answers = await asyncio.gather(*waiting)
    assert [one.status_code for one in answers] == [200] * MORE_THAN_THE_POOL, answers[0].text
