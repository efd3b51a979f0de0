"""How readings travel: some sensors have a wrong clock, some send late and out of order, some send twice."""

from datetime import timedelta
from hashlib import blake2b
from typing import Any

import msgspec

Event = dict[str, Any]
LATE_S, AGAIN_S, SKEW_S = 40, 7, 2.0
"""A late reading comes so many seconds late (after the next one); a repeat so many after the first; a clock is off."""
THIRD = 3


class Habit(msgspec.Struct, frozen=True):
    """What a sensor's readings of one second have in common."""

    late_s: int = 0
    skew_s: float = 0.0
    again: bool = False

    @property
    def skew(self) -> timedelta:
        """How far the sensor's clock is ahead."""
        return timedelta(seconds=self.skew_s)


USUAL = Habit()


class Delivery:
    """Which sensors have which habit, and what is still under way. The same seed gives the same habits."""

    def __init__(self, seed: int, share: float = 0.0) -> None:
        """`share`: of the sensors with each of the three habits, 0 to 0.3."""
        self._seed, self._share = seed, share
        self._drawn: dict[str, float] = {}
        self._under_way: list[tuple[int, Event]] = []

    def habit(self, sensor: str, now_s: int, period_s: int) -> Habit:
        """Of what the sensor measures in this second; one that is late is late with every third reading."""
        if not self._share:
            return USUAL
        drawn = self._draw(sensor)
        if drawn < self._share:
            return Habit(late_s=LATE_S) if now_s // period_s % THIRD == 0 else USUAL
        if drawn < 2 * self._share:
            return Habit(skew_s=SKEW_S if drawn < 1.5 * self._share else -SKEW_S)
        return Habit(again=True) if drawn < 3 * self._share else USUAL

    def take(self, event: Event, habit: Habit, now_s: int) -> None:
        """Something is on its way; a repeat is the same event, with its source and id."""
        self._under_way.append((now_s + habit.late_s, event))
        if habit.again:
            self._under_way.append((now_s + AGAIN_S, event))

    def arrived(self, now_s: int) -> list[Event]:
        """What has come by this second, in the order of coming."""
        come = sorted((at, number) for number, (at, _) in enumerate(self._under_way) if at <= now_s)
        found = [self._under_way[number][1] for _, number in come]
        self._under_way = [(at, event) for at, event in self._under_way if at > now_s]
        return found

    def _draw(self, sensor: str) -> float:
        if sensor not in self._drawn:
            digest = blake2b(f"{self._seed} {sensor} delivery".encode(), digest_size=4).digest()
            self._drawn[sensor] = int.from_bytes(digest, "big") / 2**32
        return self._drawn[sensor]
