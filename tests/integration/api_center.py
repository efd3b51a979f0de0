"""A running API for tests: the real process body on a free port, with rows in a fresh database."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx
import msgspec
from argon2 import PasswordHasher
from redis.asyncio import Redis

from city.incidents import Tracked
from infra.kafka.admin import ensure_topics
from infra.postgres.incident_rows import incident_row, plain
from infra.postgres.tables import changes, groups, incidents, metadata, reference, signals, users
from infra.settings import Settings
from schemas.incidents import Change, Incident
from schemas.links import Explanation, Link
from schemas.reference import ApiKey
from schemas.signals import Signal
from schemas.topics import FIXED
from services.api.__main__ import at_work, connected, server_of
from services.api.center import Center
from tests.center import free_port
from tests.changes import a_change
from tests.servers import Servers

KEY, READING_KEY = "soc-test-integrator", "soc-test-viewer"
PASSWORDS = {"admin": "correct horse", "operator": "battery staple", "viewer": "tr0ub4dor"}
NOW = datetime.now(UTC).replace(microsecond=0)


def change(incident: str, version: int = 1, **fields: Any) -> Change:
    """Version `version` of an incident."""
    made = a_change(**{"id": incident, "version": version, "updated_at": NOW, **fields})
    return msgspec.structs.replace(made, incident_id=incident, version=version, previous_version=version - 1, at=NOW)


class Api:
    """A client of the API under test, and hands in what lies behind it."""

    def __init__(self, center: Center, url: str) -> None:
        self.center, self.url = center, url
        self.http = self.client(KEY)

    def client(self, key: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        # the server closes what was idle for 5 s: a connection that is as old is not used again
        limits = httpx.Limits(keepalive_expiry=2)
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=10, trust_env=False, limits=limits)

    async def put(self, table: Any, *rows: dict[str, Any]) -> None:
        async with self.center.engine.begin() as connection:
            await connection.execute(table.insert(), list(rows))

    async def have(self, incident: Incident) -> None:
        """An incident as part of the truth."""
        row = incident_row(Tracked(incident=incident, region="city", created_at=NOW))
        await self.put(incidents, row)

    async def publish(self, number: int, made: Change) -> None:
        """A change in the live stream, as the relay appends it."""
        frame = msgspec.json.encode({"frame": "change", "number": number, "change": made})
        redis: Redis = self.center.redis
        await redis.xadd("soc:live", {"incident": made.incident_id, "frame": frame}, id=f"{number}-0")

    async def login(self, user: str) -> httpx.AsyncClient:
        http = self.client()
        answer = await http.post("/v1/session", json={"user": user, "password": PASSWORDS[user]})
        assert answer.status_code == 200, answer.text
        return http


def quickly_hashed(password: str) -> str:
    """As the center keeps passwords, in a hundredth of the time: how hard a hash is to guess is no matter of tests."""
    return PasswordHasher(time_cost=1, memory_cost=1024).hash(password)


async def prepared(center: Center) -> None:
    """Tables, users and keys."""
    async with center.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        for name, password in PASSWORDS.items():
            row = {"name": name, "password_hash": quickly_hashed(password), "role": name, "created_at": NOW}
            await connection.execute(users.insert().values(row))
        for key, role in ((KEY, "integrator"), (READING_KEY, "viewer")):
            body = ApiKey(id=key, sha256=sha256(key.encode()).hexdigest(), roles=(role,), name=role)
            await connection.execute(reference.insert().values(_reference("keys", key, body)))


def _reference(name: str, row_id: str, body: Any) -> dict[str, Any]:
    return {
        "name": name,
        "id": row_id,
        "origin": "city",
        "revision": 1,
        "body": plain(body),
        "changed_at": NOW,
        "changed_by": "test",
    }


reference_row = _reference


def signal_row(signal: Signal, incident: str | None) -> dict[str, Any]:
    copied = ("id", "kind", "asset", "state", "severity", "zone", "agency", "raised_at", "cleared_at")
    return {**{name: getattr(signal, name) for name in copied}, "incident_id": incident, "body": plain(signal)}


def group_row(explanation: Explanation, incident: str) -> dict[str, Any]:
    return {
        "id": explanation.group,
        "region": "city",
        "incident_id": incident,
        "parent_group": explanation.parent_group,
        "revision": 1,
        "body": json.loads(msgspec.json.encode(explanation)),
    }


def change_row(made: Change) -> dict[str, Any]:
    return {
        "incident_id": made.incident_id,
        "version": made.version,
        "kind": made.kind,
        "at": made.at,
        "by": made.by,
        "body": plain(made),
    }


def outage(incident: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of a feeder's outage that darkened a signal: signals, groups, changes."""
    cause = Signal(id="sig-a", kind="power.outage", asset="feeder-471", state="active", severity="major", raised_at=NOW)
    effect = Signal(
        id="sig-b", kind="traffic.signal_dark", asset="ts-1", state="active", severity="minor", raised_at=NOW
    )
    link = Link(
        kind="cause",
        rule="outage_darkens",
        cause="sig-a",
        effect="sig-b",
        path=("feeder-471", "cab-1", "ts-1"),
        why="feeder-471 feeds ts-1",
        why_vi="feeder-471 cấp điện cho ts-1",
    )
    told = [
        Explanation(group="sig-a", region="city", signals=(cause,)),
        Explanation(group="sig-b", region="city", signals=(effect,), parent=link, parent_group="sig-a"),
    ]
    return (
        [signal_row(cause, incident), signal_row(effect, incident)],
        [group_row(one, incident) for one in told],
        [change_row(change(incident, version)) for version in (1, 2, 3)],
    )


async def have_outage(api: Api, incident: str) -> None:
    """A whole incident with signals, groups and changes."""
    await api.have(change(incident, 3).incident)
    for table, rows in zip((signals, groups, changes), outage(incident), strict=True):
        await api.put(table, *rows)


@asynccontextmanager
async def running_api(servers: Servers, **fields: Any) -> AsyncIterator[Api]:
    """The API process, without the process."""
    settings = msgspec.structs.replace(
        Settings(
            http_port=free_port(),
            ingest_port=free_port(),
            kafka_bootstrap=servers.kafka,
            database_url=servers.fresh_database(),
            redis_url=servers.redis_url,
        ),
        **fields,
    )
    await asyncio.to_thread(ensure_topics, servers.kafka, list(FIXED))
    async with connected(settings) as center, at_work(center):
        await prepared(center)
        await center.redis.delete("soc:live", "soc:values", "soc:stages")
        server = server_of(center)
        serving = asyncio.create_task(server.serve())
        api = Api(center, f"http://127.0.0.1:{settings.http_port}")
        async with asyncio.timeout(10):
            while not server.started:
                await asyncio.sleep(0.02)
        try:
            yield api
        finally:
            center.hub.end("stopping")
            server.should_exit = True
            await serving
            await api.http.aclose()
