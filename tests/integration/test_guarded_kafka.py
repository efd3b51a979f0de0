"""A Kafka with TLS and users: every client of ours gets in, and is told in words when it may not (ADR 0071)."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from kafka.admin import NewTopic
from structlog.testing import capture_logs

from infra.embedded.ports import LOOPBACK, free_ports
from infra.kafka.admin import admin, ensure_topics
from infra.kafka.changelogs import ensure_changelog
from infra.kafka.clients import consumer, producer
from infra.kafka.cluster import Cluster
from infra.kafka.knock import reach
from infra.kafka.lag import GROUPS, lags
from infra.kafka.look import topic_states
from infra.settings import Settings
from schemas.errors import CenterError, Invalid, Unavailable
from schemas.links import LinkTick, decode_link_record
from schemas.signals import TickData, tick_record
from schemas.topics import INPUT_PARTITIONS, LINKS, SIGNALS, readings_topic, tick_origin, topics
from streams.app import create_app
from tests.center import SOC, environment_of, running_center
from tests.contract.tree import ROOT
from tests.guarded import BRIEF_MS, PASSWORD, USER, Guarded, start_guarded
from tests.intake import running_process
from tests.servers import Servers, Stores
from tests.truth import Town
from tests.waiting import PATIENCE_S, until

NOW_MS = 1_764_400_000_000
TOPIC = readings_topic("noise")
WAYS_IN = {
    "SCRAM-SHA-512": ("USERS", {}),
    "SCRAM-SHA-256": ("USERS", {"sasl_mechanism": "SCRAM-SHA-256"}),
    "PLAIN": ("USERS", {"sasl_mechanism": "PLAIN"}),
    "a certificate": ("CLIENTS", {}),
    "a user without TLS": ("PLAIN", {}),
}
AT_ONCE_S = 8.0
"""A person waits for the reason no longer; the machine may be busy."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with ExitStack() as stack:
        kafka = start_guarded(tmp_path_factory.mktemp("guarded"), stack)
        ensure_topics(kafka.cluster(), topics(["noise"]))
        yield kafka


@pytest.fixture(scope="module")
def town(guarded: Guarded, stores: Stores) -> Town:
    """The other servers, with tables."""
    return Town(Servers(guarded, stores))


def variables(cluster: Cluster) -> dict[str, str]:
    """The cluster as settings."""
    return {f"SOC_KAFKA_{name.upper()}": value for name, value in msgspec.structs.asdict(cluster).items()}


def test_topics_are_made_and_looked_at_through_it(guarded: Guarded) -> None:
    cluster = guarded.cluster()
    wanted = topics(["smell"])
    assert {"city.readings.smell.v1", "city.events.smell.v1"} == set(ensure_topics(cluster, wanted))
    assert {one.name for one in topic_states(cluster)} >= {topic.name for topic in wanted}


def test_a_changelog_of_an_earlier_version_that_may_not_be_configured_stays_and_is_told(guarded: Guarded) -> None:
    cluster = guarded.cluster()
    assert ensure_changelog(cluster, "center-new-changelog", 1)
    with capture_logs() as told:
        assert not ensure_changelog(cluster, "center-new-changelog", 1)
    assert not told
    with admin(guarded.bootstrap) as client:
        client.create_topics([NewTopic("center-old-changelog", 1, 1, topic_configs={"cleanup.policy": "compact"})])
    with capture_logs() as told:
        assert not ensure_changelog(cluster, "center-old-changelog", 1)
    assert [(one["event"], one["topic"]) for one in told] == [("changelog_not_configured", "center-old-changelog")]
    assert "TopicAuthorizationFailed" in told[0]["reason"]


