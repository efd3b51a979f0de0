"""What silences cover: as it would be, and as it was."""

from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.enrich import Catalogue
from city.incidents import Moment, Outcome, Tracked, suppress
from city.suppression import Standing
from infra.clock import utc_now
from infra.postgres.tables import signals, suppressions
from infra.postgres.window_store import load_whole, touched_by
from schemas.suppression import Window
from services.api.people import Person
from services.api.sight import seen_signals, sees
from services.api.window_shapes import Affected, Preview


async def preview(connection: AsyncConnection, person: Person, window: Window, words: Catalogue) -> Preview:
    """What the window alone would cover now, as far as the person may see it."""
    names = await touched_by(connection, [window], words)
    state = await load_whole(connection, names, locked=False)
    judged = suppress(state, Outcome(), names, Standing(words, [window]), Moment(utc_now()))
    seen = {name: one for name, one in judged.outcome.incidents.items() if sees(person, one.incident)}
    held = {one.signal for name in seen for one in judged.held.get(name, ())}
    return Preview(signals=len(held), incidents=[_affected(one) for one in seen.values()])


def _affected(tracked: Tracked) -> Affected:
    copied = ("id", "title", "title_vi", "severity", "active_count", "suppressed_count")
    incident = tracked.incident
    return Affected(**{name: getattr(incident, name) for name in copied}, whole=incident.suppressed is not None)


def seen_covered(person: Person) -> Select[Any]:
    """Suppressions of signals that the person may see."""
    return select(suppressions).join(signals, signals.c.id == suppressions.c.signal_id).where(seen_signals(person))


def covered_view(row: Row[Any]) -> dict[str, Any]:
    """A suppression as it is shown."""
    return {**row.body, "incident": row.incident_id, "began_at": row.began_at, "ended_at": row.ended_at}
