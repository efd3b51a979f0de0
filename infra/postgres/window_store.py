"""Silences and works in PostgreSQL: which are in force, and which signals they have covered.

What is in force changes only under the exclusive lock, in the transaction that looks again at all it may touch; a batch
of links holds the lock shared. So at every commit an incident is suppressed by exactly what is in force then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import array, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from city.enrich import Catalogue
from city.incidents import State
from city.suppression import Standing
from infra.postgres.clocks import CENTER_CLOCK
from infra.postgres.incident_rows import BODY, TRACKED, explanation_of, plain, tracked_of
from infra.postgres.names import among
from infra.postgres.tables import groups, incidents, signals, suppressions, windows
from schemas.incidents import LIVE_STATES, RESOLVED, Incident
from schemas.signals import ACTIVE, Signal
from schemas.suppression import EXPIRED, IN_FORCE, PENDING, Suppression, Window

LOCK = 7_160_007
CHUNK = 1000


async def lock(connection: AsyncConnection, *, exclusive: bool) -> None:
    """Until the end of the transaction. To be awaited before what it guards is read."""
    name = "pg_advisory_xact_lock" if exclusive else "pg_advisory_xact_lock_shared"
    await connection.execute(text(f"SELECT {name}(:lock)"), {"lock": LOCK})


async def add_window(connection: AsyncConnection, window: Window) -> bool:
    """A new window, to begin when the recorder's clock passes its start. False: its id is known already."""
    values = {"state": PENDING, "due_at": window.starts_at, "revision": 0, **_columns(window)}
    placed = insert(windows).values(values).on_conflict_do_nothing().returning(windows.c.id)
    return (await connection.execute(placed)).one_or_none() is not None


async def change_window(connection: AsyncConnection, window: Window, due_at: datetime) -> None:
    """Other words or another end; the recorder looks at it anew once its clock has reached `due_at`."""
    query = windows.update().where(windows.c.id == window.id)
    await connection.execute(query.values(due_at=due_at, **_columns(window)))


def _columns(window: Window) -> dict[str, Any]:
    within = {name: getattr(window, name).astimezone(UTC) for name in ("starts_at", "ends_at")}
    window = msgspec.structs.replace(window, **within)
    copied = ("id", "kind", "starts_at", "ends_at", "agency", "owner", "created_at")
    return {name: getattr(window, name) for name in copied} | {"body": plain(window)}


def window_of(row: Row[Any]) -> Window:
    """The window in a row of `windows`."""
    return msgspec.convert(row.body, Window)


class Present:
    """The windows in force and those that ended lately, in memory, brought up to date by what was done since."""

    def __init__(self, words: Callable[[], Catalogue]) -> None:
        """`words` gives the present catalogue."""
        self._words = words
        self._standing: Standing | None = None
        self._revision = 0

    async def standing(self, connection: AsyncConnection) -> Standing:
        """Those of now; the caller holds the lock."""
        words = self._words()
        if self._standing is None or self._standing.words is not words:
            self._standing, self._revision = Standing(words), 0
        query = select(windows).where(windows.c.revision > self._revision).order_by(windows.c.ends_at)
        for row in await connection.execute(query if self._revision else query.where(_may_cover(words))):
            self._revision = max(self._revision, row.revision)
            if row.state == IN_FORCE:
                self._standing.put(window_of(row))
            elif row.state == EXPIRED:
                self._standing.end(window_of(row))
            else:
                self._standing.drop(row.id)
        return self._standing

    def forget(self) -> None:
        """A transaction in which this was brought up to date was taken back."""
        self._standing = None


def _may_cover(words: Catalogue) -> ColumnElement[bool]:
    """What is in force, and what ended so lately that something under it may not have been told yet."""
    lately = func.coalesce(CENTER_CLOCK.scalar_subquery(), func.now()) - timedelta(seconds=words.longest_lateness_s)
    return (windows.c.state == IN_FORCE) | ((windows.c.state == EXPIRED) & (windows.c.ends_at >= lately))


async def take_due(connection: AsyncConnection, now: datetime) -> list[Window]:
    """Lets windows begin and end that are due; the caller holds the lock exclusively. Returns those touched."""
    query = select(windows).where(windows.c.due_at <= now).order_by(windows.c.due_at, windows.c.id)
    rows = (await connection.execute(query.with_for_update())).all()
    revision = (await connection.execute(select(func.max(windows.c.revision)))).scalar_one_or_none() or 0
    moved = [{"which": row.id, **_moved(row, now), "to": number} for number, row in enumerate(rows, revision + 1)]
    if moved:
        change = windows.update().where(windows.c.id == bindparam("which")).values(revision=bindparam("to"))
        await connection.execute(change, moved)
    return [window_of(row) for row in rows]


def _moved(row: Row[Any], now: datetime) -> dict[str, Any]:
    if row.ends_at <= now:
        return {"state": EXPIRED, "due_at": None}
    if row.starts_at <= now:
        return {"state": IN_FORCE, "due_at": row.ends_at}
    return {"state": PENDING, "due_at": row.starts_at}


