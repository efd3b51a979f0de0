"""`/v1/domains`, `/v1/limits`, `/v1/rules`, `/v1/procedures`: how the center judges, and what is to be done."""

from functools import partial
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.cities.checking import procedure_faults
from infra.cities.proposed import check_limit, check_rule
from infra.postgres.tables import reference
from schemas.backtests import BacktestView, Proposal
from schemas.domains import Domain, Limit
from schemas.errors import Invalid, Unknown
from schemas.procedures import Procedure
from schemas.rules import Rule
from schemas.sentences import say
from services.api.answers import MOST, Page, also, body_as, gives, json_answer, raw_page, takes
from services.api.center import Center, Here
from services.api.editing import ByEditor, DryRun, Revision, Undone, fits, save, tried, undo, view
from services.api.examples import LIMIT, PROCEDURE
from services.api.people import READ, may
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


class ProcedureView(Procedure, frozen=True, kw_only=True):
    """A procedure with where it comes from."""

    origin: str
    revision: int


async def listed(center: Center, name: str, cursor: str | None, limit: int) -> Response:
    """A page of one kind of reference data."""
    rows, following = await page_of(center, present(name), cursor, limit)
    return raw_page([view(row) for row in rows], following)


async def one_of(center: Center, name: str, row_id: str) -> Response:
    """One row of reference data; raises Unknown."""
    async with center.engine.connect() as connection:
        found = (await connection.execute(present(name).where(reference.c.id == row_id))).one_or_none()
    if found is None:
        raise Unknown(say("nothing_among", id=row_id, name=name))
    return json_answer(view(found))


