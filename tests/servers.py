"""Real Kafka, PostgreSQL and Valkey for tests: on free loopback ports, in directories of their own, ended after."""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis

from infra.embedded.kafka import Kafka
from infra.embedded.ports import free_ports
from infra.embedded.postgres import Postgres
from infra.embedded.server import Running, Server
from infra.embedded.valkey import Valkey


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

    def __init__(self, directory: Path, stores: Stores, stack: ExitStack) -> None:
        self._stores = stores
        port, controller = free_ports(2)
        self._kafka = Kafka(directory / "kafka", port, controller)
        start(self._kafka, directory, stack)

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


@contextmanager
def running_servers(directory: Path) -> Iterator[Servers]:
    """Starts all three and ends them, whatever happens between."""
    with ExitStack() as stack:
        yield Servers(directory, Stores(directory, stack), stack)


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """PostgreSQL and Valkey for the whole run: each test takes a database of its own."""
    with ExitStack() as stack:
        yield Stores(tmp_path_factory.mktemp("stores"), stack)


@pytest.fixture(scope="session")
def shared_servers(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Servers]:
    """For tests that nothing disturbs which others left in Kafka: all of them have one."""
    with ExitStack() as stack:
        yield Servers(tmp_path_factory.mktemp("shared"), stores, stack)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory, stores: Stores) -> Iterator[Servers]:
    """A Kafka of one module's own: the names of topics are fixed, so what another module sent would be in the way."""
    with ExitStack() as stack, redis.Redis.from_url(stores.valkey.url) as client:
        client.flushall()
        yield Servers(tmp_path_factory.mktemp("servers"), stores, stack)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_caller() -> Iterator[None]:
    """Tests ignore every SOC_* variable of whoever runs them."""
    for name in [name for name in os.environ if name.startswith("SOC_")]:
        del os.environ[name]
    yield
