"""Addresses of the running center of a run directory, for commands that talk to its servers."""

import msgspec

from infra.embedded import records
from infra.embedded.postgres import Postgres
from infra.embedded.valkey import Valkey
from infra.settings import Settings
from schemas.errors import Unavailable
from schemas.sentences import say


def _port(address: str) -> int:
    return int(address.split("/", maxsplit=1)[0].rsplit(":", 1)[1])


def with_addresses(settings: Settings) -> Settings:
    """The settings with the addresses of what runs now. Raises Unavailable if nothing runs and none are set."""
    if settings.kafka_bootstrap and settings.database_url and settings.redis_url:
        return settings
    record = records.read(settings.run_path)
    if record is None or not records.lives(record.pid, record.started):
        raise Unavailable(say("no_center_runs", path=settings.run_path))
    if not (record.kafka and record.database and record.redis):
        raise Unavailable(say("still_starting"))
    postgres = Postgres(settings.run_path / "postgres", _port(record.database))
    valkey = Valkey(settings.run_path / "valkey", _port(record.redis))
    return msgspec.structs.replace(
        settings,
        kafka_bootstrap=settings.kafka_bootstrap or record.kafka,
        database_url=settings.database_url or postgres.url(),
        redis_url=settings.redis_url or valkey.url,
    )
