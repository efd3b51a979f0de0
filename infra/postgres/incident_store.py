"""Loads what a batch touches, locked, and saves what came out, in the caller's transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ARRAY, Row, Text, bindparam, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from city.incidents import Fact, Outcome, State, Tracked
from infra.postgres import outbox
from infra.postgres.incident_rows import (
    BODY,
    TRACKED,
    change_row,
    explanation_of,
    group_row,
    incident_row,
    published,
    signal_row,
    tracked_of,
)
from infra.postgres.known_groups import PLACE, KnownGroups
from infra.postgres.names import among, not_among
from infra.postgres.row_sets import put
from infra.postgres.tables import changes, facts, groups, incidents, signals
from schemas.errors import Unknown
from schemas.ids import incident_id
from schemas.links import Explanation
from schemas.sentences import say
from schemas.signals import ACTIVE, CLEARED

SHAPE = 7_160_004
Placed = tuple[dict[str, Explanation], dict[str, str]]
"""Explanations by group, and the incident of each that is in one."""
REGION_LOCK = text("SELECT pg_advisory_xact_lock(:lock, hashtext(:region))")

NEVER_WAS = (
    signals.update()
    .where(signals.c.id == func.any(bindparam("left", type_=ARRAY(Text))), signals.c.group_id.is_(None))
    .where(signals.c.state == ACTIVE)
    .values(
        state=CLEARED,
        cleared_at=signals.c.raised_at,
        body=signals.c.body.op("||")(
            func.jsonb_build_object("state", CLEARED, "withdrawn", true(), "cleared_at", signals.c.body["raised_at"])
        ),
    )
)
"""What is active in no group: another took its place, or it never was. Where it only moves, its new group writes it."""


async def load(
    connection: AsyncConnection,
    explanations: Iterable[Explanation],
    due_until: datetime | None = None,
    groups_known: KnownGroups | None = None,
) -> State:
    """Everything that these explanations may touch, and what is due until then; the incidents are locked.

    `groups_known`: what need not be read again.
    """
    found = list(explanations)
    await hold(connection, {one.region for one in found})
    known = await _known_signals(connection, {signal.id for one in found for signal in one.signals})
    placed = await _Neighbourhood(connection, groups_known or KnownGroups()).around(found, known)
    state = await _state(connection, placed, found, (set(known.values()), due_until))
    return msgspec.structs.replace(state, signals={**known, **state.signals})


async def load_around(connection: AsyncConnection, wanted: set[str], moved: Iterable[str] = ()) -> State:
    """These incidents whole, the groups of these signals, and everything linked to them; the incidents are locked.

    The caller holds the regions.
    """
    query = select(groups.c.incident_id, BODY).join(signals, signals.c.group_id == groups.c.id)
    rows = (await connection.execute(query.where(among(signals.c.id, set(moved))))).all()
    elsewhere = [explanation_of(row) for row in rows]
    known = {name: name for name in wanted | {row.incident_id for row in rows if row.incident_id}}
    placed = await _Neighbourhood(connection, KnownGroups()).around(elsewhere, known)
    return await _state(connection, placed, [], (wanted, None))


async def hold(connection: AsyncConnection, regions: set[str]) -> None:
    """Until the transaction ends nobody else changes which signals belong together in these regions."""
    for region in sorted(regions):
        await connection.execute(REGION_LOCK, {"lock": SHAPE, "region": region})


async def _state(
    connection: AsyncConnection,
    placed: Placed,
    found: list[Explanation],
    also: tuple[set[str], datetime | None],
) -> State:
    """What was loaded, with its incidents, `also` those named or due until then, and the facts about all of it."""
    stored, assigned = placed
    touched = set(assigned.values())
    wanted = touched | {incident_id(one.signals[0].id) for one in [*found, *stored.values()] if one.signals}
    tracked = await _locked(connection, wanted | also[0], also[1])
    near = {link.cause for one in [*found, *stored.values()] for link in one.candidates}
    own = {s.id: assigned[name] for name, one in stored.items() if name in assigned for s in one.signals}
    return State(
        groups=stored,
        assigned=assigned,
        signals={**await _known_signals(connection, near), **own},
        incidents=tracked,
        whole=frozenset(touched & tracked.keys()),
        facts=await _facts(connection, {s.id for one in [*found, *stored.values()] for s in one.signals}),
    )


async def load_incident(connection: AsyncConnection, wanted: str) -> Tracked:
    """One incident, locked. Raises Unknown."""
    row = (await connection.execute(select(*TRACKED).where(incidents.c.id == wanted).with_for_update())).one_or_none()
    if row is None:
        raise Unknown(say("no_incident", id=wanted))
    return tracked_of(row)


async def save(connection: AsyncConnection, state: State, outcome: Outcome, city: str, now: datetime) -> None:
    """Writes an outcome computed from `state`: rows, changes and outbox."""
    await put(connection, incidents, [incident_row(one) for one in outcome.incidents.values()], "id")
    placed = {**state.assigned, **outcome.assigned}
    await _save_signals(connection, state, outcome, placed)
    rows = [group_row(one, placed.get(name) or None) for name, one in outcome.groups.items()]
    await put(connection, groups, rows, "id")
    moved = [{"moved": name, "to": to or None} for name, to in outcome.assigned.items() if name not in outcome.groups]
    if moved:
        where = groups.c.id == bindparam("moved")
        await connection.execute(groups.update().where(where).values(incident_id=bindparam("to")), moved)
    await put(connection, changes, [change_row(one) for one in outcome.changes])
    await outbox.write(connection, published(outcome.changes, state.incidents, city, now))


async def _save_signals(connection: AsyncConnection, state: State, outcome: Outcome, placed: dict[str, str]) -> None:
    rows = {}
    for name in outcome.groups.keys() | outcome.assigned.keys():
        before = state.groups.get(name)
        now = outcome.groups.get(name, before)
        moved = state.assigned.get(name) != (placed.get(name) or None)
        there = {} if moved or before is None else {signal.id: signal for signal in before.signals}
        for signal in now.signals if now else ():
            if there.get(signal.id) != signal:
                rows[signal.id] = signal_row(signal, name, placed.get(name) or None)
    await put(connection, signals, list(rows.values()), "id")
    left = {signal.id for name in outcome.groups if name in state.groups for signal in state.groups[name].signals}
    left -= {signal.id for one in outcome.groups.values() for signal in one.signals}
    if left:
        gone = among(signals.c.id, left) & among(signals.c.group_id, set(outcome.groups))
        await connection.execute(signals.update().where(gone).values(group_id=None, incident_id=None))
        await connection.execute(NEVER_WAS, {"left": list(left)})


class _Neighbourhood:
    """The stored groups around a batch: causes, effects, shared suspicion, and all of every incident touched."""

    def __init__(self, connection: AsyncConnection, known: KnownGroups) -> None:
        self._connection, self._known = connection, known
        self._rows: dict[str, Row[Any]] = {}

    async def around(self, found: list[Explanation], known: dict[str, str]) -> Placed:
        names = {name for one in found for name in (one.group, one.parent_group, one.held_to) if name}
        suspected = {one.suspected_asset for one in found if one.suspected_asset}
        whole = set(known.values())
        seen: tuple[set[str], set[str], set[str]] = (set(), set(), set())
        while names - seen[0] or suspected - seen[1] or whole - seen[2]:
            rows = await self._step(names - seen[0], suspected - seen[1], whole - seen[2])
            seen = (set(names), set(suspected), set(whole))
            for row in rows:
                self._rows[row.id] = row
                names |= {one for one in (row.id, row.parent_group, row.held_to, row.part_of) if one}
                suspected |= {row.suspected_asset} - {None}
                whole |= {row.incident_id} - {None}
        rows = self._rows.values()
        return await self._known.of(self._connection, rows), {
            row.id: row.incident_id for row in rows if row.incident_id
        }

    async def _step(self, names: set[str], suspected: set[str], whole: set[str]) -> Iterable[Row[Any]]:
        """Rows that are not here yet: an incident of thousands is read once."""
        query = select(*PLACE).where(
            or_(
                among(groups.c.id, names - self._rows.keys()),
                among(groups.c.parent_group, names),
                among(groups.c.held_to, names),
                among(groups.c.part_of, names),
                among(groups.c.suspected_asset, suspected),
                among(groups.c.incident_id, whole),
            ),
            not_among(groups.c.id, self._rows.keys()),
        )
        return (await self._connection.execute(query)).all()


async def _known_signals(connection: AsyncConnection, wanted: set[str]) -> dict[str, str]:
    """Signal → incident."""
    if not wanted:
        return {}
    query = select(signals.c.id, signals.c.incident_id).where(
        among(signals.c.id, wanted), signals.c.incident_id.is_not(None)
    )
    return {row.id: row.incident_id for row in await connection.execute(query)}


async def _locked(connection: AsyncConnection, wanted: set[str], due_until: datetime | None) -> dict[str, Tracked]:
    which = among(incidents.c.id, wanted)
    if due_until is not None:
        which = or_(which, incidents.c.due_at <= due_until)
    query = select(*TRACKED).where(which)
    rows = await connection.execute(query.order_by(incidents.c.id).with_for_update())
    return {row.id: tracked_of(row) for row in rows}


async def _facts(connection: AsyncConnection, members: set[str]) -> tuple[Fact, ...]:
    if not members:
        return ()
    query = select(facts).where(
        facts.c.undone_at.is_(None), among(facts.c.signal_a, members), among(facts.c.signal_b, members)
    )
    rows = await connection.execute(query.order_by(facts.c.id))
    return tuple(Fact(row.kind, row.signal_a, row.signal_b, row.said) for row in rows)
