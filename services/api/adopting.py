"""Sensors that report without being in the city folder: taken into the city as an edit, and taken back."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.cities.adoption import Adoption, Assets, adopted, placing
from infra.clock import utc_now
from infra.postgres.incident_rows import plain
from infra.postgres.past import in_force
from infra.postgres.reference import CITY, EDIT, Write, put_all
from infra.postgres.tables import reference, sensors_seen
from schemas.assets import PLACING, Asset
from schemas.errors import Conflict, Unknown
from schemas.sentences import say
from services.api.audit import note
from services.api.center import Here
from services.api.editing import Edit, Undone, as_seen, editing, view
from services.api.layers import Layers, read_layers
from services.api.people import Connector
from services.api.routes.assets import present


async def _adopt(center: Here, request: Request, connector: Connector) -> Edit:
    return Edit(center, request, connector)


ByConnector = Annotated[Edit, Depends(_adopt)]
"""For who connects feeds: supervisor, admin or integrator."""


async def adopt(edit: Edit, sensor_id: str, given: Adoption, revision: int | None) -> None:
    """Puts a sensor into the city; the same said again changes nothing. Raises Invalid, Unknown and Conflict."""
    async with editing(edit.center, "assets", sensor_id) as (connection, found):
        if found is not None and found.origin != EDIT:
            raise Conflict(say("registered_by_folder", id=sensor_id), field="id", current=view(found))
        items = await in_force(connection, "assets", "domains")
        asset = await asyncio.to_thread(adopted, sensor_id, given, items["assets"], items["domains"])
        if found is None:
            await _heard(connection, sensor_id)
        elif found.body == plain(asset):
            return
        as_seen(found, sensor_id, revision)
        writes = await _adoption(connection, asset, items["assets"])
        await put_all(connection, writes, edit.editor.name, utc_now())
        await _mark(connection, sensor_id, registered=True)
        await note(connection, edit.request, edit.editor, "sensors.adopted", sensor_id, body=plain(asset))


async def take_back(edit: Edit, sensor_id: str, revision: int | None) -> Undone:
    """What is in force without the adoption: the folder's sensor if it has one by now, else nothing.

    Raises Unknown, and Conflict.
    """
    layers = await asyncio.to_thread(read_layers, edit.center.settings.city)
    below: Asset | None = layers.struct("assets", sensor_id)[0]
    async with editing(edit.center, "assets", sensor_id, revision) as (connection, found):
        if found is None or found.origin != EDIT:
            raise Unknown(say("not_adopted", id=sensor_id))
        relations = await _placed(connection, sensor_id)
        writes = [_under("assets", sensor_id, below), *_relations_under(sensor_id, relations, layers)]
        await put_all(connection, writes, edit.editor.name, utc_now())
        await _mark(connection, sensor_id, registered=below is not None)
        await note(connection, edit.request, edit.editor, "sensors.adoption_undone", sensor_id, taken_back=found.body)
    return Undone(id=sensor_id, origin=CITY if below else None, body=below and plain(below))


async def _heard(connection: AsyncConnection, sensor_id: str) -> None:
    """Raises Unknown for a sensor that has never sent: what is expected belongs in the city folder."""
    query = sensors_seen.select().where(sensors_seen.c.id == sensor_id)
    if (await connection.execute(query)).first() is None:
        raise Unknown(say("never_sent", id=sensor_id))


async def _adoption(connection: AsyncConnection, asset: Asset, assets: Assets) -> list[Write]:
    """The asset with the relations that place it; those of its last adoption that do not are gone."""
    relations = placing(asset, assets)
    gone = [one for one in await _placed(connection, asset.id) if one not in relations]
    kept = [Write("relations", name, plain(one), EDIT) for name, one in relations.items()]
    return [Write("assets", asset.id, plain(asset), EDIT), *kept, *(_under("relations", name, None) for name in gone)]


async def _placed(connection: AsyncConnection, sensor_id: str) -> list[str]:
    """Ids of the relations that an adoption brought."""
    query = present("relations").where(reference.c.origin == EDIT, reference.c.body["from_id"].astext == sensor_id)
    rows: list[Row[Any]] = list((await connection.execute(query)).all())
    return [row.id for row in rows]


def _relations_under(sensor_id: str, relations: list[str], layers: Layers) -> list[Write]:
    """The relations of an adoption as the folder has them, and those of the folder that it kept out."""
    of_folder = {
        name: one
        for name, one in layers.city.get("relations", {}).items()
        if one.from_id == sensor_id and one.relation in PLACING
    }
    return [_under("relations", name, of_folder.get(name)) for name in dict.fromkeys([*relations, *of_folder])]


def _under(name: str, row_id: str, below: msgspec.Struct | None) -> Write:
    """A row as the city folder has it; it is no edit any more."""
    return Write(name, row_id, below and plain(below), CITY)


async def _mark(connection: AsyncConnection, sensor_id: str, *, registered: bool) -> None:
    """Telemetry says the same with the sensor's next reading."""
    where = sensors_seen.c.id == sensor_id
    await connection.execute(sensors_seen.update().where(where).values(registered=registered))
