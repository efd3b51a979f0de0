"""Edits of how the center judges: tried, saved, taken back, each in one transaction with its line in the audit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Query, Request, Response
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.cities.folder import Shipped
from infra.cities.proposed import check_nothing_loose, in_force_of
from infra.clock import utc_now
from infra.postgres.incident_rows import plain
from infra.postgres.past import JUDGED, in_force
from infra.postgres.reference import EDIT, Write, alone, put_reference
from infra.postgres.tables import reference
from schemas.backtests import Proposal
from schemas.errors import Conflict, Unknown
from schemas.sentences import say
from services.api.answers import json_answer
from services.api.audit import note
from services.api.center import Center, Here
from services.api.layers import below_edits
from services.api.people import Editor, Person
from services.api.routes.assets import present
from services.api.routes.backtests import begin

DRY_RUN_S = 20.0
"""So long the answer to a dry run waits for its backtest."""
DryRun = Annotated[bool, Query(description="Only tell what it would change")]
Revision = Annotated[
    int | None,
    Query(ge=0, description="The `revision` that you edited, 0 for something new: 409 if it is another one by now"),
]
Made = Callable[[AsyncConnection], Awaitable[msgspec.Struct]]
"""What is put into force. Raises Invalid, naming the field, or Conflict, if it does not fit in with what is there."""

Shown = Callable[[Row[Any]], Any]
"""What somebody is shown of a row that another one has edited since."""


class Edit(msgspec.Struct, frozen=True):
    """Who edits, by which request, in which center."""

    center: Center
    request: Request
    editor: Person


async def _edit(center: Here, request: Request, editor: Editor) -> Edit:
    return Edit(center, request, editor)


ByEditor = Annotated[Edit, Depends(_edit)]
"""For routes that need supervisor or admin."""


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """What is in force once an edit was taken back."""

    id: str
    origin: str | None
    """`city` or `shipped`; null: only the edit had it, now there is nothing."""
    body: Any


def view(row: Any) -> dict[str, Any]:
    """A row of reference data as it is shown."""
    return {"id": row.id, **row.body, "origin": row.origin, "revision": row.revision}


@asynccontextmanager
async def editing(
    center: Center, name: str, row_id: str, revision: int | None = None, *, shown: Shown = view
) -> AsyncIterator[tuple[AsyncConnection, Row[Any] | None]]:
    """A transaction in which nobody else edits or imports, and the row as it is in force, if there is one.

    Raises Conflict, with what is `shown` of that row, if it is not of the revision that the editor saw.
    """
    async with center.engine.begin() as connection:
        await alone(connection)
        found = (await connection.execute(present(name).where(reference.c.id == row_id))).one_or_none()
        as_seen(found, row_id, revision, shown=shown)
        yield connection, found


def as_seen(found: Row[Any] | None, row_id: str, revision: int | None, *, shown: Shown = view) -> None:
    """Raises Conflict, with the row as it is in force, if it is not of the revision that the editor saw."""
    if revision is not None and revision != (found.revision if found else 0):
        raise Conflict(say("changed_since", id=row_id), field="revision", current=shown(found) if found else None)


async def fits(judge: Callable[[Shipped], None], connection: AsyncConnection) -> Shipped:
    """What is in force, in which something fits by `judge`. Raises what that raises."""
    whole = in_force_of(await in_force(connection, *JUDGED))
    judge(whole)
    return whole


@asynccontextmanager
async def nothing_left_loose(connection: AsyncConnection) -> AsyncIterator[None]:
    """What is taken back within leaves no condition without its limit and no rule without a kind. Raises Conflict."""
    before = in_force_of(await in_force(connection, *JUDGED))
    yield
    check_nothing_loose(before, in_force_of(await in_force(connection, *JUDGED)))


async def save(edit: Edit, name: str, row_id: str, made: Made, revision: int | None = None) -> None:
    """Puts an edit into force, made where nobody else edits. Raises what `made` raises, and Conflict."""
    async with editing(edit.center, name, row_id, revision) as (connection, _):
        write = Write(name, row_id, plain(await made(connection)), EDIT)
        await put_reference(connection, write, edit.editor.name, utc_now())
        await note(connection, edit.request, edit.editor, f"{name}.edited", row_id, body=write.body)


async def undo(edit: Edit, name: str, row_id: str, revision: int | None = None) -> Response:
    """Takes an edit back. Raises Unknown where there is none, and Conflict."""
    below = await asyncio.to_thread(below_edits, edit.center.settings.city, name, row_id)
    async with editing(edit.center, name, row_id, revision) as (connection, found):
        if found is None or found.origin != EDIT:
            raise Unknown(say("unedited", id=row_id, name=name))
        async with nothing_left_loose(connection):
            await put_reference(connection, Write(name, row_id, *below), edit.editor.name, utc_now())
        await note(connection, edit.request, edit.editor, f"{name}.edit_undone", row_id, taken_back=found.body)
    body, origin = below
    return json_answer(Undone(id=row_id, origin=None if body is None else origin, body=body))


async def tried(edit: Edit, proposal: Proposal) -> Response:
    """What it would have made of the last 24 hours; it goes on where that takes longer than the answer waits."""
    backtest_id = await begin(edit.center, edit.request, edit.editor, proposal)
    found = await edit.center.backtests.over(backtest_id, DRY_RUN_S)
    return json_answer(found, 202, Location=f"/v1/backtests/{backtest_id}")
