"""A simulated run's truth: what a cause raised, and what would have been raised anyway."""

from tests.contract.tree import ROOT
from tests.score.judging import ground_of, tally
from tests.score.simulated import Simulation, fold_day


def test_every_signal_of_a_tripped_feeder_is_its_own_and_one_incident_holds_them() -> None:
    where = ground_of("demo", ROOT / "infra/cities/binh-duong")
    simulation = Simulation(where, 1, seconds=200, last_cause_s=20.0)
    day, events = simulation.day(), simulation.events()
    (story,) = [one for one in day.stories if one.kind != "alone"]
    assert {"power.outage", "traffic.signal_dark", "sensor.silent"} <= {one.kind for one in story.occurrences}
    found = tally(where, day, events, fold_day(where, day, events))
    assert (found.exact, found.roots, found.mixed) == (found.stories, found.stories, 0)
