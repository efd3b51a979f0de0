"""Real Kafka, PostgreSQL and Valkey for tests: on free loopback ports, in directories of their own, ended after."""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import redis

from infra.embedded.kafka import Kafka
from infra.embedded.ports import free_ports
from infra.embedded.postgres import Postgres
from infra.embedded.server import Running, Server
from infra.embedded.valkey import Valkey
from infra.kafka.admin import admin
from tests.waiting import until

if TYPE_CHECKING:
    from kafka import KafkaAdminClient


class Stores:
    """PostgreSQL and Valkey, running."""

    def __init__(self, directory: Path, stack: ExitStack) -> None:
        postgres, valkey = free_ports(2)
        self.postgres = Postgres(directory / "postgres", postgres, careless=True)
        self.valkey = Valkey(directory / "valkey", valkey)
        self.numbers = itertools.count(1)
        for server in (self.postgres, self.valkey):
            start(server, directory, stack)


class Servers:
    """Addresses of the three servers, running."""

    def __init__(self, kafka: Kafka, stores: Stores) -> None:
        self._kafka, self._stores = kafka, stores

    @property
    def kafka(self) -> str:
        """host:port."""
        return self._kafka.bootstrap

    @property
    def redis_url(self) -> str:
        return self._stores.valkey.url

    def fresh_database(self) -> str:
        """The address of a new empty database."""
        return self._stores.postgres.create_database(f"test_{next(self._stores.numbers)}")


def start(server: Server, directory: Path, stack: ExitStack) -> None:
    """Starts a server that ends with the stack."""
    stack.callback(Running(server, directory / "logs").stop)


def start_kafka(directory: Path, stack: ExitStack) -> Kafka:
    """A broker that ends with the stack."""
    port, controller = free_ports(2)
    kafka = Kafka(directory / "kafka", port, controller)
    start(kafka, directory, stack)
    return kafka


@contextmanager
def running_servers(directory: Path) -> Iterator[Servers]:
    """Starts all three and ends them, whatever happens between."""
    with ExitStack() as stack:
        stores = Stores(directory, stack)
        yield Servers(start_kafka(directory, stack), stores)


def wipe(bootstrap: str) -> None:
    """Kafka as it was when it started: no topics but its own, no groups."""
    with admin(bootstrap) as client:
        until(lambda: not _groups_left(client), "groups gone")
        if names := _topics(client):
            client.delete_topics(names)
        until(lambda: not _topics(client), "topics gone")


def _topics(client: "KafkaAdminClient") -> list[str]:
    return [name for name in client.list_topics() if not name.startswith("__")]


def _groups_left(client: "KafkaAdminClient") -> list[str]:
    """Sends away members, which were killed and would be waited for, and deletes groups; those that are left."""
    from kafka.admin import MemberToRemove

    names = [one["group_id"] for one in client.list_groups()]
    for name, group in (client.describe_groups(names) if names else {}).items():
        if members := [MemberToRemove(member_id=one["member_id"]) for one in group["members"]]:
            client.remove_group_members(name, members)
    if names:
        client.delete_groups(names)
    return [one["group_id"] for one in client.list_groups()]


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """PostgreSQL and Valkey for the whole run: each test takes a database of its own."""
    with ExitStack() as stack:
        yield Stores(tmp_path_factory.mktemp("stores"), stack)


@pytest.fixture(scope="session")
def shared_servers(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Servers]:
    """For tests that nothing disturbs which others left in Kafka: all of them have one."""
    with ExitStack() as stack:
        yield Servers(start_kafka(tmp_path_factory.mktemp("shared"), stack), stores)


@pytest.fixture(scope="session")
def wiped_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """For modules one after the other: a wipe takes a second, a start ten of a processor's."""
    with ExitStack() as stack:
        yield start_kafka(tmp_path_factory.mktemp("wiped"), stack)


@pytest.fixture(scope="module")
def servers(wiped_kafka: Kafka, stores: Stores) -> Iterator[Servers]:
    """An empty Kafka for one module: the names of topics are fixed, so what another module sent would be in the way."""
    wipe(wiped_kafka.bootstrap)
    with redis.Redis.from_url(stores.valkey.url) as client:
        client.flushall()
        yield Servers(wiped_kafka, stores)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_caller() -> Iterator[None]:
    """Tests ignore every SOC_* variable of whoever runs them."""
    for name in [name for name in os.environ if name.startswith("SOC_")]:
        del os.environ[name]
    yield
