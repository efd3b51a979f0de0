"""Reference data in PostgreSQL: layers of imports under the edits, each change on its way to a compacted topic."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row, case, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.enrich import NO_CITY
from infra.postgres import outbox
from infra.postgres.indicator_store import touch_known
from infra.postgres.row_sets import put
from infra.postgres.tables import imports, reference
from schemas.assets import PLACING, UNKNOWN_ZONE, City, Relation
from schemas.errors import Invalid
from schemas.reference import ReferenceRecord
from schemas.sentences import say
from schemas.topics import reference_topic

SHIPPED, CITY, EDIT = "shipped", "city", "edit"
RANK = {SHIPPED: 0, CITY: 1, EDIT: 2}
"""A higher layer stays over a lower one."""
LISTED = 200
"""Most ids of one kind in a report; the counts are whole."""
LOCK = 7_160_002
DATED = ("limits", "figures")
"""Rows whose id ends with the day from which they hold: `<key>[@asset]/<valid_from>`."""
UNDATED = ("assets", "relations")
"""Rows that hold for all the past too."""

Items = Mapping[str, Mapping[str, msgspec.Struct]]


class Write(msgspec.Struct, frozen=True):
    """One row to change: `body` None deletes."""

    name: str
    id: str
    body: Any
    origin: str


def layer_origin(layer: str) -> str:
    """The origin of the rows of a layer: `shipped`, or `city` for a city folder."""
    return SHIPPED if layer == SHIPPED else CITY


async def put_reference(connection: AsyncConnection, write: Write, by: str, now: datetime) -> int:
    """Writes or deletes one row and its outbox record, in the caller's transaction. Returns the revision."""
    return (await put_all(connection, [write], by, now))[0]


