"""`/v1/edits`: what people have changed of how the center judges, beside the layer that it lies over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Response
from sqlalchemy import Row, select

from infra.postgres.incident_rows import plain
from infra.postgres.reference import EDIT
from infra.postgres.tables import reference
from schemas.domains import Domain
from services.api.answers import Page, gives, json_answer
from services.api.center import Here
from services.api.domain_edits import Held, condition_of, differing
from services.api.layers import Layers
from services.api.people import READ, may
from services.api.routes.conditions import layers_of

router = APIRouter(prefix="/v1/edits", tags=["judging"], dependencies=[Depends(may(READ))])
EDITABLE = ("rules", "domains", "limits", "procedures", "figures", "assets")
"""Kinds of rows; of assets only sensors are edited: those that were adopted."""


class EditView(msgspec.Struct, frozen=True, kw_only=True):
    """One edit that is in force."""

    name: str
    """`rules`, `conditions`, `limits`, `procedures`, `figures`, `sensors`."""
    id: str
    revision: int
    changed_by: str
    changed_at: datetime
    origin: str | None
    """Of what lies under it: `city` or `shipped`; null: only the edit has it."""
    body: Any
    """As it is in force; null: the edit left it out."""
    below: Any
    """As the layer under it has it."""


@router.get("", summary="Edits in force", **gives(Page[EditView], "Every edit beside what lies under it"))
async def edits(center: Here) -> Response:
    """What an import of the city folder does not touch. `DELETE` at the address of each takes it back."""
    query = select(reference).where(reference.c.name.in_(EDITABLE), reference.c.origin == EDIT, ~reference.c.deleted)
    async with center.engine.connect() as connection:
        rows = (await connection.execute(query.order_by(reference.c.name, reference.c.id))).all()
    layers = await layers_of(center) if rows else Layers({}, {})
    return json_answer(Page(items=[view for row in rows for view in _views(row, layers)]))


def _views(row: Row[Any], layers: Layers) -> Iterable[EditView]:
    below, origin = layers.struct(row.name, row.id)
    if row.name != "domains":
        name = "sensors" if row.name == "assets" else row.name
        yield _view(row, name, row.id, (row.body, below and plain(below), origin))
        return
    domain = msgspec.convert(row.body, Domain)
    for name in differing(Held(domain, row.origin, row.revision), layers):
        body, under = condition_of(domain, name), condition_of(below, name)
        yield _view(row, "conditions", name, (body and plain(body), under and plain(under), origin))


def _view(row: Row[Any], name: str, row_id: str, found: tuple[Any, Any, str]) -> EditView:
    body, below, origin = found
    return EditView(
        name=name,
        id=row_id,
        revision=row.revision,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        origin=None if below is None else origin,
        body=body,
        below=below,
    )
