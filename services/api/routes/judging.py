"""`/v1/domains`, `/v1/limits`, `/v1/rules`, `/v1/procedures`: how the center judges, and what is to be done."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from infra.cities.checking import procedure_faults
from infra.cities.proposed import check_limit, check_rule, in_force_of
from infra.clock import utc_now
from infra.postgres.incident_rows import plain
from infra.postgres.past import in_force
from infra.postgres.reference import EDIT as EDITED
from infra.postgres.reference import Write, put_reference
from infra.postgres.tables import reference
from schemas.backtests import BacktestView, Proposal
from schemas.domains import Domain, Limit
from schemas.errors import Invalid, Unknown
from schemas.procedures import Procedure
from schemas.rules import Rule
from services.api.answers import MOST, Page, also, body_as, gives, json_answer, raw_page, takes
from services.api.audit import note
from services.api.center import Center, Here
from services.api.examples import LIMIT, PROCEDURE
from services.api.layers import below_edits
from services.api.people import READ, Editor, Person, may
from services.api.routes.assets import page_of, present
from services.api.routes.backtests import begin

router = APIRouter(prefix="/v1", tags=["judging"], dependencies=[Depends(may(READ))])
DRY_RUN_S = 20.0
"""So long the answer to a dry run waits for its backtest."""
Cursor = Annotated[str | None, Query(description="`next` of the page before")]
DryRun = Annotated[bool, Query(description="Only tell what it would change")]
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


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force once an edit was taken back."""

    id: str
    origin: str | None
    """`city` or `shipped`; null: only the edit had it, now there is nothing."""
    body: Any


def _view(row: Any) -> dict[str, Any]:
    return {"id": row.id, **row.body, "origin": row.origin, "revision": row.revision}


async def listed(center: Center, name: str, cursor: str | None, limit: int) -> Response:
    """A page of one kind of reference data."""
    rows, following = await page_of(center, present(name), cursor, limit)
    return raw_page([_view(row) for row in rows], following)


async def one_of(center: Center, name: str, row_id: str) -> Response:
    """One row of reference data; raises Unknown."""
    async with center.engine.connect() as connection:
        found = (await connection.execute(present(name).where(reference.c.id == row_id))).one_or_none()
    if found is None:
        raise Unknown(f"there is nothing called {row_id} among the {name}")
    return json_answer(_view(found))


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
    **also(gives(RuleView, "The rule as it is now in force"), 202, BacktestView, "`dry_run`: what it would change"),
)
async def put_rule(center: Here, request: Request, editor: Editor, rule_id: str, dry_run: DryRun = False) -> Response:
    """In force in the streams within a second; needs supervisor or admin. With `dry_run` nothing is changed: the answer
    is the backtest of the last 24 hours with this rule; ask for it again while it still runs.
    """
    given = await body_as(request, Rule)
    if given.id != rule_id:
        raise Invalid("is not the id in the path", field="id")
    async with center.engine.connect() as connection:
        check_rule(given, in_force_of(await in_force(connection)))
    if dry_run:
        return await _tried(center, request, editor, Proposal(rules=[given]))
    await _write(center, request, editor, Write("rules", rule_id, plain(given), EDITED))
    return await one_of(center, "rules", rule_id)


@router.put(
    "/limits/{limit_id:path}",
    summary="Edit or add a limit",
    openapi_extra=takes(Limit, LIMIT),
    **also(gives(LimitView, "The limit as it is now in force"), 202, BacktestView, "`dry_run`: what it would change"),
)
async def put_limit(center: Here, request: Request, editor: Editor, limit_id: str, dry_run: DryRun = False) -> Response:
    """The id is `<key>[@asset]/<valid_from>`; needs supervisor or admin. `dry_run` as for rules, from the readings."""
    given = await body_as(request, Limit)
    if given.id != limit_id:
        raise Invalid(f"the id of this limit is {given.id}", field="key")
    async with center.engine.connect() as connection:
        check_limit(given, in_force_of(await in_force(connection)))
    if dry_run:
        return await _tried(center, request, editor, Proposal(limits=[given]))
    await _write(center, request, editor, Write("limits", limit_id, plain(given), EDITED))
    return await one_of(center, "limits", limit_id)


