"""What may be wished for."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from city.suppression import Author, checked_match, checked_window, checked_works, planned, works
from schemas.errors import Invalid
from schemas.events import Event, Work
from schemas.suppression import Match
from tests.truth import START, at
from tests.unit.suppression.windows import SQUARE, window


@pytest.mark.parametrize(
    ("match", "field"),
    [
        (Match(), "match"),
        (Match(kind=("",)), "match.kind"),
        (Match(asset=tuple(f"a{n}" for n in range(201))), "match.asset"),
        (Match(severity=("terrible",)), "match.severity"),
        (Match(geometry={"type": "Circle"}), "match.geometry.type"),
        (Match(geometry=SQUARE, near_m=-1), "match.near_m"),
    ],
)
def test_a_match_that_cannot_be_is_refused_by_name(match: Match, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_match(match)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("place", "field"), [({}, "assets"), ({"geometry": {"type": "Blob"}, "assets": ["a"]}, "geometry.type")]
)
def test_works_need_a_place_that_can_be(place: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_works(Work("roadworks", at(0), at(60), **place))
    assert refused.value.field == field


def test_everything_may_be_matched_by_saying_so() -> None:
    assert checked_match(Match(kind=("*",), severity=("m*", "warning")))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"owner": ""}, "owner"),
        ({"ends_at": at(0)}, "to"),
        ({"starts_at": at(-20), "ends_at": at(-10)}, "to"),
        ({"ends_at": at(32 * 86_400)}, "to"),
    ],
)
def test_a_silence_needs_an_owner_a_reason_and_an_end(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_window(window(**fields), START)
    assert refused.value.field == field


def test_a_silence_that_is_over_is_told_that_and_nothing_of_a_beginning_that_nobody_gave() -> None:
    with pytest.raises(Invalid, match="over already"):
        checked_window(window(starts_at=at(0), ends_at=at(-5)), START)


def test_a_silence_with_all_of_them_is_taken() -> None:
    assert checked_window(window(), START) == window()


def test_works_that_a_feed_announced_for_years_may_be_edited_and_shortened_but_not_made_longer() -> None:
    announced = works("works-1", Work("metro", at(0), at(800 * 86_400), assets=["seg-1"]), Author("metro", START))
    assert announced.ends_at - announced.starts_at == timedelta(days=800)
    for days in (800, 500):
        after = msgspec.structs.replace(announced, ends_at=at(days * 86_400), reason="line 1")
        assert checked_window(after, START, announced) == after
    longer = msgspec.structs.replace(announced, ends_at=at(801 * 86_400))
    with pytest.raises(Invalid) as refused:
        checked_window(longer, START, announced)
    assert refused.value.field == "to"


def test_works_cover_their_expected_effects_at_each_of_their_places() -> None:
    work = Work("roadworks", at(0), at(60), SQUARE, ["seg-1"], ["traffic.slow"])
    made = works("works-1", work, Author("so-xay-dung", START))
    assert made.matches == (
        Match(asset=("seg-1",), kind=("traffic.slow",)),
        Match(geometry=SQUARE, kind=("traffic.slow",)),
    )
    assert (made.effects, made.owner, made.reason) == (("traffic.slow",), "so-xay-dung", "roadworks")


def test_works_that_expect_nothing_cover_nothing() -> None:
    assert works("works-1", Work("survey", at(0), at(60), None, ["seg-1"]), Author("x", START)).matches == ()


def test_an_event_of_works_that_cannot_be_read_is_refused() -> None:
    event = Event("work.planned", "reports", "z1", "/x", "1", START, START, {"kind": "roadworks"})
    with pytest.raises(Invalid):
        planned(event)
    told = {"kind": "roadworks", "from": at(0), "to": at(60), "assets": ["seg-1"]}
    again = msgspec.structs.replace(event, data=msgspec.to_builtins(told))
    assert planned(again).id == planned(again).id
