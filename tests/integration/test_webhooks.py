"""Webhooks against a real receiver: signed bytes, retries, order, refusals, and what is never told."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import Webhook

from city.delivery import WEBHOOK
from infra.outbound.post import Attempt, Poster
from infra.postgres import redelivery, webhook_store
from infra.postgres.tables import attempts, deliveries, endpoints
from schemas.errors import Conflict
from schemas.incidents import Change
from services.webhooks.forms import Signed
from services.webhooks.intake import queue
from services.webhooks.sender import AT_ONCE, Sender
from tests.integration.deliveries import NOW, change, hurry, rows, work_until
from tests.waiting import eventually


class Receiver:
    """A small real HTTP server that answers as it is told and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[tuple[int, str]] = []
        self.delay_s = 0.0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.got.append((headers, body))
        await asyncio.sleep(self.delay_s)
        status, extra = self.answers.pop(0) if self.answers else (204, "")
        writer.write(f"HTTP/1.1 {status} x\r\n{extra}content-length: 0\r\nconnection: close\r\n\r\n".encode("latin-1"))
        await writer.drain()
        writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[tuple[Receiver, str]]:
    receives = Receiver()
    server = await asyncio.start_server(receives, "127.0.0.1", 0)
    async with server:
        yield receives, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"


@pytest.fixture
async def sender(engine: AsyncEngine) -> AsyncIterator[Sender]:
    async with aclosing(Poster(allow_private=True)) as http:
        works = Sender(engine, {WEBHOOK: Signed(http)})
        yield works
        await works.close()


async def register(engine: AsyncEngine, url: str, **filters: list[str]) -> Any:
    async with engine.begin() as connection:
        return await webhook_store.add_endpoint(connection, {"url": url, "filters": filters}, NOW)


async def enqueue(engine: AsyncEngine, *changes: Change) -> None:
    async with engine.begin() as connection:
        await queue(connection, await webhook_store.all_endpoints(connection), changes, NOW)


