"""Keeps the words of procedures that incidents got, once for each wording, and finds them again."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from city.checklist import Instructions
from city.incidents import Outcome
from infra.postgres.incident_rows import plain
from infra.postgres.tables import sheets
from schemas.procedures import Checklist, Procedure


async def keep_sheets(connection: AsyncConnection, outcome: Outcome, instructions: Instructions) -> None:
    """Keeps the words of what the incidents of an outcome have got from the instructions in force."""
    got = {sheet.digest for one in outcome.incidents.values() for sheet in one.checklist.sheets}
    rows = [{"digest": name, "body": plain(one)} for name, one in sorted(instructions.by_digest.items()) if name in got]
    if rows:
        await connection.execute(insert(sheets).on_conflict_do_nothing(), rows)


async def wordings(connection: AsyncConnection, checklists: Iterable[Checklist]) -> dict[str, Procedure]:
    """Digest → words, of every sheet of these checklists."""
    wanted = {sheet.digest for one in checklists for sheet in one.sheets}
    rows = await connection.execute(select(sheets).where(sheets.c.digest.in_(sorted(wanted))))
    return {row.digest: msgspec.convert(row.body, Procedure) for row in rows}
