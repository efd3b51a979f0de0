"""Parks and what their indicators are worked out with, as the reference data have them now."""

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.enrich import Catalogue
from city.indicators.parks.gather import Known, by_key
from city.indicators.parks.places import Place, places
from infra.postgres.tables import reference
from schemas.reference import REFERENCE_TYPES

NAMES = ("cities", "assets", "domains", "limits", "figures", "relations")


async def read_known(connection: AsyncConnection) -> tuple[Known, list[Place]]:
    """What formulas work with, and the places that they work for."""
    query = select(reference.c.name, reference.c.id, reference.c.body)
    found: dict[str, dict[str, Any]] = {name: {} for name in NAMES}
    for row in await connection.execute(query.where(reference.c.name.in_(NAMES), ~reference.c.deleted)):
        found[row.name][row.id] = msgspec.convert(row.body, REFERENCE_TYPES[row.name])
    catalogue = Catalogue.build(found["cities"], found["assets"], found["domains"], found["limits"])
    known = Known(catalogue=catalogue, figures=by_key(found["figures"].values()))
    return known, places(found["assets"], found["relations"].values())
