"""Asking again and again: what is refused each time is told once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from math import isfinite
from typing import Any, NoReturn

import msgspec

from schemas.cloudevents import encode_event
from schemas.sentences import Sentence, joined, say
from services.ingest.edges.health import FAILED
from services.ingest.edges.intake import Fault, Intake, Message, readings


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was read when somebody was asked."""

    origin: str
    """Who was asked."""
    at_ms: int
    """When, Unix milliseconds."""
    records: list[dict[str, Any]]
    """SenML, each with name, value and time."""
    faults: list[Fault]
    """What could not be read."""

    @property
    def id(self) -> str:
        """Of the event that it becomes."""
        return f"{self.origin}@{self.at_ms}"


class Told:
    """Remembers the fields that are at fault, so that each is told when that begins."""

    def __init__(self) -> None:
        self._fields: set[str | None] = set()

    def begun(self, faults: Sequence[Fault]) -> list[Fault]:
        """Those of fields that were not at fault the last time."""
        before, self._fields = self._fields, {fault.field for fault in faults}
        return [fault for fault in faults if fault.field not in before]


async def poll(intake: Intake, ask: Callable[[], Awaitable[Answer]], every_s: float) -> NoReturn:
    """Takes what `ask` brings every so many seconds; the faults of a field are dead letters when they begin. Who
    answers, but nothing that could be taken, has failed as much as who does not.
    """
    told = Told()
    while True:
        answer = await ask()
        good, refused = sifted(intake, answer)
        faults = [*answer.faults, *refused]
        events = [readings(intake.edge, answer.id, good)] if good else []
        await intake.take([Message(origin=answer.origin, events=events, faults=told.begun(faults))])
        intake.health.now("connected" if good or not faults else FAILED, shown(faults))
        await asyncio.sleep(every_s)


def shown(faults: Sequence[Fault]) -> Sentence:
    """The faults as an edge's status has them; empty if there are none."""
    return joined((fault.detail for fault in faults), "; ")


def sifted(intake: Intake, answer: Answer) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The records that the judge takes, and the others as faults of their names, each an event that holds it alone."""
    why: dict[int, str] = {
        at: say("not_finite") for at, record in enumerate(answer.records) if not isfinite(record["v"])
    }
    for fault in intake.refused(answer.records):
        why.setdefault(fault.record, fault.detail)
    faults = [
        Fault(
            encode_event(readings(intake.edge, answer.id, [answer.records[at]])),
            say("at_field", field=answer.records[at]["n"], detail=detail),
            answer.records[at]["n"],
        )
        for at, detail in sorted(why.items())
    ]
    return [record for at, record in enumerate(answer.records) if at not in why], faults
