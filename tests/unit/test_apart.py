"""Stages in processes of their own: the same items, in order; what fails there is not taken for an end."""

import multiprocessing
from collections.abc import Iterator
from itertools import count, islice
from os import getpid

import pytest

from schemas.errors import Unavailable
from services.cli.apart import in_process


def numbers(many: int) -> Iterator[int]:
    yield from range(many)


def doubled(items: Iterator[int]) -> Iterator[int]:
    for item in items:
        yield 2 * item


def test_two_stages_give_the_same_in_the_same_order() -> None:
    assert list(in_process(doubled(in_process(numbers(5_000), int)), int)) == list(range(0, 10_000, 2))


def test_each_stage_has_a_process_of_its_own() -> None:
    def whose(items: Iterator[int]) -> Iterator[int]:
        yield from items
        yield getpid()

    found = list(in_process(whose(in_process(whose(iter(())), int)), int))
    assert len({*found, getpid()}) == 3


def test_a_stage_that_fails_is_no_end(capfd: pytest.CaptureFixture[str]) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("nothing more to be had")

    items = in_process(failing(), int)
    assert next(items) == 1
    with pytest.raises(Unavailable, match="ended before its work was done"):
        next(items)
    assert "nothing more to be had" in capfd.readouterr().err


def test_nobody_makes_what_nobody_wants() -> None:
    items = in_process(count(), int)
    assert list(islice(items, 3)) == [0, 1, 2]
    del items
    for process in multiprocessing.active_children():
        process.join(10)
    assert not multiprocessing.active_children()