@router.get("/domains", summary="Domains", **gives(Page[DomainView], "Quantities, conditions and kinds of each"))
async def domains(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """What kinds of feed there are and how they are judged."""
    return await listed(center, "domains", cursor, limit)


@router.get("/limits", summary="Limits", **gives(Page[LimitView], "Dated limits with their legal reference"))
async def limits(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """Which law, permit or level of our own is broken by what."""
    return await listed(center, "limits", cursor, limit)


@router.get("/rules", summary="Correlation rules", **gives(Page[RuleView], "Rules as they are in force"))
async def rules(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """With title, runbook and procedure in Vietnamese and English."""
    return await listed(center, "rules", cursor, limit)


@router.get("/rules/{rule_id}", summary="One rule", **gives(RuleView, "The rule", 404))
async def rule(center: Here, rule_id: str) -> Response:
    """The version in force."""
    return await one_of(center, "rules", rule_id)


@router.put(
    "/rules/{rule_id}",
    summary="Edit or add a rule",
    openapi_extra=takes(Rule, {"id": "outage_darkens", "title": "…", "title_vi": "…", "runbook": "", "runbook_vi": ""}),
    **also(
        gives(RuleView, "The rule as it is now in force", 409), 202, BacktestView, "`dry_run`: what it would change"
    ),
)
async def put_rule(edit: ByEditor, rule_id: str, dry_run: DryRun = False, revision: Revision = None) -> Response:
    """In force in the streams within a second; its version grows by itself. Needs supervisor or admin. With `dry_run`
    nothing is changed: the answer is the backtest of the last 24 hours with this rule; ask for it again while it runs.
    """
    given = await body_as(edit.request, Rule)
    if given.id != rule_id:
        raise Invalid(say("not_path_id"), field="id")
    if dry_run:
        async with edit.center.engine.connect() as connection:
            await _rule(given, connection)
        return await tried(edit, Proposal(rules=[given]))
    await save(edit, "rules", rule_id, partial(_rule, given), revision)
    return await one_of(edit.center, "rules", rule_id)


async def _rule(given: Rule, connection: AsyncConnection) -> Rule:
    """The rule in the version after the one in force. Raises Invalid."""
    before = (await fits(partial(check_rule, given), connection)).rules.get(given.id)
    version = max(given.version, before.version + 1) if before else given.version
    return msgspec.structs.replace(given, version=version)


@router.put(
    "/limits/{limit_id:path}",
    summary="Edit or add a limit",
    openapi_extra=takes(Limit, LIMIT),
    **also(
        gives(LimitView, "The limit as it is now in force", 409), 202, BacktestView, "`dry_run`: what it would change"
    ),
)
async def put_limit(edit: ByEditor, limit_id: str, dry_run: DryRun = False, revision: Revision = None) -> Response:
    """The id is `<key>[@asset]/<valid_from>`; needs supervisor or admin. `dry_run` as for rules, from the readings."""
    given = await body_as(edit.request, Limit)
    if given.id != limit_id:
        raise Invalid(say("limit_id", id=given.id), field="key")
    if dry_run:
        async with edit.center.engine.connect() as connection:
            await _limit(given, connection)
        return await tried(edit, Proposal(limits=[given]))
    await save(edit, "limits", limit_id, partial(_limit, given), revision)
    return await one_of(edit.center, "limits", limit_id)


async def _limit(given: Limit, connection: AsyncConnection) -> Limit:
    """The limit. Raises Invalid."""
    await fits(partial(check_limit, given), connection)
    return given


@router.delete(
    "/rules/{rule_id}", summary="Take an edit of a rule back", **gives(Undone, "What is in force now", 404, 409)
)
async def delete_rule(edit: ByEditor, rule_id: str, revision: Revision = None) -> Response:
    """The rule of the city folder, else the shipped one, is in force again; one that only the edit had is gone."""
    return await undo(edit, "rules", rule_id, revision)


@router.delete(
    "/limits/{limit_id:path}", summary="Take an edit of a limit back", **gives(Undone, "What is in force now", 404, 409)
)
async def delete_limit(edit: ByEditor, limit_id: str, revision: Revision = None) -> Response:
    """As for rules."""
    return await undo(edit, "limits", limit_id, revision)


@router.get("/procedures", summary="Procedures", **gives(Page[ProcedureView], "Procedures as they are in force"))
async def procedures(center: Here, cursor: Cursor = None, limit: Limited = 500) -> Response:
    """What is to be done about incidents of each kind; an incident keeps the version that it began with."""
    return await listed(center, "procedures", cursor, limit)


@router.get("/procedures/{procedure_id}", summary="One procedure", **gives(ProcedureView, "The procedure", 404))
async def procedure(center: Here, procedure_id: str) -> Response:
    """The version in force."""
    return await one_of(center, "procedures", procedure_id)


@router.put(
    "/procedures/{procedure_id}",
    summary="Edit or add a procedure",
    openapi_extra=takes(Procedure, PROCEDURE),
    **gives(ProcedureView, "The procedure as it is now in force", 409),
)
async def put_procedure(edit: ByEditor, procedure_id: str, revision: Revision = None) -> Response:
    """Its version grows by itself; incidents that are open keep theirs. Needs supervisor or admin."""
    given = await body_as(edit.request, Procedure)
    if given.id != procedure_id:
        raise Invalid(say("not_path_id"), field="id")
    await save(edit, "procedures", procedure_id, partial(_procedure, given), revision)
    return await one_of(edit.center, "procedures", procedure_id)


async def _procedure(given: Procedure, connection: AsyncConnection) -> Procedure:
    """The procedure in the version after the one in force. Raises Invalid."""
    others, kinds = await _procedures_and_kinds(connection)
    for number, field, message in procedure_faults(given, others, kinds):
        raise Invalid(message, field=field if number is None else f"steps.{number}.{field}")
    before = others.get(given.id)
    version = max(given.version, before.version + 1) if before else given.version
    return msgspec.structs.replace(given, version=version)


async def _procedures_and_kinds(connection: AsyncConnection) -> tuple[dict[str, Procedure], set[str]]:
    """The procedures in force, and every kind that an incident may be of."""
    found = {name: (await connection.execute(present(name))).all() for name in ("procedures", "domains", "rules")}
    kinds = {kind for row in found["domains"] for kind in row.body["kinds"]} | {row.id for row in found["rules"]}
    kinds |= {one["kind"] for row in found["domains"] for one in row.body["conditions"]}
    return {row.id: msgspec.convert(row.body, Procedure) for row in found["procedures"]}, kinds


@router.delete(
    "/procedures/{procedure_id}",
    summary="Take an edit of a procedure back",
    **gives(Undone, "What is in force now", 404, 409),
)
async def delete_procedure(edit: ByEditor, procedure_id: str, revision: Revision = None) -> Response:
    """As for rules."""
    return await undo(edit, "procedures", procedure_id, revision)
