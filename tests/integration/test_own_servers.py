"""Servers of one's own: waited for in words, and spoken to through TLS where their addresses say so."""

import asyncio
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import psutil
import pytest
from sqlalchemy import text

from infra.embedded import awaited
from infra.embedded.awaited import await_servers, own_servers
from infra.embedded.ports import LOOPBACK, free_ports
from infra.embedded.server import Running
from infra.embedded.valkey import Valkey
from infra.postgres import migrate
from infra.postgres.engine import connect
from infra.postgres.turn import open_turn
from infra.redis.client import connect as connect_redis
from infra.settings import Settings, load
from schemas.errors import Invalid, Unavailable
from tests.center import SOC, environment_of
from tests.contract.tree import ROOT
from tests.servers import Servers, Stores
from tests.tls_front import Front, tls_before
from tests.waiting import until

TOLD_WITHIN_S = 2.0


@pytest.fixture(scope="module")
def silent() -> Iterator[int]:
    """A port that takes connections and says nothing, as a frozen server does."""
    with socket.create_server((LOOPBACK, 0), backlog=64) as listener:
        yield int(listener.getsockname()[1])


def addresses(port: int) -> dict[str, tuple[str, str]]:
    """Server → its setting, and an address at this port."""
    return {
        "Kafka": ("SOC_KAFKA_BOOTSTRAP", f"{LOOPBACK}:{port}"),
        "PostgreSQL": ("SOC_DATABASE_URL", f"postgresql+psycopg://soc:secret@{LOOPBACK}:{port}/soc"),
        "Redis": ("SOC_REDIS_URL", f"redis://:secret@{LOOPBACK}:{port}/0"),
    }


def first_line(process: subprocess.Popen[str]) -> tuple[float, str]:
    """When it first said for what it waits, seconds after it began to look, and how."""
    assert process.stdout
    began = time.monotonic()
    for line in process.stdout:
        if line.startswith("city: "):
            began = time.monotonic()
        if line.startswith("waiting for "):
            return time.monotonic() - began, line
    raise AssertionError("it waits for nothing")


