"""The servers that tests run on."""

from pathlib import Path

import psycopg
import redis

from infra.embedded.ports import free_ports
from infra.embedded.postgres import Postgres
from infra.kafka.admin import admin, ensure_topics
from schemas.topics import topics
from tests.servers import Servers


def test_the_topics_of_a_city_are_created_once(servers: Servers) -> None:
    wanted = topics(["noise"], ["quarter"])
    created = ensure_topics(servers.kafka, wanted)
    assert set(created) >= {"city.readings.noise.v1", "city.events.noise.v1", "agency.quarter.incidents.v1"}
    assert ensure_topics(servers.kafka, wanted) == []
    with admin(servers.kafka) as client:
        assert set(client.list_topics()) >= {topic.name for topic in wanted}


def test_each_fresh_database_is_empty_and_another_one(servers: Servers) -> None:
    first, second = servers.fresh_database(), servers.fresh_database()
    assert first != second
    with psycopg.connect(second.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


def test_valkey_wants_its_password(servers: Servers) -> None:
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.ping()
    with redis.Redis(port=int(servers.redis_url.rsplit(":", 1)[1].split("/")[0])) as stranger:
        try:
            stranger.ping()
            refused = False
        except redis.AuthenticationError:
            refused = True
    assert refused


def test_a_cluster_that_was_left_half_made_is_made_anew(tmp_path: Path) -> None:
    for half in ("data", "data.partial"):
        (tmp_path / "postgres" / half / "base").mkdir(parents=True)
    Postgres(tmp_path / "postgres", free_ports(1)[0]).prepare()
    assert (tmp_path / "postgres" / "data" / "PG_VERSION").is_file()
    assert not (tmp_path / "postgres" / "data.partial").exists()
