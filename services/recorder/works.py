"""Planned works that feeds announce, from the events of the reports' domain, into the table of windows."""

from collections.abc import Sequence

import msgspec
from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncConnection

from city.suppression import planned
from infra.postgres.window_store import add_window
from schemas.errors import Invalid
from schemas.events import Event, decode_event_record
from services.recorder.letters import Letters

REPORTS = "reports"
"""The domain that ingest gives planned works to."""
PLANNED = "work.planned"


class Works:
    """The work of the recorder on the events of the reports' domain."""

    def __init__(self, letters: Letters) -> None:
        """`letters` takes what cannot be read."""
        self._letters = letters

    async def apply(self, connection: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
        """Writes the works down; the same event again changes nothing."""
        for record in records:
            if PLANNED.encode() not in (record.value or b""):
                continue
            try:
                await self._take(connection, record)
            except Invalid as error:
                await self._letters.refuse(record, error)
            except msgspec.DecodeError:
                continue  # detect reads it too, and has put it among the dead letters

    async def _take(self, connection: AsyncConnection, record: ConsumerRecord) -> None:
        event = decode_event_record(record.value)
        if isinstance(event, Event) and event.type == PLANNED:
            await add_window(connection, planned(event))
