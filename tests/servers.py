"""Real Kafka, PostgreSQL and Valkey for tests: on free loopback ports, in a directory of their own, ended after."""

import itertools
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from infra.embedded.kafka import Kafka
from infra.embedded.ports import free_ports
from infra.embedded.postgres import Postgres
from infra.embedded.server import Running, Server
from infra.embedded.valkey import Valkey


class Servers:
    """Addresses of the three servers of one module of tests."""

    def __init__(self, directory: Path) -> None:
        kafka, controller, postgres, valkey = free_ports(4)
        self._kafka = Kafka(directory / "kafka", kafka, controller)
        self._postgres = Postgres(directory / "postgres", postgres, careless=True)
        self._valkey = Valkey(directory / "valkey", valkey)
        self._numbers = itertools.count(1)

    @property
    def all(self) -> tuple[Server, ...]:
        return (self._kafka, self._postgres, self._valkey)

    @property
    def kafka(self) -> str:
        """host:port."""
        return self._kafka.bootstrap

    @property
    def database_url(self) -> str:
        """One database for the whole module; better take a fresh one."""
        return self._postgres.url()

    @property
    def redis_url(self) -> str:
        return self._valkey.url

    def fresh_database(self) -> str:
        """The address of a new empty database."""
        return self._postgres.create_database(f"test_{next(self._numbers)}")


@contextmanager
def running_servers(directory: Path) -> Iterator[Servers]:
    """Starts all three and ends them, whatever happens between."""
    servers = Servers(directory)
    with ExitStack() as stack:
        for server in servers.all:
            stack.callback(Running(server, directory / "logs").stop)
        yield servers


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers of one module's own: the names of topics are fixed, so what another module sent would be in the way."""
    with running_servers(tmp_path_factory.mktemp("servers")) as started:
        yield started


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_caller() -> Iterator[None]:
    """Tests ignore every SOC_* variable of whoever runs them."""
    for name in [name for name in os.environ if name.startswith("SOC_")]:
        del os.environ[name]
    yield
