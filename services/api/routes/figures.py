"""`/v1/figures`: dated figures with their source, which indicators are worked out with."""

from datetime import date
from functools import partial

from fastapi import APIRouter, Depends, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.cities.figures import figure_faults
from infra.postgres.park_words import read_known
from schemas.errors import Conflict, Invalid
from schemas.figures import Figure
from schemas.sentences import say
from services.api.answers import Page, body_as, gives, takes
from services.api.center import Here
from services.api.editing import ByEditor, Revision, Undone, save, undo
from services.api.people import READ, may
from services.api.routes.judging import Cursor, Limited, listed, one_of

router = APIRouter(prefix="/v1/figures", tags=["parks"], dependencies=[Depends(may(READ))])
EXAMPLE = {
    "key": "emission.grid",
    "value": 0.6592,
    "unit": "tCO2e/MWh",
    "valid_from": "2023-01-01",
    "valid_to": "2024-01-01",
    "source": "Grid emission factor of Việt Nam, data year 2023",
    "status": "secondary",
}


class FigureView(Figure, frozen=True, kw_only=True):
    """A figure with its id and where it comes from."""

    id: str
    origin: str
    revision: int


@router.get("", summary="Figures", **gives(Page[FigureView], "Emission factors, and what parks declare"))
async def figures(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """Each dated and with its source."""
    return await listed(center, "figures", cursor, limit)


@router.put(
    "/{figure_id:path}",
    summary="Edit or add a figure",
    openapi_extra=takes(Figure, EXAMPLE),
    **gives(FigureView, "The figure as it is now in force", 409),
)
async def put_figure(edit: ByEditor, figure_id: str, revision: Revision = None) -> Response:
    """The id is `<key>[@asset]/<valid_from>`; hours that it changes are worked out again. Needs supervisor or admin."""
    given = await body_as(edit.request, Figure)
    if given.id != figure_id:
        raise Invalid(say("figure_id", id=given.id), field="key")
    for field, message in figure_faults(given):
        raise Invalid(message, field=field)
    await save(edit, "figures", figure_id, partial(_checked, given), revision)
    return await one_of(edit.center, "figures", figure_id)


@router.delete(
    "/{figure_id:path}", summary="Take an edit of a figure back", **gives(Undone, "What is in force", 404, 409)
)
async def delete_figure(edit: ByEditor, figure_id: str, revision: Revision = None) -> Response:
    """As for limits; hours that it changes are worked out again."""
    return await undo(edit, "figures", figure_id, revision)


async def _checked(given: Figure, connection: AsyncConnection) -> Figure:
    """The figure. Raises Invalid for an asset that is not there, Conflict for a time that another figure has."""
    known, _ = await read_known(connection)
    if given.asset is not None and given.asset not in known.catalogue.assets:
        raise Invalid(say("no_asset", id=given.asset), field="asset")
    for row in known.figures.get(given.key, ()):
        together = given.valid_from < (row.valid_to or date.max) and row.valid_from < (given.valid_to or date.max)
        if together and row.asset == given.asset and row.id != given.id:
            raise Conflict(say("holds_then", id=row.id))
    return given
