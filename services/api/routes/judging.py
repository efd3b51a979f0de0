"""`/v1/domains`, `/v1/limits`, `/v1/rules`: how readings are judged and signals belong together."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from infra.clock import utc_now
from infra.postgres.incident_rows import plain
from infra.postgres.reference import EDIT as EDITED
from infra.postgres.reference import Write, put_reference
from infra.postgres.tables import reference
from schemas.domains import Domain, Limit
from schemas.errors import Invalid, Unknown
from schemas.rules import Rule
from services.api.answers import MOST, Page, body_as, gives, json_answer, raw_page, takes
from services.api.audit import note
from services.api.center import Center, Here
from services.api.examples import LIMIT
from services.api.people import READ, Editor, Person, may
from services.api.routes.assets import page_of, present

router = APIRouter(prefix="/v1", tags=["judging"], dependencies=[Depends(may(READ))])
Cursor = Annotated[str | None, Query(description="`next` of the page before")]
Limited = Annotated[int, Query(ge=1, le=MOST)]


class DomainView(Domain, frozen=True, kw_only=True):
    """A domain with where it comes from."""

    origin: str
    revision: int


class LimitView(Limit, frozen=True, kw_only=True):
    """A limit with its id and where it comes from."""

    id: str
    origin: str
    revision: int


class RuleView(Rule, frozen=True, kw_only=True):
    """A rule with where it comes from."""

    origin: str
    revision: int


def _view(row: Any) -> dict[str, Any]:
    return {"id": row.id, **row.body, "origin": row.origin, "revision": row.revision}


async def _list(center: Center, name: str, cursor: str | None, limit: int) -> Response:
    rows, following = await page_of(center, present(name), cursor, limit)
    return raw_page([_view(row) for row in rows], following)


async def _one(center: Center, name: str, row_id: str) -> Response:
    async with center.engine.connect() as connection:
        found = (await connection.execute(present(name).where(reference.c.id == row_id))).one_or_none()
    if found is None:
        raise Unknown(f"there is nothing called {row_id} among the {name}")
    return json_answer(_view(found))


@router.get("/domains", summary="Domains", **gives(Page[DomainView], "Quantities, conditions and kinds of each"))
async def domains(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """What kinds of feed there are and how they are judged."""
    return await _list(center, "domains", cursor, limit)


@router.get("/limits", summary="Limits", **gives(Page[LimitView], "Dated limits with their legal reference"))
async def limits(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """Which law, permit or level of our own is broken by what."""
    return await _list(center, "limits", cursor, limit)


@router.get("/rules", summary="Correlation rules", **gives(Page[RuleView], "Rules as they are in force"))
async def rules(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """With title, runbook and procedure in Vietnamese and English."""
    return await _list(center, "rules", cursor, limit)


@router.get("/rules/{rule_id}", summary="One rule", **gives(RuleView, "The rule", 404))
async def rule(center: Here, rule_id: str) -> Response:
    """The version in force."""
    return await _one(center, "rules", rule_id)


@router.put(
    "/rules/{rule_id}",
    summary="Edit or add a rule",
    openapi_extra=takes(Rule, {"id": "outage_darkens", "title": "…", "title_vi": "…", "runbook": "", "runbook_vi": ""}),
    **gives(RuleView, "The rule as it is now in force"),
)
async def put_rule(center: Here, request: Request, editor: Editor, rule_id: str) -> Response:
    """In force in the streams within a second; needs supervisor or admin."""
    given = await body_as(request, Rule)
    if given.id != rule_id:
        raise Invalid("is not the id in the path", field="id")
    if (given.cause is None) == (given.same is None):
        raise Invalid("a rule has exactly one of cause and same", field="cause")
    await _write(center, request, editor, Write("rules", rule_id, plain(given), EDITED))
    return await _one(center, "rules", rule_id)


@router.put(
    "/limits/{limit_id:path}",
    summary="Edit or add a limit",
    openapi_extra=takes(Limit, LIMIT),
    **gives(LimitView, "The limit as it is now in force"),
)
async def put_limit(center: Here, request: Request, editor: Editor, limit_id: str) -> Response:
    """The id is `<key>[@asset]/<valid_from>`; needs supervisor or admin."""
    given = await body_as(request, Limit)
    if given.id != limit_id:
        raise Invalid(f"the id of this limit is {given.id}", field="key")
    await _write(center, request, editor, Write("limits", limit_id, plain(given), EDITED))
    return await _one(center, "limits", limit_id)


async def _write(center: Center, request: Request, editor: Person, write: Write) -> None:
    async with center.engine.begin() as connection:
        await put_reference(connection, write, editor.name, utc_now())
        await note(connection, request, editor, f"{write.name}.edited", write.id)
