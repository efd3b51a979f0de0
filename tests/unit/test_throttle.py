"""Tries of logins: counted before they are looked at, forgotten when they have expired, a few passwords at once."""

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import HTTPException

from services.api.throttle import FAILURES, HASHES, MOST_NAMES, WAITING, WINDOW, Throttle

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


def fail(throttle: Throttle, name: str, now: datetime = NOW) -> None:
    with throttle.trying(name, now) as tried:
        tried.failed = True


def is_let_in(throttle: Throttle, name: str, now: datetime = NOW) -> bool:
    try:
        with throttle.trying(name, now):
            return True
    except HTTPException as error:
        assert error.status_code == 429 and error.headers
        return False


def test_a_name_waits_after_five_failures_until_the_first_is_a_minute_old() -> None:
    throttle = Throttle()
    for number in range(FAILURES):
        fail(throttle, "lan", NOW + timedelta(seconds=number))
    assert not is_let_in(throttle, "lan", NOW + WINDOW - timedelta(seconds=1))
    assert is_let_in(throttle, "minh")
    assert is_let_in(throttle, "lan", NOW + WINDOW)


def test_what_is_under_way_counts_and_what_succeeds_does_not() -> None:
    throttle = Throttle()
    for _ in range(FAILURES * 2):
        assert is_let_in(throttle, "lan")
    tries = [throttle.trying("lan", NOW) for _ in range(FAILURES)]
    for each in tries:
        each.__enter__()
    assert not is_let_in(throttle, "lan")
    tries[0].__exit__(None, None, None)
    assert is_let_in(throttle, "lan")


def test_what_broke_for_another_reason_is_no_failure() -> None:
    throttle = Throttle()
    for _ in range(FAILURES * 2):
        with pytest.raises(OSError), throttle.trying("lan", NOW):
            raise OSError
    assert is_let_in(throttle, "lan")


def test_many_invented_names_do_not_make_it_forget_a_failure_of_the_last_minute() -> None:
    throttle = Throttle()
    for number in range(MOST_NAMES):
        fail(throttle, f"old {number}", NOW - WINDOW)
    for _ in range(FAILURES):
        fail(throttle, "lan")
    for number in range(MOST_NAMES // 2):
        fail(throttle, f"new {number}")
    assert not is_let_in(throttle, "lan")


def test_names_are_bounded_whatever_comes() -> None:
    throttle = Throttle()
    for number in range(MOST_NAMES * 2):
        fail(throttle, str(number))
    assert len(throttle._tries) == MOST_NAMES


async def test_a_few_passwords_are_worked_on_at_once_and_of_very_many_some_are_sent_away() -> None:
    throttle, busy, most, lock = Throttle(), 0, 0, threading.Lock()

    def work(password: str) -> bool:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.005)
        with lock:
            busy -= 1
        return password == "right"

    many = HASHES + WAITING + 10
    done = await asyncio.gather(*(throttle.in_turn(work, "right") for _ in range(many)), return_exceptions=True)
    assert done.count(True) == HASHES + WAITING and most == HASHES
    assert {one.status_code for one in done if isinstance(one, HTTPException)} == {429}
    assert await throttle.in_turn(work, "wrong") is False
