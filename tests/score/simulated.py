"""The simulator's days, from readings on: truth is which signal is no more when a cause is left out."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from services.simulator.causes import Cause
from services.simulator.recording import Plan
from tests.score.days import Day
from tests.score.feed import Sent
from tests.score.ground import Ground
from tests.score.judging import Folded, fold_rules
from tests.score.story import Occurrence, Story

SIMULATED = "simulated"
START = datetime.fromisoformat("2026-03-02T07:00:00+07:00")
SECONDS, LAST_CAUSE_S = 2700, 1500.0
FAULTY = 0.05
"""Share of sensors with each habit: late, wrong clock, twice."""
NEAR_S = 300.0
"""The same signal may begin so much earlier or later in another run."""
ROOTS = {
    "feeder_trip": "power.outage",
    "main_burst": "water.burst",
    "stack_failure": "air.smoke",
    "crash": "traffic.crash",
    "high_tide": "river.high_water",
    "effluent_spill": "effluent.limit_exceeded",
    "rain": "weather.heavy_rain",
    "sensor_dead": "sensor.silent",
    "sensor_stuck": "sensor.stuck",
    "road_works": "works.begun",
    "works_overrun": "works.overrun",
    "works_unannounced": "works.unannounced",
    "plant_fire": "fire.detected",
    "intrusion": "security.intrusion",
    "crowd": "security.crowd",
    "storm": "weather.strong_wind",
    "landfill_gas": "waste.gas_high",
    "leachate_rise": "waste.leachate_high",
    "round_stops": "waste.collection_missed",
    "turbid_tap": "water.quality_bad",
}


class Raised(msgspec.Struct, frozen=True):
    """A signal of one run and its incident there."""

    kind: str
    asset: str
    at: float
    incident: str

    def is_in(self, others: Iterable["Raised"]) -> bool:
        """Whether another run has it too."""
        return any(
            (one.kind, one.asset) == (self.kind, self.asset) and abs(one.at - self.at) <= NEAR_S for one in others
        )


def raised(folded: Folded) -> list[Raised]:
    """The signals of a run."""
    return [
        Raised(one["kind"], one["asset"], datetime.fromisoformat(one["raised_at"]).timestamp(), line["id"])
        for line in folded.lines
        for one in line["signals"]
    ]


class Simulation:
    """One seeded run, and what it would be without each cause."""

    def __init__(self, ground: Ground, seed: int, seconds: int = SECONDS, last_cause_s: float = LAST_CAUSE_S) -> None:
        self.ground = ground
        self.plan = Plan(folder=ground.folder, start=START, seconds=seconds, seed=seed, faulty=FAULTY)
        self.causes = [one for one in self.plan.causes() if one.start_s < last_cause_s]

    def events(self) -> list[Sent]:
        """The run as it arrives."""
        return self._sent(self.causes)

    def day(self) -> Day:
        """Signals and their stories; a signal that two causes raise by themselves is left out."""
        whole = self._signals(self.causes)
        without = {one.id: self._signals([other for other in self.causes if other is not one]) for one in self.causes}
        stories = {one.id: self._story(one) for one in self.causes}
        for number, signal in enumerate(whole):
            of = [name for name, others in without.items() if not signal.is_in(others)]
            if len(of) > 1:
                continue
            name = of[0] if of else f"alone-{number}"
            story = stories.setdefault(name, Story(name, "alone", signal.asset, signal.kind))
            story.occurrences.append(self._occurrence(signal, number, name))
        return Day(SIMULATED, self.plan.seed, [story for story in stories.values() if story.occurrences])

    def _story(self, cause: Cause) -> Story:
        return Story(cause.id, cause.kind, cause.asset, ROOTS[cause.kind])

    def _occurrence(self, signal: Raised, number: int, story: str) -> Occurrence:
        about = self.ground.about(signal.asset)
        return Occurrence(f"s{number}", story, signal.kind, signal.asset, about, signal.at, None, None)

    def _signals(self, causes: Sequence[Cause]) -> list[Raised]:
        """What is raised with these causes; no rule is needed for that."""
        return raised(fold_rules(self.ground, self._sent(causes), []))

    def _sent(self, causes: Sequence[Cause]) -> list[Sent]:
        return [
            Sent(datetime.fromisoformat(event["recordedtime"]).timestamp(), event) for event in self.plan.play(causes)
        ]


def fold_day(ground: Ground, day: Day, events: list[Sent]) -> Folded:
    """The incidents of the run; each signal of the truth is looked for by kind, asset and about when it began."""
    folded = fold_rules(ground, events)
    seen = raised(folded)
    of = {}
    for story in day.stories:
        for one in story.occurrences:
            near = [other for other in seen if Raised(one.kind, one.asset, one.at, "").is_in([other])]
            best = min(near, key=lambda other: abs(other.at - one.at), default=None)
            of[one.id] = best.incident if best is not None else f"none {one.id}"
    return msgspec.structs.replace(folded, incident_of=of)
