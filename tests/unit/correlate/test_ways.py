"""Cause rules on a graph: what is seen of a pair before the way between them is walked."""

from city.correlate.eras import Era
from city.correlate.ways import EARLY_MISS_S, TOLERANCE_S, CauseWay, Place
from city.graph import Walk
from schemas.rules import Cause, Hop
from tests.unit.correlate.town import GRAPH, RULES


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
                    assert way.may_tell(delay_s)
    assert told > 0


def test_a_delay_far_from_any_range_is_refused() -> None:
    cause = Cause(causes=["a"], effects=["b"], delay_min=0, delay_max=600)
    way = CauseWay(Era(RULES[0]), cause, GRAPH)
    assert not way.may_tell(-EARLY_MISS_S - 1)
    assert not way.may_tell(600 + 300 + 1)
