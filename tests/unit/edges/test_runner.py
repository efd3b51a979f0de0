"""An edge goes on, whatever ends one run of it."""

import asyncio
import sys
from types import SimpleNamespace
from typing import Any, cast

import pytest

from schemas.edges import Edge, Files, Layout
from schemas.sentences import say
from services.ingest.edges import runner
from services.ingest.edges.health import Health, Later
from services.ingest.edges.intake import Intake

LAYOUT = Layout(name=".*", columns=("value",), time_format="%Y", parameters={"p": "stage_m"})
EDGE = Edge(id="e", name="E", name_vi="E", files=Files(folder="/srv", layout=LAYOUT))


async def test_an_edge_whose_library_cancels_what_waits_for_it_is_told_and_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs, begun_anew = [], asyncio.Event()

    async def run(intake: Intake) -> None:
        runs.append(intake.health.told.state)
        if len(runs) == 1:
            raise asyncio.CancelledError
        begun_anew.set()
        await asyncio.sleep(60)

    monkeypatch.setitem(sys.modules, "an_edge", cast(Any, SimpleNamespace(run=run)))
    monkeypatch.setitem(runner.MODULES, "files", "an_edge")
    monkeypatch.setattr(runner, "FIRST_WAIT_S", 0.0)
    keeping = asyncio.create_task(runner._keep(Intake(EDGE, cast(Any, None), Health("e"))))
    await asyncio.wait({keeping, asyncio.create_task(begun_anew.wait())}, timeout=10, return_when="FIRST_COMPLETED")
    assert runs == ["connecting", "failed"]
    keeping.cancel()
    await asyncio.wait({keeping})


async def test_who_wants_to_be_asked_again_later_is_not_asked_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def run(_: Intake) -> None:
        raise Later(say("answers_later", status="429", seconds="120"), 120.0)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            raise asyncio.CancelledError

    monkeypatch.setitem(sys.modules, "an_edge", cast(Any, SimpleNamespace(run=run)))
    monkeypatch.setitem(runner.MODULES, "files", "an_edge")
    monkeypatch.setattr(asyncio, "sleep", sleep)
    intake = Intake(EDGE, cast(Any, None), Health("e"))
    with pytest.raises(asyncio.CancelledError):
        await runner._keep(intake)
    assert waits == [120.0, 120.0]
    assert intake.health.told.detail_vi == "trả lời 429 và muốn được hỏi lại sau 120 giây"
