"""`/v1/conditions`: the tests on readings of all domains, one by one; an edit of one is an edit of its domain."""

import asyncio
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Row

from infra.cities.proposed import in_force_of, with_condition
from infra.clock import utc_now
from infra.postgres.incident_rows import plain
from infra.postgres.past import JUDGED, in_force
from infra.postgres.reference import EDIT, Write, put_reference
from schemas.backtests import BacktestView, Proposal
from schemas.domains import Condition, Domain
from schemas.errors import Conflict, Invalid, Unknown
from schemas.sentences import say
from services.api.answers import Page, also, body_as, gives, json_answer, takes
from services.api.audit import note
from services.api.backtests.examples import CONDITION
from services.api.center import Center, Here
from services.api.domain_edits import Held, condition_of, differing, without_edit
from services.api.editing import ByEditor, DryRun, Revision, Shown, Undone, editing, nothing_left_loose, tried
from services.api.layers import Layers, read_layers
from services.api.people import READ, may
from services.api.routes.assets import present

router = APIRouter(prefix="/v1/conditions", tags=["judging"], dependencies=[Depends(may(READ))])


class ConditionView(Condition, frozen=True, kw_only=True):
    """A condition with its domain and where it comes from."""

    domain: str
    origin: str
    revision: int
    """That of its domain."""


async def holders(center: Center) -> list[Held]:
    """Every domain in force with its origin and revision, by id."""
    async with center.engine.connect() as connection:
        rows = (await connection.execute(present("domains"))).all()
    return [_held(row) for row in rows]


def _held(row: Row[Any]) -> Held:
    return Held(msgspec.convert(row.body, Domain), row.origin, row.revision)


async def layers_of(center: Center) -> Layers:
    """What lies under the edits. Raises Unavailable."""
    return await asyncio.to_thread(read_layers, center.settings.city)


async def _views(center: Center, domain: str | None) -> list[dict[str, Any]]:
    held = [one for one in await holders(center) if domain in (None, one.domain.id)]
    edited = any(one.origin == EDIT for one in held)
    layers = await layers_of(center) if edited else Layers({}, {})
    return [_view(condition, one, layers) for one in held for condition in one.domain.conditions]


def _view(condition: Condition, held: Held, layers: Layers) -> dict[str, Any]:
    origin = held.origin
    if origin == EDIT:
        below, below_origin = layers.struct("domains", held.domain.id)
        origin = EDIT if condition_of(below, condition.id) != condition else below_origin
    more = {"domain": held.domain.id, "origin": origin, "revision": held.revision}
    return {**plain(condition), **more}


def _shown(condition_id: str, layers: Layers) -> Shown:
    """Of an edited domain the condition that is edited here; None where it has it no longer."""

    def shown(row: Row[Any]) -> dict[str, Any] | None:
        held = _held(row)
        found = condition_of(held.domain, condition_id)
        return _view(found, held, layers) if found else None

    return shown


async def _one(center: Center, condition_id: str) -> Response:
    for held in await holders(center):
        condition = condition_of(held.domain, condition_id)
        if condition is not None:
            return json_answer(_view(condition, held, await layers_of(center)))
    raise Unknown(say("no_condition", id=condition_id))


@router.get("", summary="Conditions", **gives(Page[ConditionView], "All of them, by domain"))
async def conditions(center: Here, domain: Annotated[str | None, Query()] = None) -> Response:
    """`origin` is `edit` where it is another one than the city folder, or what ships, has."""
    return json_answer(Page(items=await _views(center, domain)))


@router.get("/{condition_id}", summary="One condition", **gives(ConditionView, "The condition", 404))
async def condition(center: Here, condition_id: str) -> Response:
    """As it is in force."""
    return await _one(center, condition_id)


@router.put(
    "/{condition_id}",
    summary="Edit or add a condition",
    openapi_extra=takes(Condition, CONDITION),
    **also(gives(ConditionView, "As it is now in force", 409), 202, BacktestView, "`dry_run`: what it would change"),
)
async def put_condition(
    edit: ByEditor,
    condition_id: str,
    dry_run: DryRun = False,
    revision: Revision = None,
) -> Response:
    """It takes the place of the one with its id, or is added to the domain that its id begins with; in force in the
    streams within a second. Other conditions of the domain stay as they are. Needs supervisor or admin. `dry_run` as
    for rules, from the readings.
    """
    given = await body_as(edit.request, Condition)
    if given.id != condition_id:
        raise Invalid(say("not_path_id"), field="id")
    async with edit.center.engine.connect() as connection:
        domain = with_condition(given, in_force_of(await in_force(connection, *JUDGED))).id
    if dry_run:
        return await tried(edit, Proposal(conditions=[given]))
    shown = _shown(condition_id, await layers_of(edit.center))
    async with editing(edit.center, "domains", domain, revision or None, shown=shown) as (connection, _):
        whole = in_force_of(await in_force(connection, *JUDGED))
        if revision == 0 and condition_of(whole.domains.get(domain), condition_id):
            raise Conflict(say("condition_exists", id=condition_id), field="id")
        laid = with_condition(given, whole)
        await put_reference(connection, Write("domains", laid.id, plain(laid), EDIT), edit.editor.name, utc_now())
        await note(connection, edit.request, edit.editor, "conditions.edited", condition_id, body=plain(given))
    return await _one(edit.center, condition_id)


@router.delete(
    "/{condition_id}", summary="Take an edit of a condition back", **gives(Undone, "What is in force", 404, 409)
)
async def delete_condition(edit: ByEditor, condition_id: str, revision: Revision = None) -> Response:
    """As for rules; edits of other conditions of the domain stay."""
    layers = await layers_of(edit.center)
    name = next((one.domain.id for one in await holders(edit.center) if condition_id in differing(one, layers)), None)
    if name is None:
        raise Unknown(say("condition_unedited", id=condition_id))
    async with editing(edit.center, "domains", name, revision, shown=_shown(condition_id, layers)) as (connection, row):
        if row is None or condition_id not in differing(_held(row), layers):
            raise Unknown(say("condition_unedited", id=condition_id))
        domain = _held(row).domain
        below, origin = layers.struct("domains", name)
        bare = without_edit(domain, below, condition_id)
        write = Write("domains", name, plain(bare), origin if bare == below else EDIT)
        async with nothing_left_loose(connection):
            await put_reference(connection, write, edit.editor.name, utc_now())
        taken = condition_of(domain, condition_id)
        await note(
            connection,
            edit.request,
            edit.editor,
            "conditions.edit_undone",
            condition_id,
            taken_back=taken and plain(taken),
        )
    body = condition_of(below, condition_id)
    return json_answer(Undone(id=condition_id, origin=origin if body else None, body=body and plain(body)))
