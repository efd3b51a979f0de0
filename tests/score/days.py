"""Seeded days: stories that keep apart or cross, with noise among them."""

from functools import cache
from random import Random

import msgspec

from tests.score.ground import Ground
from tests.score.plots import HOUR, MINUTE, PLOTS, Plot, lone
from tests.score.reach import Reach
from tests.score.story import Story, Teller

DAY_S = 24 * HOUR
PLAIN, RETURNING, CROSSING = "plain", "returning", "crossing"
"""Stories that keep apart; the same where half of the causes come again; stories that cross."""
LONE = "lone"
TRIES = 12
"""How often a place and time is looked for that fits."""
reach_of = cache(Reach)


class Day(msgspec.Struct, frozen=True):
    """A day to be scored."""

    mode: str
    seed: int
    stories: list[Story]


class _Drawing:
    def __init__(self, ground: Ground, seed: int, mode: str) -> None:
        self.ground, self.mode = ground, mode
        self.chance = Random(f"{ground.name} {seed} {mode}")
        self.reach = reach_of(ground)
        self.stories: list[Story] = []
        self._number = 0

    def told(self, plot: Plot, kind: str, at: float) -> Story | None:
        """A story, if the city has what it needs."""
        self._number += 1
        returns = self.mode == RETURNING and kind != LONE and self.chance.random() < 0.5
        teller = Teller(self.ground, self.chance, f"{kind}-{self._number}", returns=returns)
        teller.story.kind = kind
        return teller.story if plot(teller, at) and teller.story.occurrences else None

    def at(self) -> float:
        """Some time of the day that leaves time for effects."""
        return self.chance.uniform(HOUR / 2, DAY_S - 3 * HOUR)

    def place(self, plot: Plot, kind: str) -> Story | None:
        """A story that crosses no other."""
        for _ in range(TRIES):
            story = self.told(plot, kind, self.at())
            if story is not None and self.is_free(story):
                self.stories.append(story)
                return story
        return None

    def is_free(self, story: Story, but: str = "") -> bool:
        """It crosses no story of the day so far."""
        return not any(one.id != but and self.reach.crosses(one, story) for one in self.stories)

    def plot(self) -> str:
        """Some plot, by how often it happens."""
        return self.chance.choices(list(PLOTS), [weight for weight, _ in PLOTS.values()])[0]

    def cross(self, base: Story) -> None:
        """A second story that overlaps with the first in place and time, and with no other."""
        for _ in range(TRIES * 15):
            kind = self.plot()
            story = self.told(PLOTS[kind][1], kind, base.start + self.chance.uniform(-20 * MINUTE, 20 * MINUTE))
            if story is None or not self._without_repeats(base, story):
                continue
            if self.reach.crosses(base, story) and self.is_free(story, base.id):
                base.crossed = story.crossed = True
                self.stories.append(story)
                return

    def _without_repeats(self, base: Story, story: Story) -> bool:
        """What the first story keeps up anyway cannot be raised again, and what follows from it follows from both: it
        is left out. False when that is the second one's cause.
        """
        lost: set[str] = set()
        for one in story.occurrences:
            if one.of in lost or any(self.reach.twice(one, other) for other in base.occurrences):
                lost.add(one.id)
        kept = [one for one in story.occurrences if one.id not in lost]
        if not kept or (story.root_kind is not None and story.occurrences[0].id in lost):
            return False
        story.occurrences = kept
        return story.root_kind is not None or not lost

    def drown(self) -> None:
        """A pump without power floods its street in the rain, and the rain is a story of its own."""
        pumps = [one for one in self.ground.of_kind("pump") if self.ground.onward(one, "drains")]
        for _ in range(TRIES if pumps else 0):
            pump, at = self.chance.choice(pumps), self.at()
            road = self.ground.onward(pump, "drains")[0]
            zones = self.ground.onward(road, "located_in")
            flood, shower = self._flooded(pump, road, at), self._shower(zones, at)
            if flood and shower and self.is_free(flood) and self.is_free(shower):
                flood.spares, shower.spares = {shower.id}, {flood.id}
                self.stories += [flood, shower]
                return

    def _flooded(self, pump: str, road: str, at: float) -> Story | None:
        def plot(teller: Teller, at: float) -> bool:
            cause = teller.root("water.pump_off", pump, at)
            flood = teller.effect(cause, "road.flooded", road, (12 * MINUTE, 2 * HOUR))
            if flood is not None and teller.chance.random() < 0.6:
                teller.effect(flood, "traffic.slow", road, (MINUTE, 20 * MINUTE))
            return True

        return self.told(plot, "pump_flood", at)

    def _shower(self, zones: list[str], at: float) -> Story | None:
        def plot(teller: Teller, at: float) -> bool:
            one = teller.root("weather.heavy_rain", zones[0], at + teller.chance.uniform(-20 * MINUTE, 8 * MINUTE))
            one.end = at + 3 * HOUR
            return True

        return self.told(plot, "shower", at) if zones else None


def draw_day(ground: Ground, seed: int, mode: str) -> Day:
    """The stories of a day; the same seed gives the same day."""
    drawing = _Drawing(ground, seed, mode)
    many = max(6, min(16, len(ground.assets) // 40))
    if drawing.chance.random() < 0.7:
        drawing.drown()
    for _ in range(many):
        kind = drawing.plot()
        story = drawing.place(PLOTS[kind][1], kind)
        if mode == CROSSING and story is not None and drawing.chance.random() < 0.6:
            drawing.cross(story)
            if drawing.chance.random() < 0.2:
                drawing.cross(drawing.stories[-1])
    for _ in range(many):
        drawing.place(lone, LONE)
    return Day(mode, seed, drawing.stories)
