"""What the API takes of anybody who sends too much, too often."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from argon2 import PasswordHasher

from services.api.throttle import FAILURES, HASHES, WAITING
from tests.integration.api_center import PASSWORDS, Api, change, running_api
from tests.servers import Servers

LIMIT = 100_000


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers, api_body_limit=LIMIT) as running:
        await running.have(change("inc-1").incident)
        yield running


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 10_000):
        yield b" " * 10_000


@pytest.mark.parametrize("path", ["/v1/session", "/v1/session/screen", "/v1/incidents", "/v1/backtests"])
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_long_is_a_413_before_it_is_read(api: Api, path: str, announced: bool) -> None:
    content = b" " * (LIMIT + 1) if announced else _pieces(3 * LIMIT)
    answer = await api.http.post(path, content=content, headers={"Accept-Language": "vi"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    said = answer.json()
    assert (said["code"], said["instance"]) == ("body_too_long", path) and str(LIMIT) in said["detail"]
    assert said["request_id"] == answer.headers["x-request-id"]


async def test_a_body_of_the_largest_size_is_read(api: Api) -> None:
    said = b'{"command": "acknowledge", "version": 1}'
    answer = await api.http.post("/v1/incidents/inc-1/commands", content=said.ljust(LIMIT))
    assert answer.status_code == 200, answer.text


async def test_what_is_passed_on_to_ingest_has_the_limit_of_ingest(api: Api) -> None:
    """Nobody answers behind this API; what matters is that it did not refuse the length itself."""
    for path in ("/v1/events", "/v1/hooks/orion"):
        answer = await api.http.post(path, content=b" " * (LIMIT + 1))
        assert answer.json()["code"] == "ingest_down"


async def test_passwords_of_new_people_are_worked_on_a_few_at_a_time(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those of logins: each takes 64 MiB (here 8), and a thread that everything else waits for too."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8192).hash
    counting, under_way, most = threading.Lock(), 0, 0

    def counted(password: str) -> str:
        nonlocal under_way, most
        with counting:
            under_way += 1
            most = max(most, under_way)
        try:
            return hashed(password)
        finally:
            with counting:
                under_way -= 1

    monkeypatch.setattr("services.api.routes.users.hashed", counted)
    wishes = [{"name": f"p{number}", "role": "viewer", "password": "ten or more letters"} for number in range(40)]
    async with aclosing(await api.login("admin")) as admin:
        answers = await asyncio.gather(*(admin.post("/v1/users", json=wish) for wish in wishes))
        again = await admin.patch("/v1/users/p0", json={"password": "another of these"})
    assert {one.status_code for one in answers} <= {201, 429} and again.status_code == 200
    assert [one.status_code for one in answers].count(201) >= HASHES + WAITING
    assert most == HASHES


async def test_guesses_that_come_all_at_once_are_not_all_tried(api: Api) -> None:
    async with api.client() as http:
        guesses = [{"user": "operator", "password": f"guess {number}"} for number in range(40)]
        answers = await asyncio.gather(*(http.post("/v1/session", json=guess) for guess in guesses))
        statuses = [one.status_code for one in answers]
        assert (statuses.count(401), statuses.count(429)) == (FAILURES, len(guesses) - FAILURES)
        right = {"user": "operator", "password": PASSWORDS["operator"]}
        waiting = await http.post("/v1/session", json=right)
        assert waiting.status_code == 429 and 0 < int(waiting.headers["retry-after"]) <= 60
        assert (await http.post("/v1/session", json=right | {"user": "o" * 201})).json()["field"] == "user"
