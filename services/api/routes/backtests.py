"""`/v1/backtests`: what other rules, conditions and limits would have made of the center's own history."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from infra.cities.proposed import with_proposal
from infra.clock import utc_now
from infra.postgres import backtest_store as store
from infra.postgres.clocks import recorded_clock
from infra.postgres.past import JUDGED, in_force
from infra.postgres.reference import present_city
from schemas.backtests import BacktestView, Proposal
from services.api.answers import Page, body_as, gives, json_answer, takes
from services.api.audit import note
from services.api.backtests.examples import BACKTEST, PROPOSALS
from services.api.backtests.span import check_something, span
from services.api.center import Center, Here
from services.api.people import CONNECT, Connector, Person, may

router = APIRouter(prefix="/v1/backtests", tags=["judging"], dependencies=[Depends(may(CONNECT))])


async def begin(center: Center, request: Request, person: Person, proposal: Proposal) -> str:
    """Checks a proposal and queues its backtest; the id. Raises Invalid naming the field."""
    check_something(proposal)
    async with center.engine.connect() as connection:
        start, to = span(proposal, await recorded_clock(connection, await present_city(connection)) or utc_now())
        with_proposal(await in_force(connection, *JUDGED), proposal)
    proposal = msgspec.structs.replace(proposal, start=start, to=to)
    backtest_id = await center.backtests.start(proposal, person.name)
    async with center.engine.begin() as connection:
        await note(connection, request, person, "backtest.started", backtest_id)
    return backtest_id


@router.post(
    "",
    summary="Try rules, conditions and limits on the past",
    openapi_extra=takes(Proposal, examples=PROPOSALS),
    **gives(BacktestView, "Queued; ask for it by its id", status=202, example=BACKTEST),
)
async def ask(center: Here, request: Request, connector: Connector) -> Response:
    """Which incidents would appear, vanish, merge, split or change, and why.

    Both sides are judged anew from the same signals; what people merged or split by hand counts on neither. Signals of
    conditions that would be judged otherwise are raised anew, on both sides, from the readings that the topics still
    keep (7 days; `from` of the findings says how far back). At most 31 days, 50,000 signals and 50 million readings.
    Nothing that is in force is changed.
    """
    proposal = await body_as(request, Proposal)
    backtest_id = await begin(center, request, connector, proposal)
    found = await center.backtests.find(backtest_id)
    return json_answer(found, 202, Location=f"/v1/backtests/{backtest_id}")


@router.get("", summary="Backtests", **gives(Page[BacktestView], "The newest first"))
async def listed(center: Here, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
    """Those of the last 30 days."""
    async with center.engine.begin() as connection:
        await store.give_up_lost(connection, utc_now())
        return json_answer(Page(items=await store.newest(connection, limit)))


@router.get(
    "/{backtest_id}", summary="One backtest", **gives(BacktestView, "How far it has come, and what it found", 404)
)
async def one(center: Here, backtest_id: str) -> Response:
    """Ask again until its `state` is `done`, `failed` or `cancelled`."""
    return json_answer(await center.backtests.find(backtest_id))


@router.delete("/{backtest_id}", summary="Cancel a backtest", **gives(BacktestView, "As it is now", 404))
async def cancel(center: Here, request: Request, connector: Connector, backtest_id: str) -> Response:
    """One that is over stays as it is."""
    found, ended = await center.backtests.cancel(backtest_id)
    if ended:
        async with center.engine.begin() as connection:
            await note(connection, request, connector, "backtest.cancelled", backtest_id)
    return json_answer(found)
