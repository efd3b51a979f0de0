"""Whatever people command: nothing is lost, what is apart stays apart, and thinking again changes nothing."""

from contextlib import suppress
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from city.incidents.model import APART
from schemas.errors import CenterError
from schemas.links import Explanation
from tests.truth import group, signal
from tests.unit.incidents.book import Book

TRIPS = [signal(f"feeder-{number}", number * 10) for number in range(3)]
LAMPS = [signal(f"lamp-{number}", 60 + number, "traffic.signal_dark") for number in range(5)]
ROADS = [signal(f"road-{number}", 300 + number, "traffic.slow") for number in range(3)]
EVERY = [*TRIPS, *LAMPS, *ROADS]

Steps = list[tuple[str, int, list[int]]]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "split", "detach", "undo", "acknowledge", "moves"]),
        st.integers(0, 9),
        st.lists(st.integers(0, len(EVERY) - 1), min_size=1, max_size=3),
    ),
    max_size=8,
)


def told(revision: int, shift: int = 0) -> list[Explanation]:
    """Three outages with their effects; `shift` gives some effects another cause, and a lamp to another's group."""
    groups = [group(trip, revision=revision) for trip in TRIPS]
    same = LAMPS[3:]
    groups += [group(lamp, cause=TRIPS[(at + shift) % 3], revision=revision) for at, lamp in enumerate(LAMPS[:3])]
    groups.append(group(*same, cause=TRIPS[shift % 3], revision=revision))
    return groups + [group(road, cause=LAMPS[at], revision=revision) for at, road in enumerate(ROADS)]


def homes(book: Book) -> dict[str, str]:
    """Signal → the incident that its group is assigned to; each signal once."""
    found: dict[str, str] = {}
    for name, one in book.state.groups.items():
        for member in one.signals:
            assert member.id not in found, "a signal is in two groups"
            found[member.id] = book.state.assigned[name]
    return found


def command(book: Book, verb: str, which: int, signals: list[int]) -> None:
    live = [one.id for one in book.live()]
    name = live[which % len(live)]
    mine = [one for one, home in homes(book).items() if home == name]
    picked = tuple(dict.fromkeys(mine[one % len(mine)] for one in signals))
    more: dict[str, dict[str, Any]] = {
        "merge": {"incident": live[signals[0] % len(live)]},
        "split": {"signals": picked},
    }
    more["detach"] = {"signals": picked[:1]}
    with suppress(CenterError):
        book.command(name, verb, **more.get(verb, {}))


def taken(book: Book, groups: list[Explanation], one_by_one: bool) -> None:
    """In one batch, or the effects long before their causes."""
    for batch in [[one] for one in reversed(groups)] if one_by_one else [groups]:
        book.take(*batch)


LEFT_WITHOUT_ITS_HOLD: Steps = [("split", 1, [1]), ("merge", 0, [1]), ("moves", 2, [0]), ("split", 0, [1])]
PULLED_ALONG_BY_AN_UNDO: Steps = [("detach", 0, [1]), ("detach", 0, [1]), ("moves", 1, [0]), ("undo", 0, [0])]
ITS_ROOT_WAS_ONLY_OFFERED: Steps = [("split", 2, [1]), ("merge", 3, [1]), ("moves", 1, [0]), ("undo", 1, [0])]
HALF_OF_A_GROUP_CAME_BACK: Steps = [("merge", 0, [1]), ("split", 0, [4, 2]), ("detach", 2, [1]), ("undo", 0, [0])]
UNDONE_TWICE: Steps = [("merge", 2, [1]), ("merge", 1, [0]), ("undo", 0, [0]), ("undo", 1, [0]), ("undo", 0, [0])]


@given(STEPS, st.booleans())
@example(LEFT_WITHOUT_ITS_HOLD, False)
@example(PULLED_ALONG_BY_AN_UNDO, False)
@example(ITS_ROOT_WAS_ONLY_OFFERED, False)
@example(HALF_OF_A_GROUP_CAME_BACK, False)
@example(UNDONE_TWICE, False)
def test_whatever_people_command_nothing_is_lost_and_what_is_apart_stays_apart(steps: Steps, one_by_one: bool) -> None:
    book = Book()
    taken(book, told(1), one_by_one)
    for revision, (verb, which, signals) in enumerate(steps, start=2):
        if verb == "moves":
            taken(book, told(revision, which), one_by_one)
        else:
            command(book, verb, which, signals)
        found = homes(book)
        assert found.keys() == {one.id for one in EVERY}
        counts = {name: list(found.values()).count(name) for name in found.values()}
        assert {one.id: one.signal_count for one in book.live()} == counts
        for fact in book.state.facts:
            assert fact.kind != APART or found[fact.a] != found[fact.b], "the machine overruled a person"
    before = homes(book)
    last = max(one.revision for one in book.state.groups.values())
    again = [msgspec.structs.replace(one, revision=last) for one in told(last, shift_of(steps))]
    book.take(*again)
    assert homes(book) == before and book.take(*again) == []


def shift_of(steps: Steps) -> int:
    """What the last explanations said."""
    return next((which for verb, which, _ in reversed(steps) if verb == "moves"), 0)