@pytest.mark.parametrize("name", ["Kafka", "PostgreSQL", "Redis"])
def test_up_says_within_two_seconds_for_whom_it_waits_and_goes_on_when_it_is_told_to_end(
    silent: int, tmp_path: Path, name: str
) -> None:
    setting, address = addresses(silent)[name]
    with subprocess.Popen(
        [SOC, "up"], cwd=ROOT, env=environment_of(tmp_path, **{setting: address}), stdout=subprocess.PIPE, text=True
    ) as process:
        waited, line = first_line(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert line.startswith(f"waiting for {name} at {LOOPBACK}:{silent} ({setting}, "), line
    assert "secret" not in line
    assert waited < TOLD_WITHIN_S + 1.5, "and the half of that is left to a busy machine"
    assert not any((tmp_path / server).exists() for server in ("kafka", "postgres", "valkey"))
    assert not [child for child in psutil.Process().children(recursive=True) if child.pid == process.pid]


@pytest.mark.parametrize("name", ["Kafka", "PostgreSQL", "Redis"])
def test_patience_ends_with_the_server_the_reason_and_the_setting(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (nobody,) = free_ports(1)
    setting, address = addresses(nobody)[name]
    monkeypatch.setattr(awaited, "TOLD_AGAIN_S", 1.0)
    settings = load({setting: address})
    said: list[str] = []
    with pytest.raises(
        Unavailable, match=f"{name} at {LOOPBACK}:{nobody} did not answer within 4 s: .*[Rr]efused"
    ) as caught:
        await_servers(settings, own_servers(settings), said.append, patience_s=4.0)
    assert caught.value.field == setting
    assert len(said) >= 2, "it goes on telling"
    assert all(line.startswith(f"waiting for {name} at {LOOPBACK}:{nobody} ({setting}, ") for line in said)
    assert "refused" in said[-1]


def test_a_server_that_comes_is_awaited_and_nobody_is_told_of_those_that_are_there(
    shared_servers: Servers, tmp_path: Path
) -> None:
    (tmp_path / "valkey").mkdir()
    valkey, started = Valkey(tmp_path / "valkey", free_ports(1)[0]), []
    settings = Settings(
        kafka_bootstrap=shared_servers.kafka, database_url=shared_servers.fresh_database(), redis_url=valkey.url
    )
    said: list[str] = []

    looking = threading.Thread(target=await_servers, args=(settings, own_servers(settings), said.append))
    looking.start()
    try:
        until(lambda: said or None, "it says that it waits")
        started.append(Running(valkey, tmp_path / "logs"))
        looking.join(30)
        assert not looking.is_alive()
    finally:
        for one in started:
            one.stop()
    assert all("Redis" in line for line in said), said
    assert said[-1].startswith(f"Redis at {LOOPBACK}:{valkey.port} answers after ")


Change = Callable[[str], str]


@pytest.mark.parametrize(
    ("field", "change", "said"),
    [
        ("database_url", lambda url: url.replace("//soc:", "//soc:wrong"), "password authentication failed"),
        ("database_url", lambda url: url.rsplit("/", 1)[0] + "/nothing", 'database "nothing" does not exist'),
        ("database_url", lambda url: url + "?sslmode=verify-full", "certificate|SSL"),
        ("redis_url", lambda url: url.replace("//:", "//:wrong"), "username-password"),
        ("redis_url", lambda url: url.rsplit("/", 1)[0] + "/99", "DB index"),
    ],
)
def test_what_waiting_would_not_change_ends_it_at_once(
    shared_servers: Servers, field: str, change: Change, said: str
) -> None:
    there = {"database_url": shared_servers.fresh_database(), "redis_url": shared_servers.redis_url}
    settings = load({f"SOC_{field.upper()}": change(there[field])})
    began = time.monotonic()
    with pytest.raises(Invalid, match=said) as caught:
        await_servers(settings, own_servers(settings), print)
    assert caught.value.field == f"SOC_{field.upper()}"
    assert time.monotonic() - began < 8.0


def test_redis_that_lets_nobody_in_but_its_own_machine_ends_it_at_once_and_is_brief() -> None:
    """As a Valkey without a password answers other machines; all that a test starts is on this one."""
    reason = "DENIED Running in protected mode because protected mode is enabled and no password is set"
    with socket.create_server((LOOPBACK, 0)) as listener:

        def refuse() -> None:
            asked, _ = listener.accept()
            with asked:
                asked.recv(1_000)
                asked.sendall(f"-{reason}. In this mode {'much may be done, ' * 20}\r\n".encode())

        refusing = threading.Thread(target=refuse, daemon=True)
        refusing.start()
        settings = load({"SOC_REDIS_URL": f"redis://{LOOPBACK}:{listener.getsockname()[1]}/0"})
        with pytest.raises(Invalid, match=rf"{reason}.{{,120}} …$") as caught:
            await_servers(settings, own_servers(settings), print)
        refusing.join(10)
    assert caught.value.field == "SOC_REDIS_URL"


@pytest.fixture(scope="module")
def fronts(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Front]]:
    folder = tmp_path_factory.mktemp("fronts")
    with (
        tls_before(folder / "postgres", stores.postgres.port, postgres=True) as postgres,
        tls_before(folder / "redis", stores.valkey.port) as redis,
    ):
        yield {"postgres": postgres, "redis": redis}


def secured(fronts: dict[str, Front], stores: Stores, shared_servers: Servers, trusted: str) -> Settings:
    """Addresses that ask for TLS and trust the authority of this front."""
    authority, postgres, redis = fronts[trusted].authority, fronts["postgres"], fronts["redis"]
    database = shared_servers.fresh_database().replace(f":{stores.postgres.port}/", f":{postgres.port}/")
    cache = stores.valkey.url.replace("redis://", "rediss://").replace(f":{stores.valkey.port}/", f":{redis.port}/")
    return Settings(
        database_url=f"{database}?sslmode=verify-full&sslrootcert={authority}",
        redis_url=f"{cache}?ssl_ca_certs={authority}",
    )


async def test_addresses_that_ask_for_tls_get_it_wherever_the_center_connects(
    fronts: dict[str, Front], stores: Stores, shared_servers: Servers
) -> None:
    postgres = secured(fronts, stores, shared_servers, "postgres")
    await asyncio.to_thread(
        await_servers, postgres, [one for one in own_servers(postgres) if one.name != "Redis"], print
    )
    await asyncio.to_thread(migrate.upgrade, postgres.database_url)
    assert await asyncio.to_thread(migrate.is_present, postgres.database_url)
    engine, turn = connect(postgres.database_url), await open_turn(postgres.database_url)
    try:
        assert await turn.mine()
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    finally:
        await turn.close()
        await engine.dispose()
    with_redis = secured(fronts, stores, shared_servers, "redis")
    redis = connect_redis(with_redis.redis_url)
    try:
        assert await redis.ping()
    finally:
        await redis.aclose()


@pytest.mark.parametrize(("field", "trusted"), [("database_url", "redis"), ("redis_url", "postgres")])
def test_a_certificate_of_another_authority_is_refused_at_once(
    fronts: dict[str, Front], stores: Stores, shared_servers: Servers, field: str, trusted: str
) -> None:
    wrong = getattr(secured(fronts, stores, shared_servers, trusted), field)
    settings = msgspec.structs.replace(Settings(), **{field: wrong})
    with pytest.raises(Invalid, match=r"(?i)certificate") as caught:
        await_servers(settings, own_servers(settings), print)
    assert caught.value.field == f"SOC_{field.upper()}"
