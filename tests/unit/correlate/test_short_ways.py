"""What takes a short way because little is concerned ends as what takes the long one, at each step."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from city.correlate import Correlator, Window
from city.correlate.eras import Era
from city.correlate.strands import Strand
from city.correlate.ways import CauseWay
from city.explain import Names, Teller, Telling, duration
from city.graph import Walk
from schemas.links import Explanation
from schemas.signals import Signal
from tests.unit.correlate.stories import STORIES
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, STORM, asset, correlator, signal

ALL_RULES = [*RULES, STORM]


def _bare(made: Correlator) -> dict[str, Explanation]:
    return {group: replace(told, revision=0) for group, told in made.explanations().items()}


@settings(max_examples=20)
@given(STORIES)
def test_signal_by_signal_all_is_told_as_if_all_had_come_at_once(story: list[Signal]) -> None:
    """All at once, from a window, nothing goes the way of a single strand that no rule joins to another."""
    made, window = correlator(rules=ALL_RULES), Window()
    raised = [replace(one, state="active", cleared_at=None) for one in story]
    for number, one in enumerate([*raised, *story]):
        made.signal(one, number)
        made.settle(number)
        window.apply(one)
        assert _bare(made) == _bare(Correlator(CATALOGUE, GRAPH, ALL_RULES, window))


@settings(max_examples=40)
@given(STORIES)
def test_what_has_ended_stands_where_it_would_stand_if_it_were_looked_up_anew(story: list[Signal]) -> None:
    made = correlator(rules=ALL_RULES)
    for number, one in enumerate(story):
        made.signal(replace(one, state="active", cleared_at=None), number)
        made.signal(one, number)
    strands = list(made._grouping.strands.values())
    assert strands
    for strand in strands:
        assert made._model.stand(strand) == made._model.stand(
            Strand(strand.signals, strand.places, strand.position, strand.line)
        )


@given(STORIES)
def test_a_cause_that_walks_nothing_itself_reaches_its_effects_as_one_that_does(story: list[Signal]) -> None:
    strands = list(correlator(rules=[])._model.strands([one], one.kind, {})[0] for one in story)
    for rule in RULES:
        if rule.cause is None or rule.cause.within_m is not None:
            continue
        way = CauseWay(Era(rule), rule.cause, GRAPH)
        for by in strands:
            for to in strands:
                found = way.place(by, to)
                assert (found.walk if found else None) == _joined(way, by, to)


def _joined(way: CauseWay, by: Strand, to: Strand) -> Walk | None:
    """Both ends walked, and the best of what joins them."""
    starts = [GRAPH.walk(place, way._before) for place in by.places]
    ends = [GRAPH.walk(place, way._after, back=True) for place in to.places]
    ways = [
        start[middle].joined(end[middle].reversed())
        for start in starts
        for end in ends
        for middle in start.keys() & end.keys()
    ]
    return min(ways, key=lambda walk: (-walk.confidence, walk.path), default=None)


@given(st.floats(-200_000, 200_000))
def test_delays_are_told_by_their_whole_seconds(seconds: float) -> None:
    effect = signal("traffic.slow", "loop1", seconds)
    words, words_vi = Teller(GRAPH, lambda _: None).cause(
        Telling(cause=signal("traffic.crash", "seg1", 0), effect=effect)
    )
    apart = (effect.raised_at - signal("traffic.crash", "seg1", 0).raised_at).total_seconds()
    length, length_vi = duration(apart)
    said = ("at the same time as", "cùng lúc với") if round(apart) == 0 else None
    if said is None:
        said = (
            (f"{length} before", f"{length_vi} trước") if apart < 0 else (f"{length} after", f"sau {length_vi} kể từ")
        )
    assert words == f"traffic.slow at loop1 began {said[0]} traffic.crash at seg1."
    assert words_vi == f"traffic.slow tại loop1 xảy ra {said[1]} traffic.crash tại seg1."


def test_names_of_what_a_city_has_are_kept_and_those_of_reports_are_not() -> None:
    names = Names({"seg1": asset("seg1", "road_segment")})
    assert (names["seg1"], names["report-1"]) == (("seg1", "seg1"), ("report-1", "report-1"))
    assert list(names) == ["seg1"]
