"""Parks and what their indicators are worked out with, as the reference data have them now."""

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.enrich import Catalogue
from city.indicators.parks.gather import Known, by_key
from city.indicators.parks.metered_areas import metered_areas
from city.indicators.parks.places import Place, places
from infra.postgres.tables import reference
from schemas.reference import REFERENCE_TYPES

NAMES = ("cities", "assets", "domains", "limits", "figures", "relations")


async def read_known(connection: AsyncConnection) -> tuple[Known, list[Place]]:
    """What formulas work with, and the parks, clusters and plants."""
    known, found, _ = await read_all(connection)
    return known, found


async def read_all(connection: AsyncConnection) -> tuple[Known, list[Place], list[Place]]:
    """What formulas work with, the parks, clusters and plants, and the metered areas."""
    query = select(reference.c.name, reference.c.id, reference.c.body)
    found: dict[str, dict[str, Any]] = {name: {} for name in NAMES}
    for row in await connection.execute(query.where(reference.c.name.in_(NAMES), ~reference.c.deleted)):
        found[row.name][row.id] = msgspec.convert(row.body, REFERENCE_TYPES[row.name])
    catalogue = Catalogue.build(found["cities"], found["assets"], found["domains"], found["limits"])
    known = Known(catalogue=catalogue, figures=by_key(found["figures"].values()))
    relations = found["relations"].values()
    return known, places(found["assets"], relations), metered_areas(found["assets"])