async def look_again(connection: AsyncConnection, found: Mapping[str, Incident]) -> None:
    """The recorder looks at once at what covers something of these incidents, which people moved, or did once.

    What comes back from a merge says what was in force then.
    """
    covering = select(suppressions.c.window_id).where(
        suppressions.c.ended_at.is_(None), suppressions.c.incident_id.in_(sorted(found))
    )
    said = {name for one in found.values() if one.suppressed for name in one.suppressed.by}
    now = windows.update().where(windows.c.id.in_(covering) | among(windows.c.id, said), windows.c.state != PENDING)
    await connection.execute(now.values(due_at=windows.c.starts_at))


async def touched_by(connection: AsyncConnection, changed: Sequence[Window], words: Catalogue) -> set[str]:
    """The incidents that these windows cover, or have covered until now, and those that say so."""
    if not changed:
        return set()
    ids = [window.id for window in changed]
    query = select(suppressions.c.incident_id).where(suppressions.c.ended_at.is_(None))
    found = set((await connection.execute(query.where(suppressions.c.window_id.in_(ids)).distinct())).scalars())
    said = incidents.c.body["suppressed"]["by"].has_any(array(ids))
    standing = select(incidents.c.id).where(incidents.c.state.in_((*LIVE_STATES, RESOLVED)), said)
    found |= set((await connection.execute(standing)).scalars())
    asked = Standing(words, changed)
    active = select(signals.c.body, signals.c.incident_id).where(
        signals.c.state == ACTIVE, signals.c.incident_id.is_not(None)
    )
    rows = await connection.execute(active)
    return found | {row.incident_id for row in rows if asked.covering(msgspec.convert(row.body, Signal))}


async def load_whole(connection: AsyncConnection, names: Iterable[str], *, locked: bool = True) -> State:
    """These incidents with every group of them."""
    wanted = set(names)
    query = select(*TRACKED).where(among(incidents.c.id, wanted)).order_by(incidents.c.id)
    found = await connection.execute(query.with_for_update() if locked else query)
    tracked = {row.id: tracked_of(row) for row in found}
    rows = (
        await connection.execute(
            select(groups.c.id, groups.c.incident_id, BODY).where(among(groups.c.incident_id, wanted))
        )
    ).all()
    return State(
        groups={row.id: explanation_of(row) for row in rows},
        assigned={row.id: row.incident_id for row in rows},
        incidents=tracked,
        whole=frozenset(tracked),
    )


Key = tuple[str, str]
Held = dict[Key, tuple[str, Suppression]]


async def keep_held(
    connection: AsyncConnection,
    held: Mapping[str, Sequence[Suppression]],
    also: Iterable[str],
    standing: Standing,
    now: datetime,
) -> None:
    """Writes down what is covered in these incidents now; what is no longer has ended. `also`: those merged away."""
    if not held:
        return
    wanted: Held = {(one.window, one.signal): (name, one) for name, several in held.items() for one in several}
    query = select(suppressions).where(
        suppressions.c.ended_at.is_(None), suppressions.c.incident_id.in_(sorted({*held, *also}))
    )
    there = {(row.window_id, row.signal_id): row for row in await connection.execute(query)}
    over = [row.id for key, row in there.items() if key not in wanted]
    if over:
        await connection.execute(suppressions.update().where(suppressions.c.id.in_(over)).values(ended_at=now))
    stale = [row for key, row in there.items() if key in wanted and not _tells(row, *wanted[key])]
    for row in stale:
        values = _row(*wanted[row.window_id, row.signal_id])
        await connection.execute(suppressions.update().where(suppressions.c.id == row.id).values(values))
    known = await _known(connection, [key for key in wanted if not standing.in_force(key[0])])
    new = [
        _row(*wanted[key]) | {"began_at": now, "ended_at": None if standing.in_force(key[0]) else now}
        for key in wanted.keys() - there.keys() - known
    ]
    for start in range(0, len(new), CHUNK):
        await connection.execute(suppressions.insert(), new[start : start + CHUNK])


async def _known(connection: AsyncConnection, over: Sequence[Key]) -> set[Key]:
    """Of what windows that ended covered, what was written down while they had not."""
    if not over:
        return set()
    columns = suppressions.c.window_id, suppressions.c.signal_id
    query = select(*columns).where(among(columns[1], {signal for _, signal in over}))
    found = await connection.execute(query.where(among(columns[0], {window for window, _ in over})))
    return {(row.window_id, row.signal_id) for row in found}


def _row(incident: str, one: Suppression) -> dict[str, Any]:
    return {"window_id": one.window, "signal_id": one.signal, "incident_id": incident, "body": plain(one)}


def _tells(row: Row[Any], incident: str, one: Suppression) -> bool:
    return bool(row.incident_id == incident and row.body == plain(one))


_ANY_DUE = (
    select(windows.c.id)
    .where(
        windows.c.due_at
        <= func.coalesce(CENTER_CLOCK.scalar_subquery(), bindparam("wall", type_=windows.c.due_at.type))
    )
    .limit(1)
)


async def any_due(connection: AsyncConnection, wall: datetime) -> bool:
    """Whether anything waits for `take_due` by the center's clock, or by the one on the `wall` where it has none."""
    return bool((await connection.execute(_ANY_DUE, {"wall": wall})).all())
