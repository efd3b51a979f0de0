"""The score's own truth holds: plain days are what CONTRACT's table makes of them, seeds repeat, towns are cities."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import pytest

from tests.contract.tree import ROOT
from tests.score.days import CROSSING, LONE, PLAIN, RETURNING, Day, draw_day, reach_of
from tests.score.feed import DELIVERIES, MOST_S, PROMPT, sent
from tests.score.figures import agreement
from tests.score.forced import forced
from tests.score.ground import Ground
from tests.score.judging import fold, ground_of, tally
from tests.score.story import Story, Teller
from tests.score.towns import SHAPES, draw


@cache
def ground(name: str) -> Ground:
    if name == "demo":
        return ground_of(name, ROOT / "infra/cities/binh-duong")
    return ground_of(name, draw(int(name.removeprefix("town-")), Path(mkdtemp())))


def by_table(where: Ground, day: Day) -> dict[str, str]:
    """Occurrence → component of all that could belong together by the table."""
    reach, spared = reach_of(where), {(story.id, other) for story in day.stories for other in story.spares}
    told = [one for story in day.stories for one in story.occurrences]
    up = {one.id: one.id for one in told}

    def find(name: str) -> str:
        while up[name] != name:
            name = up[name]
        return name

    for number, one in enumerate(told):
        for other in told[:number]:
            if (one.story, other.story) not in spared and reach.meets(one, other):
                up[find(one.id)] = find(other.id)
    return {one.id: find(one.id) for one in told}


@pytest.mark.parametrize("mode", [PLAIN, RETURNING])
@pytest.mark.parametrize(("city", "seed"), [("demo", 1), ("town-0", 2), ("town-1", 3), ("town-2", 4)])
def test_the_stories_of_a_day_that_keep_apart_are_what_the_table_puts_together(city: str, seed: int, mode: str) -> None:
    day = draw_day(ground(city), seed, mode)
    truth = {one.id: story.id for story in day.stories for one in story.occurrences}
    agreed = agreement(truth, by_table(ground(city), day))
    assert agreed.both == agreed.true == agreed.found > 0


def test_on_a_crossing_day_stories_reach_each_other() -> None:
    day = draw_day(ground("town-2"), 1, CROSSING)
    crossed = [story for story in day.stories if story.crossed]
    assert len(crossed) >= 4
    reach = reach_of(ground("town-2"))
    assert all(any(reach.crosses(one, other) for other in crossed if other is not one) for one in crossed)


def test_what_follows_from_what_another_story_keeps_up_is_left_out() -> None:
    for seed in (1, 2):
        for story in draw_day(ground("town-1"), seed, CROSSING).stories:
            assert {one.of for one in story.occurrences} <= {"", *(one.id for one in story.occurrences)}


def test_where_causes_come_again_each_time_is_within_the_hold_down_and_has_effects_of_its_own() -> None:
    day = draw_day(ground("demo"), 1, RETURNING)
    turns = 0
    for story in day.stories:
        first = story.occurrences[0]
        causes = [one for one in story.occurrences if (one.kind, one.asset, one.of) == (first.kind, first.asset, "")]
        if story.kind == LONE or not first.asset or len(causes) < 2:
            continue
        for before, after in pairwise(causes):
            assert before.end is not None and 0 < after.at - before.end < 60
        turns += len({one.of for one in story.occurrences} & {one.id for one in causes[1:]})
    assert turns >= 3


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    assert draw_day(ground("town-2"), 1, PLAIN) == draw_day(ground("town-2"), 1, PLAIN)
    assert draw_day(ground("town-2"), 1, PLAIN) != draw_day(ground("town-2"), 2, PLAIN)


def test_drawn_towns_are_valid_cities_of_every_shape() -> None:
    sizes = {len(ground(f"town-{seed}").assets) for seed in range(len(SHAPES))}
    assert len(sizes) == len(SHAPES)


@pytest.mark.parametrize("delivery", DELIVERIES)
def test_every_delivery_brings_all_events_and_all_but_the_prompt_one_some_twice(delivery: str) -> None:
    day = draw_day(ground("town-2"), 1, PLAIN)
    arriving = sent(day, delivery)
    ids = [one.event["id"] for one in arriving]
    assert set(ids) == {one.event["id"] for one in sent(day, PROMPT)}
    assert (len(ids) > len(set(ids))) == (delivery != PROMPT)
    assert [one.at for one in arriving] == sorted(one.at for one in arriving)
    last = max(one.end or one.at for story in day.stories for one in story.occurrences)
    assert arriving[-1].at <= last + 2 * MOST_S


def test_a_day_is_folded_as_a_backtest_does_and_counted() -> None:
    where = ground("town-2")
    day = draw_day(where, 1, PLAIN)
    events = sent(day, PROMPT)
    names = [one.id for story in day.stories for one in story.occurrences]
    found = tally(where, day, events, fold(where, events, names))
    assert found.signals == len(names)
    assert found.stories >= found.exact > found.stories // 2
    assert all(wait < 60 for wait in found.opened_s)


def story(where: Ground, name: str, *told: tuple[str, str, float]) -> Story:
    """A cause and its effects: kind, asset and second of the day; nothing ends."""
    teller = Teller(where, Random(name), name)
    (kind, asset, start), *effects = told
    cause = teller.root(kind, asset, start)
    found = [cause, *(teller.effect(cause, kind, asset, (at - start, at - start)) for kind, asset, at in effects)]
    for one in found:
        assert one is not None
        one.end = None
    return teller.story


def merged(where: Ground, *stories: Story) -> tuple[int, int]:
    """How many incidents hold several stories, and how many of them the table asks for."""
    day = Day(CROSSING, 1, list(stories))
    events, names = sent(day, PROMPT), [one.id for story in stories for one in story.occurrences]
    folded = fold(where, events, names)
    return tally(where, day, events, folded).mixed, len(forced(where, day, folded))


def test_a_merge_without_a_rival_is_asked_for_by_the_table_and_one_with_a_rival_is_not() -> None:
    where, at = ground("town-2"), 40_000.0
    light, street, ahead = next(
        (light, street, ahead)
        for light in where.of_kind("traffic_signal")
        for street in where.onward(light, "controls")
        for ahead in where.onward(street, "flows_to")
    )
    dark = story(where, "dark", ("traffic.signal_dark", light, at))
    assert merged(where, dark, story(where, "jam", ("traffic.stalled", street, at + 300))) == (1, 1)
    queue = story(where, "queue", ("traffic.stalled", ahead, at - 350), ("traffic.slow", street, at + 200))
    assert merged(where, dark, queue) == (1, 0)
    assert merged(where, dark, story(where, "later", ("traffic.stalled", street, at + 7200))) == (0, 0)