@router.delete("/rules/{rule_id}", summary="Take an edit of a rule back", **gives(Undone, "What is in force now", 404))
async def delete_rule(center: Here, request: Request, editor: Editor, rule_id: str) -> Response:
    """The rule of the city folder, else the shipped one, is in force again; one that only the edit had is gone."""
    return await undo(center, request, editor, "rules", rule_id)


@router.delete(
    "/limits/{limit_id:path}", summary="Take an edit of a limit back", **gives(Undone, "What is in force now", 404)
)
async def delete_limit(center: Here, request: Request, editor: Editor, limit_id: str) -> Response:
    """As for rules."""
    return await undo(center, request, editor, "limits", limit_id)


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
    **gives(ProcedureView, "The procedure as it is now in force"),
)
async def put_procedure(center: Here, request: Request, editor: Editor, procedure_id: str) -> Response:
    """Its version grows by itself; incidents that are open keep theirs. Needs supervisor or admin."""
    given = await body_as(request, Procedure)
    if given.id != procedure_id:
        raise Invalid("is not the id in the path", field="id")
    others, kinds = await _procedures_and_kinds(center)
    for place, field, message in procedure_faults(given, others, kinds):
        raise Invalid(message, field=f"{place} {field}".strip())
    before = others.get(procedure_id)
    version = max(given.version, before.version + 1) if before else given.version
    edited = msgspec.structs.replace(given, version=version)
    await _write(center, request, editor, Write("procedures", procedure_id, plain(edited), EDITED))
    return await one_of(center, "procedures", procedure_id)


async def _procedures_and_kinds(center: Center) -> tuple[dict[str, Procedure], set[str]]:
    """The procedures in force, and every kind that an incident may be of."""
    async with center.engine.connect() as connection:
        found = {name: (await connection.execute(present(name))).all() for name in ("procedures", "domains", "rules")}
    kinds = {kind for row in found["domains"] for kind in row.body["kinds"]} | {row.id for row in found["rules"]}
    kinds |= {one["kind"] for row in found["domains"] for one in row.body["conditions"]}
    return {row.id: msgspec.convert(row.body, Procedure) for row in found["procedures"]}, kinds


@router.delete(
    "/procedures/{procedure_id}",
    summary="Take an edit of a procedure back",
    **gives(Undone, "What is in force now", 404),
)
async def delete_procedure(center: Here, request: Request, editor: Editor, procedure_id: str) -> Response:
    """As for rules."""
    return await undo(center, request, editor, "procedures", procedure_id)


async def undo(center: Center, request: Request, editor: Person, name: str, row_id: str) -> Response:
    """Takes an edit back; raises Unknown where there is none."""
    below = await asyncio.to_thread(below_edits, center.settings.city, name, row_id)
    async with center.engine.begin() as connection:
        query = present(name).where(reference.c.id == row_id).with_for_update()
        found = (await connection.execute(query)).one_or_none()
        if found is None or found.origin != EDITED:
            raise Unknown(f"nobody has edited {row_id} among the {name}")
        await put_reference(connection, Write(name, row_id, *below), editor.name, utc_now())
        await note(connection, request, editor, f"{name}.edit_undone", row_id, taken_back=found.body)
    body, origin = below
    return json_answer(Undone(id=row_id, origin=None if body is None else origin, body=body))


async def _tried(center: Center, request: Request, editor: Person, proposal: Proposal) -> Response:
    backtest_id = await begin(center, request, editor, proposal)
    found = await center.backtests.over(backtest_id, DRY_RUN_S)
    return json_answer(found, 202, Location=f"/v1/backtests/{backtest_id}")


async def _write(center: Center, request: Request, editor: Person, write: Write) -> None:
    async with center.engine.begin() as connection:
        await put_reference(connection, write, editor.name, utc_now())
        await note(connection, request, editor, f"{write.name}.edited", write.id)
