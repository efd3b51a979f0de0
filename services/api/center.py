"""What the routes share: settings and the connections of this process."""

from typing import Annotated, cast

import httpx
import msgspec
from aiokafka import AIOKafkaProducer
from fastapi import Depends
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.requests import HTTPConnection

from infra.postgres.commands import Commands
from infra.postgres.words import StoredWords
from infra.settings import Settings
from services.api.backtests.queue import Backtests
from services.api.keys import KeyRing
from services.api.live.hub import Hub
from services.api.throttle import Throttle
from services.api.vitals import Vitals


class Center(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a route may use."""

    settings: Settings
    engine: AsyncEngine
    redis: "Redis"
    producer: AIOKafkaProducer
    ingest: httpx.AsyncClient
    hub: Hub
    keys: KeyRing
    logins: Throttle
    commands: Commands
    words: StoredWords
    backtests: Backtests
    vitals: Vitals


def center_of(connection: HTTPConnection) -> Center:
    """The center of the application that serves this connection."""
    return cast(Center, connection.app.state.center)


Here = Annotated[Center, Depends(center_of)]
