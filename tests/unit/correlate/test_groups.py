"""Which signals are one and the same thing."""

from collections.abc import Iterable
from itertools import pairwise

import msgspec
import pytest

from city.correlate import Correlator
from city.correlate.courses import Courses
from city.graph import graph_of
from schemas.assets import Relation
from schemas.domains import Domain, SignalKind
from schemas.links import Explanation
from schemas.rules import Hop, Rule, Same
from schemas.signals import BY_HAND, Signal
from tests.unit.correlate.town import CATALOGUE, GRAPH, STORM, asset, correlator, report, signal, told


def _groups(signals: list[Signal]) -> list[list[str]]:
    return _named(told(signals).values())


def _named(found: Iterable[Explanation]) -> list[list[str]]:
    return sorted(sorted(f"{one.kind}@{one.asset}" for one in item.signals) for item in found)


def test_sensors_that_measure_one_asset_and_raise_one_kind_are_one_group() -> None:
    assert _groups([signal("traffic.slow", "loop1", 0, 50), signal("traffic.slow", "radar1", 100)]) == [
        ["traffic.slow@loop1", "traffic.slow@radar1"]
    ]
    apart = [signal("traffic.slow", "loop1", 0, 50), signal("traffic.slow", "radar1", 200)]
    assert len(_groups(apart)) == 2


def test_sensors_that_measure_each_other_and_have_no_place_are_nowhere() -> None:
    pair = [msgspec.structs.replace(asset(a, "sensor", measures=b), position=None) for a, b in ("ab", "ba")]
    made = correlator(graph_of(pair))
    assert len(made.signal(signal("report.crash", "a", 0, measures="b"), 1)) == 1


def test_what_comes_again_in_a_group_is_told_by_its_own_first_signal() -> None:
    rain = signal("weather.heavy_rain", "gauge", 0)
    gust, again = signal("weather.strong_wind", "tl1", 10, 50), signal("weather.strong_wind", "tl1", 100)
    (found,) = told([rain, gust, again]).values()
    (link,) = (link for link in found.same if link.effect == again.id)
    assert (found.group, link.cause, link.delay_s) == (rain.id, gust.id, 90)
    assert link.why == "weather.strong_wind at tl1 came again, 90 s after it first began."


def test_one_asset_and_kind_from_two_origins_is_one_group() -> None:
    ours, theirs = signal("power.outage", "f1", 0), signal("power.outage", "f1", 20, origin="/scada")
    assert len(_groups([ours, theirs])) == 1


def test_a_report_is_measured_from_the_nearest_time_that_the_thing_came_again() -> None:
    first, again = signal("traffic.crash", "seg1", 0, 500), signal("traffic.crash", "seg1", 530, 2000)
    near, late = report("crash", "a", 2300, 2, 1), report("crash", "b", 2400, 2, 1)
    found = told([first, again, near, late])
    assert [[one.id for one in group.signals] for group in found.values()] == [[first.id, again.id, near.id], [late.id]]
    (link,) = (link for link in found[first.id].same if link.effect == near.id)
    assert (link.cause, link.delay_s) == (first.id, 1770)
    assert "tells of the same thing as traffic.crash at seg1, which came again: 30 min apart" in link.why
    assert "traffic.crash tại seg1, lúc tái diễn: lệch nhau 30 phút" in link.why_vi


def test_an_end_that_comes_late_may_show_that_a_thing_came_again() -> None:
    first = signal("traffic.crash", "seg1", 0)
    story = [first, signal("traffic.crash", "seg1", 1500, origin="/police"), report("crash", "a", 2300, 2, 1)]
    assert len(_groups(story)) == 2
    assert len(_groups([*story, signal("traffic.crash", "seg1", 0, 1480)])) == 1


def test_citizens_police_and_detector_tell_of_one_crash() -> None:
    story = [report("crash", "a", 0, 2, 1), signal("traffic.crash", "seg1", 60), report("crash", "b", 900, 3, 2)]
    assert len(_groups(story)) == 1


def test_reports_on_both_sides_of_a_crash_are_of_it_although_they_came_first() -> None:
    """Each is 440 m from the crash, and 870 m from the other one."""
    west, east = report("crash", "west", 0, -2, 1), report("crash", "east", 60, 6, 1)
    assert len(_groups([west, east])) == 2
    crash = signal("traffic.crash", "seg1", 300)
    found = told([west, east, crash])
    assert [one.signals[0] for one in found.values()] == [crash]
    assert {link.cause for one in found.values() for link in one.same} == {crash.id}


