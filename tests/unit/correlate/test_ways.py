"""Cause rules on a graph: what is seen of a pair before the way between them is walked."""

from city.correlate.eras import Era
from city.correlate.strands import Strand
from city.correlate.ways import EARLY_MISS_S, TOLERANCE_S, CauseWay, Place
from city.graph import Walk
from schemas.rules import Cause, Hop
from tests.unit.correlate.town import GRAPH, RULES, signal


def _strand(*spans: tuple[float, float | None]) -> Strand:
    return Strand(tuple(signal("a", "f1", *span) for span in spans), ("f1",), None)


def _after(delay_s: float) -> tuple[Strand, Strand]:
    """A cause and an effect so much later."""
    return _strand((0, None)), _strand((delay_s, None))


def _places(cause: Cause) -> list[Place]:
    most = sum(hop.max for hop in cause.along)
    least = sum(hop.min for hop in cause.along)
    walks = [
        Walk(tuple(f"at-{number}" for number in range(hops + 1)), ("feeds",) * hops) for hops in range(least, most + 1)
    ]
    return [Place(walk=walk) for walk in walks] if cause.within_m is None else [Place(distance_m=1.0)]


def test_no_delay_that_would_be_told_of_is_refused_before_the_way_is_known() -> None:
    along = [Hop(relation="feeds", min=0, max=4)]
    slow = Cause(causes=["a"], effects=["b"], along=along, delay_min=60, delay_max=600, delay_per_hop=True)
    told = 0
    for cause in [slow, *(rule.cause for rule in RULES if rule.cause)]:
        way = CauseWay(Era(RULES[0]), cause, GRAPH)
        for place in _places(cause):
            for delay_s in range(-1_000, 20_000, 10):
                if way.is_near_miss(place, delay_s) or way.outside_s(place, delay_s) < TOLERANCE_S:
                    told += 1
                    assert way.may_tell(*_after(delay_s))
    assert told > 0


def test_a_delay_far_from_any_range_is_refused() -> None:
    cause = Cause(causes=["a"], effects=["b"], delay_min=0, delay_max=600)
    way = CauseWay(Era(RULES[0]), cause, GRAPH)
    assert not way.may_tell(*_after(-EARLY_MISS_S - 1))
    assert not way.may_tell(*_after(600 + 300 + 1))


def test_of_a_cause_that_came_again_the_last_time_counts_that_leaves_room_for_the_delay() -> None:
    cause = Cause(causes=["a"], effects=["b"], delay_min=60, delay_max=600)
    way, turns = CauseWay(Era(RULES[0]), cause, GRAPH), _strand((0, 100), (200, 300), (400, None))
    begun = {
        at: way.begun(turns, _strand((at, None)), Place(distance_m=1.0)) - turns.start
        for at in (20, 100, 259, 320, 5000)
    }
    assert begun == {20: 0, 100: 0, 259: 0, 320: 200, 5000: 400}
    assert way.may_tell(turns, _strand((1000 + 300, None)))
    assert not way.may_tell(turns, _strand((1000 + 301, None)))


def test_what_tells_of_it_meanwhile_is_no_second_time() -> None:
    twice = _strand((0, 100), (50, 300))
    assert twice.begun(1000 + twice.start) == twice.start


def test_a_time_that_is_early_by_a_clock_counts_rather_than_one_long_ago() -> None:
    cause = Cause(causes=["a"], effects=["b"], delay_min=0, delay_max=120)
    way, turns = CauseWay(Era(RULES[0]), cause, GRAPH), _strand((0, 100), (400, None))
    assert way.begun(turns, _strand((390, None)), Place(distance_m=1.0)) == turns.start + 400
    assert way.begun(turns, _strand((110, None)), Place(distance_m=1.0)) == turns.start