async def alone(connection: AsyncConnection) -> None:
    """Waits until no other transaction imports or edits reference data; until this one ends none begins."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


async def present_city(connection: AsyncConnection) -> City:
    """The city in force; of several the first by id."""
    query = select(reference.c.body).where(reference.c.name == "cities", ~reference.c.deleted).order_by(reference.c.id)
    found = (await connection.execute(query.limit(1))).scalar_one_or_none()
    return NO_CITY if found is None else msgspec.convert(found, City)


async def check_agency(connection: AsyncConnection, agency: str | None) -> None:
    """Raises Invalid for an agency that the city in force does not name; None is the whole city."""
    if agency is None:
        return
    known = {one.id for one in (await present_city(connection)).agencies}
    if agency not in known:
        raise Invalid(say("no_agency", agency=agency, known=", ".join(sorted(known))), field="agency")


async def names_in_force(connection: AsyncConnection) -> dict[str, set[str]]:
    """By filter what an incident can be of now: domains, agencies and zones, those too that only an asset names."""
    city, body = await present_city(connection), reference.c.body
    zone = case((body["kind"].astext == "zone", reference.c.id), else_=body["zone"].astext)
    words = select(zone.label("zone"), body["agency"].astext.label("agency")).distinct()
    there = (await connection.execute(words.where(reference.c.name == "assets", ~reference.c.deleted))).all()
    domains = select(reference.c.id).where(reference.c.name == "domains", ~reference.c.deleted)
    informed = {area.agency for area in city.area_details} | {row.agency for row in there}
    return {
        "domain": set((await connection.execute(domains)).scalars()),
        "agency": {one.id for one in city.agencies} | (informed - {None}),
        "zone": {row.zone for row in there} | {UNKNOWN_ZONE},
    }


async def import_layer(
    engine: AsyncEngine, layer: str, items: Items, content_hash: str, now: datetime
) -> dict[str, Any] | None:
    """Brings a layer (`shipped` or a city's id) to `items` (name → id → struct).

    Edits stay over the city's rows and these over the shipped ones; what the layer no longer has is deleted. Where an
    asset that was edited lies and what it measures its edit says: such relations of the layer are kept out.
    Returns the report that `imports` keeps, or None when the content is the one imported last.
    """
    async with engine.begin() as connection:
        await alone(connection)
        if await _imported_hash(connection, layer) == content_hash:
            return None
        present = (await connection.execute(select(reference))).all()
        writes, report = _difference(present, items, layer_origin(layer))
        await put_all(connection, writes, f"import {layer}", now)
        values = {"content_hash": content_hash, "at": now, "report": report}
        kept = insert(imports).values(folder=layer, **values)
        await connection.execute(kept.on_conflict_do_update(index_elements=["folder"], set_=values))
        if report["removed"]["count"] and layer != SHIPPED:  # what they hid comes back with the next shipped import
            await connection.execute(imports.delete().where(imports.c.folder == SHIPPED))
    return report


async def _imported_hash(connection: AsyncConnection, layer: str) -> str | None:
    found = await connection.execute(select(imports.c.content_hash).where(imports.c.folder == layer))
    return found.scalar_one_or_none()


def _difference(present: Iterable[Row[Any]], items: Items, origin: str) -> tuple[list[Write], dict[str, Any]]:
    """The rows to write, and the report: added, changed, removed, and kept (a higher layer differs)."""
    there = {(row.name, row.id): row for row in present}
    edited = {
        row_id for (name, row_id), row in there.items() if name == "assets" and row.origin == EDIT and not row.deleted
    }
    writes: list[Write] = []
    found: dict[str, list[str]] = {"added": [], "changed": [], "removed": [], "kept": []}
    for name, bodies in items.items():
        for item_id, struct in bodies.items():
            write = Write(name, item_id, msgspec.json.decode(msgspec.json.encode(struct)), origin)
            overruled = isinstance(struct, Relation) and struct.relation in PLACING and struct.from_id in edited
            verdict = _verdict(there.get((name, item_id)), write, overruled)
            if verdict:
                found[verdict].append(f"{name}/{item_id}")
            if verdict in ("added", "changed"):
                writes.append(write)
    for (name, item_id), row in there.items():
        if row.origin == origin and not row.deleted and item_id not in items.get(name, {}):
            writes.append(Write(name, item_id, None, origin))
            found["removed"].append(f"{name}/{item_id}")
    return writes, {verdict: {"count": len(ids), "ids": ids[:LISTED]} for verdict, ids in found.items()}


def _verdict(row: Row[Any] | None, write: Write, overruled: bool) -> str | None:
    if row is None or (row.deleted and row.origin != EDIT):
        return "kept" if overruled else "added"
    if RANK[row.origin] > RANK[write.origin]:
        return "kept" if row.deleted or row.body != write.body else None
    return "changed" if row.body != write.body or row.origin != write.origin else None


async def put_all(connection: AsyncConnection, writes: Sequence[Write], by: str, now: datetime) -> list[int]:
    """The same for several rows. Returns their revisions."""
    if not writes:
        return []
    reserved = await connection.execute(
        text("SELECT nextval(pg_get_serial_sequence('outbox', 'id')) AS id FROM generate_series(1, :n)"),
        {"n": len(writes)},
    )
    revisions = sorted(int(one.id) for one in reserved)
    stored = {
        (write.name, write.id): {
            "name": write.name,
            "id": write.id,
            "origin": write.origin,
            "revision": revision,
            "deleted": write.body is None,
            "body": write.body or {},
            "changed_at": now,
            "changed_by": by,
        }
        for write, revision in zip(writes, revisions, strict=True)
    }
    await put(connection, reference, list(stored.values()), "name", "id")
    await outbox.write(connection, [record_row(*pair, now) for pair in zip(writes, revisions, strict=True)])
    await _work_out_again(connection, writes)
    return revisions


async def _work_out_again(connection: AsyncConnection, writes: Sequence[Write]) -> None:
    """Marks the hours whose indicators these rows change, from the first that any of them holds for."""
    if any(write.name in UNDATED for write in writes):
        await touch_known(connection, None)
        return
    days = [date.fromisoformat(write.id.rsplit("/", 1)[1]) for write in writes if write.name in DATED]
    if days:
        zone = ZoneInfo((await present_city(connection)).time_zone)
        await touch_known(connection, datetime.combine(min(days), time(), zone))


def record_row(write: Write, revision: int, now: datetime) -> dict[str, Any]:
    """The outbox row that brings one row of reference data to the log."""
    value = None
    if write.body is not None:
        body = msgspec.Raw(msgspec.json.encode(write.body))
        value = msgspec.json.encode(ReferenceRecord(id=write.id, revision=revision, origin=write.origin, body=body))
    return outbox.row(reference_topic(write.name), write.id, value, now)
