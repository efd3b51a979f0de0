"""Starts a whole center step by step, one line each, and keeps it running until it is told to end."""

import errno
import signal
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

import msgspec
import psutil

from infra.cities.folder import CityFolder, Shipped, read_city, shipped
from infra.embedded import ports, records
from infra.embedded.jars import Tell
from infra.embedded.kafka import Kafka
from infra.embedded.plan import SERVERS, city_path, programs
from infra.embedded.postgres import Postgres
from infra.embedded.supervisor import Supervisor
from infra.embedded.valkey import Valkey
from infra.embedded.waiting import wait_published, wait_ready
from infra.settings import Settings
from schemas.edges import address
from schemas.errors import CenterError, Unavailable
from schemas.sentences import Sentence, joined, say

FREE_MB = 400
PORTS = ["kafka", "kafka_controller", "postgres", "valkey", "ingest"]


def up(settings: Settings, tell: Tell) -> None:
    """Runs a center until SIGINT or SIGTERM. Raises a CenterError with one sentence when it cannot start."""
    _end_by_signal()
    run_path = settings.run_path
    with records.only_supervisor(run_path):
        _check_room(settings)
        left = records.read(run_path)
        if left and (names := records.end_children(left)):
            tell(say("ended_left", names=", ".join(names)))
        supervisor = Supervisor(run_path, tell)
        try:
            _start(settings, supervisor, tell)
            supervisor.watch()
        except KeyboardInterrupt:
            tell(say("stopping"))
        except (CenterError, OSError) as error:
            reason = sentence(error, run_path)
            supervisor.record.state, supervisor.record.reason = "failed", str(reason)
            raise Unavailable(reason) from None
        finally:
            _finish(supervisor)
        tell(say("stopped"))


def sentence(error: CenterError | OSError, run_path: Path) -> Sentence:
    """The error as one sentence for people."""
    if isinstance(error, CenterError):
        return error.whole
    if error.errno == errno.ENOSPC:
        return say("disk_full", path=run_path)
    return joined([str(error.filename or run_path), error.strerror or str(error)], ": ")


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _end_by_signal() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _finish(supervisor: Supervisor) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    supervisor.stop()
    if supervisor.record.state != "failed":
        supervisor.record.state = "stopped"
    supervisor.save()


def _check_room(settings: Settings) -> None:
    """Before anything is started: is there room on the disk, are the ports free."""
    free = psutil.disk_usage(str(settings.run_path)).free
    if free < FREE_MB * 1e6:
        raise Unavailable(say("disk_nearly_full", path=settings.run_path, free=free / 1e6, needed=FREE_MB))
    ports.require_free(settings.http_host, settings.http_port, "SOC_HTTP_PORT")
    if settings.ingest_port:
        ports.require_free(settings.ingest_host, settings.ingest_port, "SOC_INGEST_PORT")


def _start(settings: Settings, supervisor: Supervisor, tell: Tell) -> None:
    began = time.monotonic()
    steps = Steps(tell)
    chosen = msgspec.structs.replace(settings, run_dir=str(settings.run_path), city=str(city_path(settings)))
    ships, folder = shipped(), read_city(Path(chosen.city))
    steps.done(say("city_read", city=chosen.city))
    _await_own_servers(chosen, steps)
    running = _start_servers(chosen, supervisor)
    planned = programs(running, demo=settings.demo and folder.city.clock == "live")
    for program, wave in planned:
        supervisor.start(program, wave)
    _load(running, (ships, folder), supervisor, steps)
    supervisor.release()
    wait_ready(supervisor, rows=len(folder.assets) + len(folder.relations))
    steps.done(say("processes_run", names=", ".join(program.name for program, _ in planned)))
    tell(say("ready_after", seconds=time.monotonic() - began))
    tell(say("console_at", url=supervisor.record.url))
    for edge in folder.edges.values():
        tell(say("edge_at", id=edge.id, address=address(edge, supervisor.record.url)))
    tell(say("credentials_at", path=running.run_path / "credentials.json"))
    supervisor.record.state = "ready"
    supervisor.save()


def _await_own_servers(settings: Settings, steps: "Steps") -> None:
    """Before anything is started: nothing would run without them."""
    if not (settings.kafka_bootstrap or settings.database_url or settings.redis_url):
        return
    from infra.embedded import awaited  # here: most centers have none

    servers = awaited.own_servers(settings)
    awaited.await_servers(settings, servers, steps.tell)
    steps.done(say("own_servers_answer", names=", ".join(f"{one.name} {one.where}" for one in servers)))


class Steps:
    """Says what is done, and how long it took."""

    def __init__(self, tell: Tell) -> None:
        self.tell, self._since = tell, time.monotonic()

    def done(self, what: Sentence) -> None:
        """One line; the next step begins."""
        now = time.monotonic()
        self.tell(say("step_took", what=what, seconds=now - self._since))
        self._since = now


def _load(settings: Settings, content: tuple[Shipped, CityFolder], supervisor: Supervisor, steps: Steps) -> None:
    """Topics, tables and reference data, and the relay until it has published them; the rest is still held."""
    from infra.embedded import load  # here: the servers start while the libraries of their clients load

    ships, folder = content
    supervisor.wait_servers()
    names = ", ".join(supervisor.servers)
    steps.done(say("servers_run", names=names) if names else say("servers_external"))
    load.fill_database(settings, ships, folder, steps.done)
    created = load.create_topics(settings.kafka, ships, folder)
    steps.done(say("topics_created", number=created) if created else say("topics_there"))
    supervisor.release("relay")
    if wait_published(settings, supervisor):
        steps.done(say("reference_published"))


def _start_servers(settings: Settings, supervisor: Supervisor) -> Settings:
    """Starts the servers that have no address of their own and waits for none; the settings with all addresses."""
    run_path = settings.run_path
    kept = ports.kept_ports(run_path / "ports.json", PORTS)
    addresses = {"ingest_port": settings.ingest_port or kept["ingest"]}
    given: dict[str, str] = {}
    if not settings.kafka_bootstrap:
        kafka = Kafka(run_path / "kafka", kept["kafka"], kept["kafka_controller"], supervisor.tell)
        supervisor.start_server(kafka, SERVERS)
        given["kafka_bootstrap"] = kafka.bootstrap
    if not settings.database_url:
        postgres = Postgres(run_path / "postgres", kept["postgres"])
        supervisor.start_server(postgres, SERVERS)
        given["database_url"] = postgres.url()
    if not settings.redis_url:
        valkey = Valkey(run_path / "valkey", kept["valkey"])
        supervisor.start_server(valkey, SERVERS)
        given["redis_url"] = valkey.url
    complete = msgspec.structs.replace(settings, **addresses, **given)
    _note_addresses(supervisor, complete)
    return complete


def _note_addresses(supervisor: Supervisor, settings: Settings) -> None:
    """Addresses without passwords, for `soc status`."""
    record = supervisor.record
    record.url = settings.http_url
    record.kafka = settings.kafka_bootstrap
    database = urlsplit(settings.database_url)
    record.database = f"{database.hostname}:{database.port or 5432}{database.path}"
    record.redis = settings.redis_url.split("://", 1)[-1].rsplit("@", 1)[-1].split("?", 1)[0]
    supervisor.save()