@pytest.mark.parametrize("way", WAYS_IN)
async def test_what_is_sent_is_read_through_each_way_in(guarded: Guarded, way: str) -> None:
    listener, fields = WAYS_IN[way]
    cluster = guarded.cluster(listener, **fields)
    writer, reader = producer(cluster), consumer(cluster, TOPIC, group=f"center-{way}")
    try:
        await writer.start()
        await writer.send_and_wait(TOPIC, way.encode(), partition=0)
        await reader.start()
        async with asyncio.timeout(30):
            while way.encode() not in [
                record.value for batch in (await reader.getmany(timeout_ms=500)).values() for record in batch
            ]:
                pass
    finally:
        await writer.stop()
        await reader.stop()


async def test_a_transaction_and_the_lag_of_a_group_pass(guarded: Guarded) -> None:
    cluster = guarded.cluster()
    writer, reader = (
        producer(cluster, transactional_id="relay-of-a-test"),
        consumer(cluster, TOPIC, group=GROUPS["ingest"]),
    )
    try:
        await writer.start()
        async with writer.transaction():
            await writer.send_and_wait(TOPIC, b"one", partition=0)
        await reader.start()
        await reader.getmany(timeout_ms=5000)
        await reader.commit()
    finally:
        await writer.stop()
        await reader.stop()
    assert ("ingest", TOPIC) in await lags(cluster, {})


