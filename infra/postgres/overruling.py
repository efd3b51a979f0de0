"""Merge, split, detach, undo: loads all around the incidents, thinks, and saves with the facts that stay."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.enrich import Catalogue
from city.incidents import Command, Moment, Reshaped, Scene, overrule_named, reshape
from infra.postgres.incident_store import hold, load_around, save
from infra.postgres.sheet_store import keep_sheets
from infra.postgres.tables import changes, facts, incidents
from infra.postgres.whereabouts import way, whereabouts
from infra.postgres.window_store import lock, look_again
from schemas.incidents import Change, Incident


async def reshaped(
    connection: AsyncConnection, incident_id: str, command: Command, moment: Moment, words: Catalogue
) -> Incident:
    """The incident after the command, in the caller's transaction. Raises Unknown, Invalid, Conflict."""
    scene = await _scene(connection, incident_id, command, moment, words)
    other = command.incident and await whereabouts(connection, command.incident)
    done = reshape(scene, msgspec.structs.replace(command, incident=other))
    await save(connection, scene.state, done.outcome, words.city.id, moment.now)
    reached = {**scene.state.incidents, **done.outcome.incidents}
    await look_again(connection, {name: one.incident for name, one in reached.items()})
    await keep_sheets(connection, done.outcome, words.instructions)
    await _keep(connection, done, moment)
    return done.outcome.incidents[done.incident].incident


async def _scene(
    connection: AsyncConnection, incident_id: str, command: Command, moment: Moment, words: Catalogue
) -> Scene:
    """Nobody else reshapes these regions from here on; what was merged until now counts as what it went into."""
    named = [incident_id, *([command.incident] if command.incident else [])]
    await lock(connection, exclusive=False)
    await hold(connection, await _regions(connection, named))
    first, *others = [await whereabouts(connection, name) for name in named]
    state = await load_around(connection, {first, *others})
    scene = Scene(state=state, words=words, moment=moment, incident=first)
    if command.command != "undo":
        return scene
    made = await _made(connection, overrule_named(scene.tracked, command).id)
    if made is None:
        return scene
    went = {name for one in made.moved_to for name in await way(connection, one)}
    state = await load_around(connection, {first, *made.merged_from, *went}, made.removed)
    return msgspec.structs.replace(scene, state=state, made=made)


async def _regions(connection: AsyncConnection, names: Iterable[str]) -> set[str]:
    query = select(incidents.c.region).where(incidents.c.id.in_(list(names)))
    return set((await connection.execute(query)).scalars())


async def _made(connection: AsyncConnection, overrule: str) -> Change | None:
    incident, _, version = overrule.rpartition(".")
    query = select(changes.c.body).where(changes.c.incident_id == incident, changes.c.version == int(version))
    body = (await connection.execute(query)).scalar_one_or_none()
    return msgspec.convert(body, Change) if body else None


async def _keep(connection: AsyncConnection, done: Reshaped, moment: Moment) -> None:
    rows = [
        {"kind": one.kind, "signal_a": one.a, "signal_b": one.b, "said": one.said, "by": moment.by, "at": moment.now}
        for one in done.said
    ]
    if rows:
        await connection.execute(facts.insert(), rows)
    if done.undone:
        over = facts.update().where(facts.c.said == done.undone, facts.c.undone_at.is_(None))
        await connection.execute(over.values(undone_at=moment.now, undone_by=moment.by))
