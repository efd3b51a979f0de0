"""A crowd that tells of one thing: each report is taken at once, and all of it told once a second."""

from city.correlate import Correlator, Window
from city.correlate.correlator import MANY
from schemas.links import Explanation
from schemas.signals import Signal, TickData
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, START, correlator, report

CROWD = [report("flood", str(number), number / 10, number % 2, 0) for number in range(MANY + 20)]


def _tick(made: Correlator, seconds: float, number: int) -> list[Explanation]:
    return made.tick(TickData(now_ms=round((START.timestamp() + seconds) * 1000), origin="t/0"), number)


def _told(made: Correlator, crowd: list[Signal]) -> list[int]:
    """How many signals each explanation had that was sent at once."""
    sent = [told for number, one in enumerate(crowd) for told in made.signal(one, number)]
    return [len(told.signals) for told in sent]


def test_a_large_group_is_told_at_the_next_second_of_the_clock() -> None:
    made = correlator()
    _tick(made, 0, 0)
    assert _told(made, CROWD[: MANY + 10]) == list(range(1, MANY + 1))
    (told,) = _tick(made, 8.0, 200)
    assert (len(told.signals), told.revision) == (MANY + 10, 200)
    assert _told(made, CROWD[MANY + 10 :]) == []
    assert _tick(made, 8.9, 300) == []
    assert [len(told.signals) for told in _tick(made, 9.0, 301)] == [MANY + 20]
    assert _tick(made, 10.0, 302) == []


def test_what_takes_a_large_group_elsewhere_is_told_at_once() -> None:
    made = correlator()
    _told(made, CROWD)
    first = CROWD[0]
    gone = made.signal(report("flood", "first", -5, 0, 0), 500)
    assert {told.group for told in gone} >= {first.id}


def test_after_a_restart_a_large_group_is_told_again_whatever_was_told_before() -> None:
    window = Window()
    for one in CROWD:
        window.apply(one)
    made = Correlator(CATALOGUE, GRAPH, RULES, window)
    assert [len(told.signals) for told in _tick(made, 20.0, 7)] == [len(CROWD)]
    assert _tick(made, 21.0, 8) == []
