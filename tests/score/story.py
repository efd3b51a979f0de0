"""What one cause does in a day: its signals and reports with the truth of who belongs to whom."""

from random import Random

import msgspec

from tests.score.ground import Ground, Position


class Occurrence(msgspec.Struct):
    """One signal or report. Seconds count from the start of the day; `end` None: still there at its end."""

    id: str
    story: str
    kind: str
    asset: str
    """Empty for reports."""
    about: str
    """What the asset stands for; for reports their id."""
    at: float
    end: float | None
    position: Position | None
    of: str = ""
    """What caused it; empty for causes, what an untold one caused, and reports."""


class Story(msgspec.Struct):
    """A cause and all that follows from it."""

    id: str
    kind: str
    root_asset: str
    root_kind: str | None
    """None: the cause never reported, only its effects did."""
    occurrences: list[Occurrence] = []
    spares: set[str] = set()
    """Stories whose overlap with this one is meant to be told apart: the rain that a pump without power needs."""
    crossed: bool = False

    @property
    def start(self) -> float:
        """The first of it."""
        return min(one.at for one in self.occurrences)

    @property
    def end(self) -> float:
        """When the last of it began."""
        return max(one.at for one in self.occurrences)


BRIEF_S = (90.0, 480.0)
"""So long a cause that comes again lasts each time but the last."""
PAUSE_S = (5.0, 50.0)
"""So long it is gone: every hold-down of a kind that is a cause is longer."""


def skewed(chance: Random, least: float, most: float) -> float:
    """Within the range, short delays more often than long ones."""
    return least + (most - least) * chance.betavariate(1.0, 2.5)


class Teller:
    """Writes one story: each effect at its delay after what caused it."""

    def __init__(self, ground: Ground, chance: Random, name: str, *, returns: bool = False) -> None:
        """`returns`: the cause ends and comes again, once or twice, each time within its hold-down."""
        self.ground = ground
        self.chance = chance
        self.story = Story(id=name, kind="", root_asset="", root_kind=None)
        self._returns = returns
        self._turns: list[Occurrence] = []
        """Of a cause that comes again."""
        self._told: set[tuple[str, str]] = set()

    def chosen(self, kind: str) -> str | None:
        """Some asset of a kind."""
        found = self.ground.of_kind(kind)
        return self.chance.choice(found) if found else None

    def root(self, kind: str, asset: str, at: float, told: bool = True) -> Occurrence:
        """The cause; one that is not told leaves only its asset to be found."""
        self.story.root_asset, self.story.root_kind = asset, kind if told else None
        if told:
            for _ in range(self.chance.randint(1, 2) if self._returns else 0):
                end = at + self.chance.uniform(*BRIEF_S)
                self._turns.append(self._put(kind, asset, at, end))
                at = end + self.chance.uniform(*PAUSE_S)
            last = self._put(kind, asset, at, at + self.chance.uniform(1800, 7200))
            self._turns.append(last)
            return last
        untold = self._occurrence(kind, asset, at, None)
        untold.id = ""
        return untold

    def effect(self, of: Occurrence, kind: str, asset: str, delay: tuple[float, float]) -> Occurrence | None:
        """An effect on an asset, told by it or by its sensors; None when this story told of it before."""
        about = self.ground.about(asset)
        if (kind, about) in self._told:
            return None
        if len(self._turns) > 1 and of is self._turns[-1]:
            of = self.chance.choice(self._turns)
        at = of.at + skewed(self.chance, *delay)
        first = self._put(kind, self._voice(asset), at, self._recovery(of, at, kind), of.id)
        others = [one for one in self.ground.sensors(about) if one != first.asset]
        if others and self.chance.random() < 0.12:
            self._put(kind, self.chance.choice(others), at + self.chance.uniform(0, 30), first.end, of.id)
        elif self.chance.random() < 0.05:
            self._flap(first)
        return first

    def report(self, category: str, near: Position, at: float, within_m: float) -> Occurrence:
        """A citizen's report at most so many metres away."""
        number = len(self.story.occurrences)
        away = self.chance.uniform(0, within_m) / 111_195.0 / 1.42
        place = near[0] + self.chance.uniform(-away, away), near[1] + self.chance.uniform(-away, away)
        one = Occurrence(
            id=f"{self.story.id}-{number}",
            story=self.story.id,
            kind=f"report.{category}",
            asset="",
            about=f"{self.story.id}-{number}",
            at=at,
            end=None,
            position=place,
        )
        self.story.occurrences.append(one)
        return one

    def reports(self, category: str, near: Position | None, after: float, most: int, spread_s: float = 1500) -> None:
        """Some citizens tell of it in the minutes after, some at the same time; often nobody does."""
        for _ in range(self.chance.choice([0, 0, *range(1, most + 1)]) if near else 0):
            assert near is not None
            self.report(category, near, after + self.chance.uniform(30, spread_s), 140)

    def _voice(self, asset: str) -> str:
        sensors = self.ground.sensors(asset)
        return self.chance.choice(sensors) if sensors and self.chance.random() < 0.5 else asset

    def _recovery(self, of: Occurrence, at: float, kind: str) -> float | None:
        """Some effects outlast the day, but for a sensor: what stays silent with power back is a story of its own."""
        if self.chance.random() < 0.08 and kind != "sensor.silent":
            return None
        until = of.end if of.end is not None else at + 3600
        return max(at + 180, self.chance.uniform(at, max(until, at) + 900))

    def _flap(self, one: Occurrence) -> None:
        """A faulty sensor: it clears and comes back within the hold-down."""
        end, one.end = one.end, one.at + self.chance.uniform(60, 150)
        self._put(one.kind, one.asset, one.end + self.chance.uniform(5, 25), end, one.of)

    def _put(self, kind: str, asset: str, at: float, end: float | None, of: str = "") -> Occurrence:
        one = self._occurrence(kind, asset, at, end if end is None else max(end, at + 60))
        one.of = of
        self._told.add((kind, one.about))
        self.story.occurrences.append(one)
        return one

    def _occurrence(self, kind: str, asset: str, at: float, end: float | None) -> Occurrence:
        return Occurrence(
            id=f"{self.story.id}-{len(self.story.occurrences)}",
            story=self.story.id,
            kind=kind,
            asset=asset,
            about=self.ground.about(asset),
            at=at,
            end=end,
            position=self.ground.position(asset),
        )
