"""`/v1/sources`: every edge by which feeds come in, and how it does."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Response
from redis.exceptions import RedisError
from sqlalchemy import select

from infra.clock import now_ms
from infra.postgres.tables import reference
from infra.redis.edges import EdgeHealth, read_edges
from schemas.edges import Edge, address
from schemas.errors import Unknown
from schemas.sentences import say, told
from schemas.times import At, from_ms
from services.api.answers import Page, gives, json_answer
from services.api.center import Center, Here
from services.api.people import READ, may

router = APIRouter(prefix="/v1/sources", tags=["sources"], dependencies=[Depends(may(READ))])
OLD_MS = 10_000
UNTOLD = say("edge_untold")
NOT_TOLD = EdgeHealth(state="unknown", detail=str(UNTOLD), detail_vi=str(told(UNTOLD, "vi")))


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One edge of the city folder; counts are since ingest started."""

    id: str
    kind: str
    """`mqtt`, `files`, `sftp`, `ngsi_ld`, `gtfs_realtime`, `modbus` or `opcua`."""
    name: str
    name_vi: str
    address: str
    """Where it listens or what it asks; never a secret."""
    state: str
    """`connecting`, `connected`, `waiting` (for Kafka), `failed`, `off`, or `unknown` when ingest is away."""
    detail: str
    """Why it is so, or what it passes over."""
    detail_vi: str
    since: At | None
    """Since when it is in this state."""
    last_at: At | None
    """When Kafka last acknowledged something of it."""
    received: int
    """Messages, files, notifications or answers."""
    accepted: int
    """Readings and events of them."""
    rejected: int
    """What went to the dead letters, whose topic is `edges.<id>`."""
    duplicates: int


async def _sources(center: Center) -> list[Source]:
    query = select(reference.c.body).where(reference.c.name == "edges", ~reference.c.deleted).order_by(reference.c.id)
    async with center.engine.connect() as connection:
        edges = [msgspec.convert(body, Edge) for body in (await connection.execute(query)).scalars()]
    try:
        found = await read_edges(center.redis) if edges else {}
    except (RedisError, OSError, TimeoutError):
        found = {}
    return [_source(edge, found.get(edge.id)) for edge in edges]


def _source(edge: Edge, found: EdgeHealth | None) -> Source:
    health = found if found is not None and now_ms() - found.at_ms < OLD_MS else NOT_TOLD
    return Source(
        id=edge.id,
        kind=edge.kind,
        name=edge.name,
        name_vi=edge.name_vi,
        address=address(edge),
        state=health.state,
        detail=health.detail,
        detail_vi=health.detail_vi,
        since=from_ms(health.since_ms) if health.since_ms else None,
        last_at=from_ms(health.last_ms) if health.last_ms else None,
        received=health.received,
        accepted=health.accepted,
        rejected=health.rejected,
        duplicates=health.duplicates,
    )


@router.get("", summary="How feeds come in", **gives(Page[Source], "Every edge with its health"))
async def listed(center: Here) -> Response:
    """The edges of the city folder (`edges/*.toml`), whether they are connected, and what became of what they sent."""
    return json_answer(Page(items=await _sources(center)))


@router.get("/{source_id}", summary="One edge", **gives(Source, "The edge with its health", 404))
async def one(center: Here, source_id: Annotated[str, Path()]) -> Response:
    """By the id of its file."""
    found = next((each for each in await _sources(center) if each.id == source_id), None)
    if found is None:
        raise Unknown(say("no_source", id=source_id))
    return json_answer(found)