async def test_the_bytes_that_arrive_are_the_bytes_that_were_signed_and_stored(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    endpoint = await register(engine, url)
    await enqueue(engine, change("inc-a", 1))
    await work_until(sender, lambda: got.got)
    headers, body = got.got[0]
    assert body == (await rows(engine, deliveries))[0].body
    told = Webhook(endpoint.secrets[0]).verify(body, headers)
    assert told["data"]["incident"]["title_vi"] == "Mất điện"


async def test_a_change_that_comes_twice_is_sent_once(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    await register(engine, url)
    await enqueue(engine, change("inc-a", 1), change("inc-a", 2))
    await enqueue(engine, change("inc-a", 1))
    await work_until(sender, lambda: len(got.got) >= 2)
    assert len(await rows(engine, deliveries)) == 2


async def test_a_failed_version_holds_back_the_later_ones_of_its_incident_only(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    await register(engine, url)
    got.answers = [(500, "")]
    await enqueue(engine, change("inc-a", 1))
    await work_until(sender, lambda: len(got.got) == 1)
    await enqueue(engine, change("inc-a", 2), change("inc-b", 1))

    async def waiting() -> bool:
        return [row.state for row in await rows(engine, deliveries)] == ["waiting", "waiting", "delivered"]

    await work_until(sender, waiting)
    await hurry(engine)
    await work_until(sender, lambda: len(got.got) == 4)
    sent = [msgspec.json.decode(body)["data"] for _, body in got.got]
    assert [(one["incident_id"], one["version"]) for one in sent if one["incident_id"] == "inc-a"] == [
        ("inc-a", 1),
        ("inc-a", 1),
        ("inc-a", 2),
    ]
    assert got.got[0][0]["webhook-id"] in {headers["webhook-id"] for headers, _ in got.got[2:]}


async def test_what_waits_for_hours_is_hastened_with_a_fresh_schedule_and_what_is_on_its_way_is_left(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    endpoint = await register(engine, url)
    got.answers = [(500, "")]
    await enqueue(engine, change("inc-a", 1))

    async def tried() -> bool:
        return len(await rows(engine, attempts)) == 1

    await work_until(sender, tried)
    now = datetime.now(UTC)
    for wait, due in ((timedelta(seconds=45), False), (timedelta(hours=20), True)):
        async with engine.begin() as connection:
            await connection.execute(update(deliveries).values(next_at=now + wait, attempts=9))
            await redelivery.hasten(connection, endpoint.id, now)
        (row,) = await rows(engine, deliveries)
        assert (row.next_at <= now, row.attempts) == (due, 0 if due else 9)
    await work_until(sender, lambda: len(got.got) == 2)


async def test_a_receiver_that_is_gone_is_disabled_with_the_reason(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    await register(engine, url)
    got.answers = [(410, "")]
    await enqueue(engine, change("inc-a", 1))

    async def disabled() -> bool:
        return (await rows(engine, endpoints))[0].disabled_at is not None

    await work_until(sender, disabled)
    found = (await rows(engine, endpoints))[0]
    reasons = ("the receiver answered 410 Gone", "bên nhận trả lời 410 Gone")
    assert (found.disabled_reason, found.disabled_reason_vi) == reasons


class LateFailure:
    """Takes all but the last of so many at once; that one fails after the others have arrived."""

    def __init__(self, engine: AsyncEngine, number: int) -> None:
        self.engine, self.left = engine, number

    async def tell(self, *_: object) -> Attempt:
        self.left -= 1
        if self.left:
            return Attempt(status=204, error=None, duration_ms=1)
        await eventually(self._works, "another one has arrived")
        return Attempt(status=500, error=None, duration_ms=1)

    async def _works(self) -> bool:
        return (await rows(self.engine, endpoints))[0].failing_since is None


async def test_one_failure_after_successes_does_not_disable_what_had_failed_for_five_days(engine: AsyncEngine) -> None:
    await register(engine, "https://example.org/")
    async with engine.begin() as connection:
        await connection.execute(update(endpoints).values(failing_since=NOW - timedelta(days=6)))
    await enqueue(engine, *(change(f"inc-{number}", 1) for number in range(4)))
    sender = Sender(engine, {"webhook": LateFailure(engine, 4)})

    async def tried() -> bool:
        return len(await rows(engine, attempts)) == 4

    await work_until(sender, tried)
    await sender.close()
    assert (await rows(engine, endpoints))[0].disabled_at is None


async def test_a_redirect_is_a_failure_and_is_not_followed(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    await register(engine, url)
    got.answers = [(308, f"location: {url}/elsewhere\r\n")]
    await enqueue(engine, change("inc-a", 1))

    async def tried() -> bool:
        return len(await rows(engine, attempts)) == 1

    await work_until(sender, tried)
    assert len(got.got) == 1
    assert (await rows(engine, attempts))[0].status == 308
    assert (await rows(engine, deliveries))[0].state == "waiting"


async def test_a_dead_endpoint_does_not_slow_another(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    slow = Receiver()
    slow.delay_s = 8.0
    server = await asyncio.start_server(slow, "127.0.0.1", 0)
    await register(engine, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    await register(engine, url)
    await enqueue(engine, change("inc-a", 1))
    await work_until(sender, lambda: slow.got and got.got, seconds=5.0)
    server.close()


async def arrived(receiver: Receiver, count: int) -> None:
    async with asyncio.timeout(20):
        while len(receiver.got) < count:
            await asyncio.sleep(0.02)


async def test_what_was_queued_here_goes_out_at_once_however_much_it_is_and_what_others_queued_soon(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    got, url = receiver
    await register(engine, url)
    monkeypatch.setattr("services.webhooks.sender.ROUND_S", 3600.0)
    working = asyncio.create_task(sender.run())
    try:
        await enqueue(engine, *(change(f"inc-{number}", 1) for number in range(5 * AT_ONCE)))
        sender.news.set()
        await arrived(got, 5 * AT_ONCE)
        monkeypatch.setattr("services.webhooks.sender.ROUND_S", 0.05)
        sender.news.set()
        await enqueue(engine, change("inc-of-another", 1))
        await arrived(got, 5 * AT_ONCE + 1)
        assert not working.done()
    finally:
        working.cancel()


UNDIALLABLE = ["https://[abc", "https://e.org/a\u0001b", "https://e.org:99999/", "https://côngan.invalid/hook"]


async def test_a_delivery_that_cannot_even_be_tried_fails_with_its_reason_and_no_other_waits(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    for wrong in UNDIALLABLE:
        await register(engine, wrong)
    unsigned = (await register(engine, url)).id
    async with engine.begin() as connection:
        await connection.execute(update(endpoints).where(endpoints.c.id == unsigned).values(secrets=["whsec_\u2026"]))
    await register(engine, url)
    await enqueue(engine, change("inc-a", 1))

    async def tried() -> bool:
        return len(await rows(engine, attempts)) == len(UNDIALLABLE) + 2

    await work_until(sender, tried)
    reasons = [row.error for row in await rows(engine, attempts) if row.status is None]
    assert len(reasons) == len(UNDIALLABLE) + 1 and all(reasons)
    assert [row.state for row in await rows(engine, deliveries)] == ["waiting"] * len(reasons) + ["delivered"]
    assert len(got.got) == 1


async def test_an_answer_that_makes_no_sense_is_an_attempt_like_any_other(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    await register(engine, url)
    wishes = ("²", "Fri, 20 Nov 2026 10:01:30 +" + "9" * 30)
    got.answers = [(503, f"retry-after: {wish}\r\n") for wish in wishes]
    await enqueue(engine, *(change(f"inc-{number}", 1) for number in range(len(wishes))))

    async def tried() -> bool:
        return len(await rows(engine, attempts)) == len(wishes)

    await work_until(sender, tried)
    assert {(row.status, row.error) for row in await rows(engine, attempts)} == {(503, None)}


async def test_an_agency_that_was_down_for_hours_gets_everything_in_order_and_again_on_request_and_no_other_waits(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    other, down = Receiver(), (await register(engine, url)).id
    server = await asyncio.start_server(other, "127.0.0.1", 0)
    await register(engine, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    told = [("inc-a", 1), ("inc-b", 1), ("inc-a", 2), ("inc-b", 2), ("inc-a", 3)]
    got.answers = [(503, "")] * 100
    await enqueue(engine, *(change(incident, version) for incident, version in told))
    await work_until(sender, lambda: len(other.got) == len(told))
    for tries in range(1, 6):  # the fifth is two and a half hours after the first
        await work_until(sender, lambda tries=tries: len(got.got) >= 2 * tries)  # type: ignore[misc]
        await work_until(sender, lambda: written_down(engine, down))
        await hurry(engine)
    got.answers.clear()
    await work_until(sender, lambda: all_delivered(engine, down))
    first = [(headers["webhook-id"], body) for headers, body in got.got[-len(told) :]]
    assert in_order(first) == sorted(told)
    got.got.clear()
    async with engine.begin() as connection:
        asked = [await redelivery.replay_since(connection, down, NOW, datetime.now(UTC)) for _ in range(2)]
    assert asked == [len(told), 0], "asking twice changes nothing"
    await work_until(sender, lambda: all_delivered(engine, down))
    again = [(headers["webhook-id"], body) for headers, body in got.got]
    assert sorted(again) == sorted(first) and in_order(again) == sorted(told)
    assert len(other.got) == len(told)
    server.close()


async def written_down(engine: AsyncEngine, endpoint: str) -> bool:
    """Whether no attempt of the endpoint is under way."""
    async with engine.connect() as connection:
        mine = (await connection.execute(select(deliveries).where(deliveries.c.endpoint_id == endpoint))).all()
        query = select(func.count()).where(attempts.c.delivery_id.in_([row.id for row in mine]))
        tried: int = (await connection.execute(query)).scalar_one()
        return tried == sum(int(row.attempts) for row in mine)


async def all_delivered(engine: AsyncEngine, endpoint: str) -> bool:
    """Whether nothing of the endpoint waits."""
    return {row.state for row in await rows(engine, deliveries) if row.endpoint_id == endpoint} == {"delivered"}


def in_order(sent: Sequence[tuple[str, bytes]]) -> list[tuple[str, int]]:
    """(incident, version), of each incident as they came."""
    found = [msgspec.json.decode(body)["data"] for _, body in sent]
    return sorted(((one["incident_id"], one["version"]) for one in found), key=lambda one: one[0])


async def test_a_private_address_is_refused_and_the_log_says_so(
    engine: AsyncEngine, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    await register(engine, url)
    await enqueue(engine, change("inc-a", 1))
    async with aclosing(Poster(allow_private=False)) as http:
        strict = Sender(engine, {WEBHOOK: Signed(http)})

        async def tried() -> bool:
            return len(await rows(engine, attempts)) == 1

        await work_until(strict, tried)
        await strict.close()
    assert got.got == []
    assert "https" in (await rows(engine, attempts))[0].error


async def test_an_incident_absorbed_before_it_was_told_is_never_told(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    await register(engine, url)
    unsettled = datetime.now(UTC) + timedelta(seconds=60)
    await enqueue(engine, change("inc-effect", 1, settled_at=unsettled))
    await enqueue(engine, change("inc-effect", 2, settled_at=unsettled, merged_into="inc-cause"))
    await enqueue(engine, change("inc-cause", 1))
    await work_until(sender, lambda: got.got)
    assert {row.state for row in await rows(engine, deliveries) if row.incident_id == "inc-effect"} == {"unsaid"}
    assert len(got.got) == 1


async def test_a_merge_that_comes_while_the_first_attempt_begins_is_told(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    """The claim is not to be seen yet when it is asked whether anything was tried, and is when all that waits is
    taken back."""
    endpoint = (await register(engine, receiver[1])).id
    await enqueue(engine, change("inc-a", 1))
    async with engine.connect() as other:
        async with engine.begin() as connection:
            await webhook_store.claim(connection, endpoint, datetime.now(UTC), timedelta(seconds=0), 8)
            merging = asyncio.create_task(enqueue(engine, change("inc-a", 2, merged_into="inc-cause")))

            async def waits() -> bool:
                query = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
                return bool((await other.execute(query)).scalar_one())

            await eventually(waits, "the merge waits for the claim")
        await merging
    assert [(row.version, row.state) for row in await rows(engine, deliveries)] == [(1, "waiting"), (2, "waiting")]
    await work_until(sender, lambda: all_delivered(engine, endpoint))
    assert in_order([("", body) for _, body in receiver[0].got]) == [("inc-a", 1), ("inc-a", 2)]


@pytest.mark.parametrize("again", ["one", "since"])
async def test_who_was_told_hears_of_a_merge_that_comes_while_everything_is_sent_again(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str], again: str
) -> None:
    got, url = receiver
    endpoint = (await register(engine, url)).id
    await enqueue(engine, change("inc-a", 1))
    await work_until(sender, lambda: all_delivered(engine, endpoint))
    (told,) = await rows(engine, deliveries)
    async with engine.begin() as connection:
        if again == "one":
            await redelivery.replay(connection, endpoint, told.id, NOW)
        else:
            await redelivery.replay_since(connection, endpoint, NOW, NOW)
    await enqueue(engine, change("inc-a", 2, merged_into="inc-cause"))
    await work_until(sender, lambda: all_delivered(engine, endpoint))
    assert in_order([("", body) for _, body in got.got]) == [("inc-a", 1), ("inc-a", 1), ("inc-a", 2)]


async def test_a_first_attempt_that_nobody_wrote_down_counts_also_when_it_is_sent_again(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    endpoint = (await register(engine, receiver[1])).id
    await enqueue(engine, change("inc-a", 1))
    async with engine.begin() as connection:  # the process ends with the request on its way
        (claimed,) = await webhook_store.claim(connection, endpoint, datetime.now(UTC), timedelta(seconds=45), 8)
        await redelivery.replay(connection, endpoint, claimed.id, NOW)
    await enqueue(engine, change("inc-a", 2, merged_into="inc-cause"))
    await work_until(sender, lambda: all_delivered(engine, endpoint))


async def test_scenario_13_an_exercise_reaches_no_endpoint_but_with_test_events(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    got, url = receiver
    endpoint = (await register(engine, url)).id
    await enqueue(engine, change("inc-a", 1), change("inc-b", 1))
    async with engine.begin() as connection:
        await webhook_store.add_probe(connection, endpoint, b'{"type": "center.test"}', NOW)
    async with aclosing(Poster(allow_private=True)) as http:
        drill = Sender(engine, {WEBHOOK: Signed(http)}, exercise="Diễn tập 2026-11")

        async def nothing_waits() -> bool:
            return "waiting" not in {row.state for row in await rows(engine, deliveries)}

        await work_until(drill, nothing_waits)
        await drill.close()
    assert [body for _, body in got.got] == [b'{"type": "center.test"}']
    queued = await rows(engine, deliveries)
    assert [row.state for row in queued] == ["withheld", "withheld", "delivered"]
    reasons = {row.error for row in await rows(engine, attempts) if row.delivery_id != queued[2].id}
    assert reasons == {"withheld: exercise Diễn tập 2026-11"}
    async with engine.begin() as connection:  # a real day after it tells nobody either
        assert await redelivery.replay_since(connection, endpoint, NOW, NOW) == 1
        with pytest.raises(Conflict, match="exercise"):
            await redelivery.replay(connection, endpoint, queued[0].id, NOW)
    await work_until(sender, lambda: len(got.got) == 2)
    assert {body for _, body in got.got} == {b'{"type": "center.test"}'}


async def test_an_endpoint_gets_only_what_its_filter_lets_through(
    engine: AsyncEngine, sender: Sender, receiver: tuple[Receiver, str]
) -> None:
    _, url = receiver
    await register(engine, url, severity=["critical"])
    await enqueue(engine, change("inc-a", 1))
    assert await rows(engine, deliveries) == []


async def test_an_endpoint_is_removed_while_one_of_its_deliveries_is_settled(engine: AsyncEngine) -> None:
    endpoint = await register(engine, "http://127.0.0.1:9/")
    await enqueue(engine, change("inc-a", 1))
    (waiting,) = await rows(engine, deliveries)

    async def remove() -> None:
        async with engine.begin() as connection:
            await webhook_store.remove_endpoint(connection, endpoint.id)

    async def somebody_waits() -> None:
        async with asyncio.timeout(10), engine.connect() as connection:
            while not (await connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one():
                await asyncio.sleep(0.02)

    async with engine.begin() as sending:
        await webhook_store.settle_delivery(sending, waiting.id, webhook_store.DELIVERED)
        removing = asyncio.create_task(remove())
        await somebody_waits()
        await webhook_store.mark_failing(sending, endpoint.id, None)
    await removing
    assert await rows(engine, deliveries) == []