def test_a_report_of_no_light_far_from_an_earlier_one_is_of_the_same_outage() -> None:
    """The feeder feeds the cabinets 1 and 4, 650 m apart; by one of them somebody reports before the outage is told."""
    story = [report("outage", "a", 0, -2, 0), signal("power.outage", "f1", 300), report("outage", "b", 900, 12, 0)]
    assert len(_groups(story)) == 1


def test_a_report_is_of_the_crash_that_had_happened_before_one_that_came_later() -> None:
    story = [signal("traffic.crash", "seg1", 0), report("crash", "a", 60, 4, 1), signal("traffic.crash", "seg3", 300)]
    found = told(story)
    joined = next(item for item in found.values() if len(item.signals) == 2)
    assert [one.asset for one in joined.signals] == ["seg1", "report-a"]
    assert [(link.cause, link.reason) for link in joined.candidates] == [(story[2].id, "weaker")]


def test_a_report_between_two_crashes_joins_neither_and_keeps_both_as_candidates() -> None:
    story = [signal("traffic.crash", "seg1", 0), signal("traffic.crash", "seg3", 0), report("crash", "a", 60, 4, 1)]
    found = told(story)
    alone = next(item for item in found.values() if item.signals[0].kind == "report.crash")
    assert len(found) == 3
    assert [link.reason for link in alone.candidates] == ["tie", "tie"]


LORRY, BIKES = "Xe tải lật trước cổng chợ, chắn hai làn", "Hai xe máy va chạm, có người bị thương"


def between(first: str | None, second: str | None, said: str | None) -> dict[str, Explanation]:
    """A report halfway between two others that are too far from each other to be one."""
    ends = [report("crash", "a", 0, 0, 0, note=first), report("crash", "b", 0, 8, 0, note=second)]
    return told([*ends, report("crash", "c", 60, 4, 0, note=said)])


def test_of_equally_near_reports_the_one_with_the_most_alike_words_is_taken_and_the_why_says_so() -> None:
    found = between(LORRY, BIKES, "xe tai lat truoc cho, ket xe")
    joined = next(item for item in found.values() if len(item.signals) == 2)
    assert [one.asset for one in joined.signals] == ["report-a", "report-c"]
    (link,) = joined.same
    assert "the most alike (71 %)" in link.why and "giống nhất (71 %)" in link.why_vi
    (other,) = joined.candidates
    assert (other.reason, other.cause) == ("wording", next(key for key in found if key != joined.group))
    assert "words are more alike" in other.why and "lời phản ánh giống hơn" in other.why_vi


def test_words_of_reports_count_for_the_group_that_an_instrument_began() -> None:
    ends = [signal("traffic.crash", "seg1", 0), signal("traffic.crash", "seg5", 0)]
    said = [report("crash", "a", 30, 1, 1, note=LORRY), report("crash", "b", 30, 11, 1, note=BIKES)]
    found = told([*ends, *said, report("crash", "c", 60, 6, 1, note="xe tai lat truoc cho, ket xe")])
    joined = next(item for item in found.values() if len(item.signals) == 3)
    assert [one.asset for one in joined.signals] == ["seg1", "report-a", "report-c"]
    assert "the most alike (71 %)" in joined.same[-1].why


def test_words_that_do_not_lead_or_are_missing_decide_nothing() -> None:
    for words in ((LORRY, LORRY, "xe tai lat"), (LORRY, BIKES, "kẹt xe"), (LORRY, None, LORRY), (LORRY, BIKES, None)):
        found = between(*words)
        assert len(found) == 3, words
        assert [link.reason for item in found.values() for link in item.candidates] == ["tie", "tie"]


def test_words_do_not_bring_nearer_what_another_one_explains_better() -> None:
    ends = [report("crash", "a", 0, 0, 0, note=LORRY), report("crash", "b", 0, 7, 0, note=BIKES)]
    found = told([*ends, report("crash", "c", 60, 1, 0, note=BIKES)])
    assert sorted(len(item.signals) for item in found.values()) == [1, 2]
    joined = next(item for item in found.values() if len(item.signals) == 2)
    assert [one.asset for one in joined.signals] == ["report-a", "report-c"] and "alike" not in joined.same[0].why