async def test_a_broker_that_makes_clients_sign_in_anew_loses_nothing(guarded: Guarded) -> None:
    """Our clients cannot, so that it ends their connections: they open others."""
    cluster, sent = guarded.cluster("BRIEF"), [str(number).encode() for number in range(30)]
    writer, reader = producer(cluster), consumer(cluster, TOPIC, group="center-brief")
    read: list[bytes] = []
    try:
        await writer.start()
        await reader.start()
        for value in sent:
            await writer.send_and_wait(TOPIC, value, partition=0)
            found = await reader.getmany(timeout_ms=3 * BRIEF_MS // len(sent))
            read += [record.value for batch in found.values() for record in batch]
        async with asyncio.timeout(30):
            while not set(sent) <= set(read):
                found = await reader.getmany(timeout_ms=500)
                read += [record.value for batch in found.values() for record in batch]
    finally:
        await writer.stop()
        await reader.stop()
    assert [value for value in read if value in sent] == sent


REFUSED = {
    "another password": ("USERS", {"password": "wrong"}, "PASSWORD", f"refuses the user '{USER}' with SCRAM-SHA-512"),
    "another password in the clear": (
        "PLAIN",
        {"sasl_mechanism": "PLAIN", "password": "wrong"},
        "PASSWORD",
        "with PLAIN",
    ),
    "an unknown user": ("USERS", {"user": "nobody"}, "PASSWORD", "refuses the user 'nobody'"),
    "another authority": ("USERS", {"ca_file": "client.pem"}, "CA_FILE", "is not trusted"),
    "only those that the machine trusts": ("USERS", {"ca_file": ""}, "CA_FILE", "is not trusted"),
    "the name of another host": ("STRANGER", {}, "BOOTSTRAP", "is for another name"),
    "no certificate": ("CLIENTS", {"certificate_file": "", "key_file": ""}, "CERTIFICATE_FILE", "is shown none"),
    "a certificate of nobody": (
        "CLIENTS",
        {"certificate_file": "127.0.0.1.pem", "key_file": "127.0.0.1.key"},
        "CERTIFICATE_FILE",
        "refuses the certificate",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_a_setting_that_is_refused_is_named_within_seconds_by_every_client(guarded: Guarded, what: str) -> None:
    listener, fields, field, said = REFUSED[what]
    files = {name: str(guarded.directory / value) for name, value in fields.items() if "." in value}
    cluster = guarded.cluster(listener, **fields | files)
    for made in (producer(cluster), consumer(cluster, TOPIC, group="refused")):
        began = time.monotonic()
        with pytest.raises(Invalid, match=said) as caught:
            await made.start()
        await made.stop()
        assert caught.value.field == f"SOC_KAFKA_{field}"
        assert time.monotonic() - began < AT_ONCE_S
    with pytest.raises(Invalid, match=said):
        await asyncio.to_thread(ensure_topics, cluster, topics(["noise"]))


def test_a_port_that_speaks_another_protocol_hints_at_it(guarded: Guarded) -> None:
    users, plain = guarded.cluster(), guarded.cluster("PLAIN")
    told = {}
    for name, cluster in {
        "plain to TLS": Cluster(bootstrap=users.bootstrap),
        "plain to users": Cluster(bootstrap=plain.bootstrap),
        "TLS to plain": msgspec.structs.replace(users, bootstrap=guarded.bootstrap),
        "user to plain": msgspec.structs.replace(plain, bootstrap=guarded.bootstrap),
    }.items():
        with pytest.raises(CenterError, match="SOC_KAFKA_SECURITY_PROTOCOL") as caught:
            reach(cluster)
        told[name] = type(caught.value)
    assert told["user to plain"] is Invalid and told["plain to TLS"] is Unavailable


def test_one_address_of_several_is_enough_and_a_refusal_counts_more_than_silence(guarded: Guarded) -> None:
    nobody = f"{LOOPBACK}:{free_ports(1)[0]}"
    cluster = guarded.cluster()
    both = msgspec.structs.replace(cluster, bootstrap=f"{nobody},{cluster.bootstrap}")
    reach(both)
    with pytest.raises(Invalid, match="refuses the user"):
        reach(msgspec.structs.replace(both, password="wrong"))
    with pytest.raises(Unavailable, match=f"Kafka at {nobody} does not answer: Connection refused"):
        reach(msgspec.structs.replace(cluster, bootstrap=nobody))


@pytest.mark.parametrize("listener", ["USERS", "CLIENTS", "PLAIN"])
async def test_faust_is_given_what_the_other_clients_are(guarded: Guarded, tmp_path: Path, listener: str) -> None:
    cluster = guarded.cluster(listener)
    fields = {f"kafka_{name}": value for name, value in msgspec.structs.asdict(cluster).items()}
    app = create_app("given", Settings(run_dir=str(tmp_path), **fields))
    given: Any = app.conf.broker_credentials
    assert given.protocol.value == cluster.security_protocol
    context = given.context if listener == "CLIENTS" else given.ssl_context
    assert context is None if listener == "PLAIN" else context.check_hostname
    assert [url.port for url in app.conf.broker] == [guarded.ports[listener]]


@pytest.mark.parametrize(
    ("module", "wrong"),
    [
        ("streams.detect", "password"),
        ("streams.detect", "ca_file"),
        ("services.relay", "password"),
        ("services.recorder", "password"),
        ("services.ingest", "password"),
    ],
)
def test_a_process_that_may_not_in_ends_with_the_reason(
    guarded: Guarded, town: Town, tmp_path: Path, module: str, wrong: str
) -> None:
    value = {"password": "wrong", "ca_file": str(guarded.client)}[wrong]
    given = variables(guarded.cluster(**{wrong: value}))
    began = time.monotonic()
    stores = {"SOC_DATABASE_URL": town.database_url, "SOC_REDIS_URL": town.redis_url}
    environment = environment_of(tmp_path, **stores, **given)
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    (told,) = [line for line in done.stdout.splitlines() if '"process_failed"' in line]
    assert f"SOC_KAFKA_{wrong.upper()}: " in told and "Traceback" not in told, told
    assert time.monotonic() - began < 3 * AT_ONCE_S


def test_the_api_goes_on_without_kafka_and_says_why(guarded: Guarded, town: Town, tmp_path: Path) -> None:
    """Whoever watches incidents needs it."""
    (port,) = free_ports(1)
    refused = variables(guarded.cluster(password="no"))
    given = {name.removeprefix("SOC_").lower(): value for name, value in refused.items()}
    given |= {"database_url": town.database_url, "redis_url": town.redis_url, "http_port": str(port)}
    log = tmp_path / "services.api.log"
    with running_process("services.api", tmp_path, **given) as process:
        until(lambda: log.read_text().count('"kafka_away"') >= 2, "it tries again")
        assert "SOC_KAFKA_PASSWORD: " in log.read_text()
        assert httpx.get(f"http://{LOOPBACK}:{port}/healthz", trust_env=False).status_code == 200
        assert process.poll() is None


@pytest.mark.parametrize("command", ["up", "prepare"])
def test_a_start_that_kafka_refuses_ends_at_once_and_names_the_setting(
    guarded: Guarded, town: Town, tmp_path: Path, command: str
) -> None:
    stores = {"SOC_DATABASE_URL": town.database_url, "SOC_REDIS_URL": town.redis_url}
    environment = environment_of(tmp_path, **stores, **variables(guarded.cluster(password="wrong")))
    began = time.monotonic()
    done = subprocess.run(
        [SOC, command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and time.monotonic() - began < 3 * AT_ONCE_S
    assert done.stderr.startswith("soc: SOC_KAFKA_PASSWORD: Kafka at "), done.stdout + done.stderr


@pytest.mark.parametrize("wrong", [{"ca_file": "/nowhere/ca.pem"}, {"password": ""}])
def test_a_process_whose_settings_do_not_fit_does_not_start(
    guarded: Guarded, tmp_path: Path, wrong: dict[str, str]
) -> None:
    ((name, value),) = wrong.items()
    given = variables(guarded.cluster()) | {f"SOC_KAFKA_{name.upper()}": value}
    environment = environment_of(tmp_path, **given)
    done = subprocess.run(
        [sys.executable, "-m", "streams.correlate"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith(f"correlate: SOC_KAFKA_{name.upper()}: "), done.stderr


async def test_a_worker_on_faust_reads_and_writes_behind_tls(guarded: Guarded, tmp_path: Path) -> None:
    cluster = guarded.cluster()
    given = {name.removeprefix("SOC_").lower(): value for name, value in variables(cluster).items()}
    writer, reader = producer(cluster), consumer(cluster, LINKS)
    ticks = [TickData(now_ms=NOW_MS, origin=tick_origin(number)) for number in range(INPUT_PARTITIONS)]
    found: list[LinkTick] = []
    with running_process("streams.correlate", tmp_path, run_dir=str(tmp_path), **given) as process:
        try:
            await writer.start()
            await reader.start()
            for tick in ticks:
                await writer.send_and_wait(SIGNALS, msgspec.json.encode(tick_record(tick)), partition=0)
            async with asyncio.timeout(PATIENCE_S):
                while not found and process.poll() is None:
                    batches = (await reader.getmany(timeout_ms=500)).values()
                    told = [decode_link_record(record.value) for batch in batches for record in batch]
                    found += [one for one in told if isinstance(one, LinkTick)]
        finally:
            await writer.stop()
            await reader.stop()
    assert [one.now_ms for one in found] == [NOW_MS]


def test_a_whole_center_runs_on_it_with_no_more_rights_than_it_needs(guarded: Guarded, tmp_path: Path) -> None:
    """Every process signs in; without TLS, whose handshakes cost a Kafka that is young a minute of a busy machine."""
    password = tmp_path / "password"
    password.write_text(f"{PASSWORD}\n")
    cluster = guarded.cluster("PLAIN", password="", password_file=str(password))
    with running_center(tmp_path / "run", **variables(cluster)) as center:
        assert "warning: SOC_KAFKA_SECURITY_PROTOCOL" in (center.run_dir / "logs/supervisor.log").read_text()
        assert "kafka_in_the_clear" in (center.run_dir / "logs/recorder.log").read_text()
        report = {"category": "flood", "lon": 106.67, "lat": 10.98, "text": "ngập nửa bánh xe"}
        assert center.http.post("/v1/incidents", json=report).status_code == 202
        until(lambda: [one for one in center.incidents() if one["kind"] == "report.flood"], "the report is an incident")
        until(lambda: "center-detect=" in center.soc("topics").stdout, "detect has committed what it read")
        assert center.soc("dead-letters", "list").returncode == 0
        assert not (center.run_dir / "kafka").exists()