def test_two_crashes_near_one_report_never_become_one_silently() -> None:
    story = [report("crash", "a", 0, 4, 1), signal("traffic.crash", "seg1", 60), signal("traffic.crash", "seg3", 90)]
    assert all(sum(name.startswith("traffic.crash") for name in group) <= 1 for group in _groups(story))


def test_a_report_of_no_light_belongs_to_the_feeder_that_feeds_the_street() -> None:
    story = [signal("power.outage", "f1", 0), signal("power.outage", "sub", 0), report("outage", "a", 600, 2, 1)]
    found = told(story)
    feeder = next(item for item in found.values() if item.signals[0].asset == "f1")
    assert [one.kind for one in feeder.signals] == ["power.outage", "report.outage"]
    assert feeder.same[0].path[0] == "f1"
    far = told([signal("power.outage", "f1", 0), report("outage", "a", 600, 60, 60)])
    assert len(far) == 2


def test_of_two_that_reach_others_the_earlier_one_reaches_the_later_whatever_came_first() -> None:
    kinds, along = ["report.outage", "power.outage", "power.voltage_low"], [Hop(relation="feeds", max=8)]
    same = Same(kinds=kinds, along=along, within_m=300, within_s=600, repeats=["report.outage"])
    rule = msgspec.structs.replace(STORM, same=same)
    trip, dim = signal("power.outage", "f2", 0), signal("power.voltage_low", "cab6", 60)
    for came in ((trip, dim), (dim, trip)):
        assert [len(one.signals) for one in _storm(*came, rule=rule)] == [2]
    before = signal("power.voltage_low", "cab6", -60)
    for came in ((trip, before), (before, trip)):
        assert [len(one.signals) for one in _storm(*came, rule=rule)] == [1, 1], "a cabinet feeds nothing"


def test_what_a_feeder_feeds_is_found_as_far_as_the_rule_says() -> None:
    kinds, along = ["report.outage", "power.outage"], [Hop(relation="feeds", max=8)]
    trip = signal("power.outage", "f2", 0)
    for within_m, reached, missed in ((2_000, (4, 12, 17), 19), (1_000_000, (4, 100, 5_000), 14_000)):
        same = Same(kinds=kinds, along=along, within_m=within_m, within_s=3_600, repeats=["report.outage"])
        rule = msgspec.structs.replace(STORM, same=same)
        for north in (*reached, missed):
            found = _storm(trip, report("outage", "a", 60, 10, north), rule=rule)
            assert [len(one.signals) for one in found] == ([1, 1] if north == missed else [2]), f"{north * 111} m"


def test_a_withdrawn_signal_leaves_and_a_replaced_one_gives_way() -> None:
    first, second = signal("traffic.slow", "loop1", 0), signal("traffic.slow", "loop1", 30)
    assert told([first, signal("traffic.slow", "loop1", 0, withdrawn=True), first]) == {}
    moved = told([first, signal("traffic.slow", "loop1", 30, replaces=first.id)])
    assert list(moved) == [second.id]


IN, OUT = ["in1", "in2", "in3", "in4"], ["out4", "out3", "out2", "out1"]
MOTORWAY = graph_of(
    [asset(name, "road_segment", 2 * at, 0) for at, name in enumerate(IN)]
    + [asset(name, "road_segment", 2 * (3 - at), 0.2) for at, name in enumerate(OUT)]
    + [
        asset(
            "long",
            "road_segment",
            0,
            50,
            geometry={"type": "LineString", "coordinates": [[106.59, 11.05], [106.61, 11.05]]},
        )
    ],
    [Relation(from_id=a, relation="flows_to", to_id=b) for way in (IN, OUT) for a, b in pairwise(way)],
)


def _on_the_motorway(*signals: Signal) -> list[list[str]]:
    made = correlator(MOTORWAY)
    for number, one in enumerate(signals):
        made.signal(one, number)
    return _named(made.explanations().values())


def test_what_two_systems_tell_of_one_carriageway_is_one_crash() -> None:
    told_of = signal("traffic.crash", "in1", 0), signal("report.crash", "in2", 60)
    assert len(_on_the_motorway(*told_of)) == 1


def test_opposite_carriageways_are_not_mixed_however_near() -> None:
    told_of = signal("traffic.crash", "in1", 0), signal("report.crash", "out1", 60)
    assert len(_on_the_motorway(*told_of)) == 2


def test_farther_along_the_road_than_the_rule_reaches_is_another_crash() -> None:
    reach_m = {"in2": 1, "in4": 2}
    for name, groups in reach_m.items():
        assert len(_on_the_motorway(signal("traffic.crash", "in1", 0), signal("report.crash", name, 60))) == groups


def test_a_part_of_the_road_whose_place_is_not_known_is_as_long_as_the_way_between_its_neighbours() -> None:
    parts = [asset("a", "road_segment"), asset("b", "road_segment"), asset("c", "road_segment", 0, 10)]
    parts[1] = msgspec.structs.replace(parts[1], position=None)
    edges = [Relation(from_id=one, relation="flows_to", to_id=other) for one, other in pairwise("abc")]
    courses = Courses(graph_of(parts, edges))
    assert courses.distance_m("a", "c", 2_000) == pytest.approx(1_112, rel=0.01)
    assert courses.distance_m("c", "a", 1_000) is None


def test_a_camera_far_from_the_middle_of_its_road_tells_of_the_same_crash_whatever_came_first() -> None:
    far = signal("traffic.crash", "camera", 0, measures="in1", position=(106.6, 11.012))
    for told_of in ((far, signal("report.crash", "in1", 60)), (signal("report.crash", "in1", 60), far)):
        assert len(_on_the_motorway(*told_of)) == 1


def test_a_report_near_the_end_of_a_long_segment_tells_of_its_crash() -> None:
    crash = signal("traffic.crash", "long", 0, position=(106.6, 11.05))
    at_its_end, beyond = report("crash", "a", 60, 9, 51), report("crash", "b", 60, 16, 50)
    assert len(_on_the_motorway(crash, at_its_end)) == 1
    assert len(_on_the_motorway(crash, beyond)) == 2


def _storm(*reports: Signal, rule: Rule = STORM) -> list[Explanation]:
    made = correlator(rules=[rule])
    for number, one in enumerate(reports):
        made.signal(one, number)
    return list(made.explanations().values())


FRONT = [report("other", str(at), at * 300, at * 40, 0) for at in range(5)]
"""Every five minutes 4.4 km farther east."""


def test_a_storm_that_moves_on_is_one_though_its_ends_are_far_apart() -> None:
    assert len(_storm(*FRONT)) == 1
    held = msgspec.structs.replace(STORM, same=Same(kinds=["report.other"], within_m=5_000, within_s=600, moving=False))
    assert len(_storm(*FRONT, rule=held)) == 3


def test_a_report_that_lies_between_two_storms_shows_that_they_are_one() -> None:
    first, *_, last = (report("other", str(at), at * 300, at * 40, 0) for at in range(3))
    between = report("other", "late", 300, 40, 0)
    assert len(_storm(first, last)) == 2
    (storm,) = _storm(first, last, between)
    assert [link.cause for link in storm.same] == [first.id, between.id]
    assert len(_storm(first, between, last, msgspec.structs.replace(between, withdrawn=True))) == 2


@pytest.mark.parametrize(("degrees", "storms"), [(45, 1), (66, 1), (72, 2)])
def test_of_a_storm_two_reports_may_be_half_as_far_again_apart(degrees: int, storms: int) -> None:
    """5 km are 45 thousandths of a degree there, 7.5 km 68."""
    pair = report("other", "here", 0, 0, 0), report("other", "there", 60, degrees, 0)
    assert len(_storm(*pair)) == storms
    same = Same(kinds=["report.other"], within_m=5_000, within_s=600, moving=False)
    assert len(_storm(*pair, rule=msgspec.structs.replace(STORM, same=same))) == (1 if degrees == 45 else 2)


def test_what_is_told_of_over_kilometres_moves_and_in_a_street_it_stands() -> None:
    assert Same(kinds=["a"], within_m=5000).moves
    assert not Same(kinds=["a"], within_m=500).moves


def test_a_report_that_opens_nothing_opens_an_incident_when_a_person_of_the_center_made_it() -> None:
    kinds = {"report.noise": SignalKind(name="Noise", name_vi="Tiếng ồn", opens=False)}
    words = Domain(id="reports", name="", name_vi="", description="", description_vi="", kinds=kinds)
    opens = []
    for origin in ("/citizens", BY_HAND):
        made = Correlator(msgspec.structs.replace(CATALOGUE, domains={"reports": words}), GRAPH, [])
        made.signal(msgspec.structs.replace(report("noise", "a", 0, 2, 1), origin=origin), 1)
        opens += [one.opens for one in made.explanations().values()]
    assert opens == [False, True]
