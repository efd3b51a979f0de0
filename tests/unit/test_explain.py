"""Sentences of explanations read well, whatever the names of the city look like."""

import msgspec

from city.compass import wind_words
from city.explain import Teller, Telling, within
from city.graph import Walk, graph_of
from city.pattern_words import PatternTeller
from schemas.assets import Asset, RelationWords
from schemas.domains import SignalKind
from schemas.rules import Pattern, Rule
from schemas.signals import Signal
from tests.truth import signal

KINDS = {
    "traffic.slow": SignalKind(name="Slow traffic", name_vi="Giao thông chậm"),
    "report.noise": SignalKind(name="Noise reported", name_vi="Người dân báo tiếng ồn"),
}
ASSETS = [
    Asset(
        id="loop-1", kind="sensor", name="QL13, segment 1: mean speed, flow", name_vi="QL13, đoạn 1: tốc độ, lưu lượng"
    ),
    Asset(id="seg-1", kind="road_segment", name="Segment 1", name_vi="Đoạn 1"),
    Asset(id="seg-2", kind="road_segment", name="Segment 2", name_vi="Đoạn 2"),
    Asset(id="reach-1", kind="river_reach", name="Reach 1", name_vi="Đoạn sông 1"),
    Asset(id="reach-2", kind="river_reach", name="Reach 2", name_vi="Đoạn sông 2"),
]
TELLER = Teller(graph_of(ASSETS, []), KINDS.get)


def slow(asset: str, after: float = 0) -> Signal:
    return signal(asset, after, "traffic.slow")


def test_what_a_sensor_measures_stands_in_brackets_within_a_sentence() -> None:
    english, vietnamese = TELLER.cause(Telling(cause=slow("seg-2"), effect=slow("loop-1", 180)))
    assert english == "Slow traffic at QL13, segment 1 (mean speed, flow) began 3 min after slow traffic at Segment 2."
    assert vietnamese.startswith("Giao thông chậm tại QL13, đoạn 1 (tốc độ, lưu lượng) xảy ra sau 3 phút kể từ")
    assert within("Feeder 471") == "Feeder 471" and within("odd: ") == "odd: "


def test_a_cause_that_the_wind_carried_says_where_it_came_from_beside_what_held_there() -> None:
    carried = Telling(cause=slow("seg-2"), effect=slow("seg-1"), conditions=("report.noise",), wind_deg=350.0)
    english, vietnamese = TELLER.cause(carried)
    assert english.endswith(" Held there then: noise reported. The wind came from the north.")
    assert vietnamese.endswith(" Khi đó tại đây có người dân báo tiếng ồn. Khi đó gió thổi từ hướng bắc.")


def test_the_eight_winds_are_each_an_eighth_of_the_compass() -> None:
    assert [wind_words(degrees)[0] for degrees in (0, 22, 23, 225, 292, 293, 338, 360)] == [
        "north",
        "north",
        "north-east",
        "south-west",
        "west",
        "north-west",
        "north",
        "north",
    ]


def test_roads_lead_where_rivers_flow() -> None:
    def way(kind: str) -> tuple[str, str]:
        walk = Walk((f"{kind}-2", f"{kind}-1"), ("~flows_to",))
        return TELLER.cause(Telling(cause=slow(f"{kind}-2"), effect=slow(f"{kind}-1", 60), walk=walk))

    assert way("seg")[0].endswith("; Segment 1 leads into Segment 2.")
    assert way("seg")[1].endswith("; Đoạn 1 dẫn vào Đoạn 2.")
    assert way("reach")[1].endswith("; Đoạn sông 1 chảy đến Đoạn sông 2.")


def test_a_warning_is_told_by_its_zone_and_not_by_its_number() -> None:
    storm = msgspec.structs.replace(slow("warning-be2502"), category="warning", zone="seg-1")
    assert TELLER.signal(storm) == ("Slow traffic at Segment 1", "Giao thông chậm tại Đoạn 1")
    assert TELLER.signal(msgspec.structs.replace(storm, zone="unknown"))[0] == "Slow traffic"
    assert TELLER.signal(slow("my-street"))[0] == "Slow traffic at my-street"


def test_kinds_within_the_sentence_of_a_pattern_begin_small() -> None:
    rule = Rule(
        id="noise",
        title="Noise",
        title_vi="Tiếng ồn",
        runbook="",
        runbook_vi="",
        pattern=Pattern(parts=[], within_s=600),
    )
    head, member = (signal("seg-1", after, "report.noise") for after in (0, 60))
    english, vietnamese = PatternTeller(TELLER).belongs(rule, head, member, None)
    assert english == "Noise reported at Segment 1 belongs to “Noise” with noise reported at Segment 1: 60 s apart."
    assert "cùng với người dân báo tiếng ồn tại Đoạn 1" in vietnamese


def test_a_city_says_how_its_own_relations_are_called() -> None:
    own = {"leads_past": RelationWords(name="leads past", name_vi="đi ngang qua")}
    walk = Walk(("seg-1", "seg-2", "reach-1"), ("leads_past", "comes_to"))
    link = Telling(cause=slow("seg-1"), effect=slow("reach-1", 60), walk=walk)
    english, vietnamese = Teller(graph_of(ASSETS, []), KINDS.get, own).cause(link)
    assert english.endswith("; Segment 1 leads past Segment 2, Segment 2 comes to Reach 1.")
    assert vietnamese.endswith("; Đoạn 1 đi ngang qua Đoạn 2, Đoạn 2 comes to Đoạn sông 1.")


def test_what_comes_again_is_told_by_when_it_first_began() -> None:
    again = Telling(cause=slow("seg-1"), effect=slow("seg-1", 360))
    assert TELLER.measured(again) == (
        "Slow traffic at Segment 1 came again, 6 min after it first began.",
        "Giao thông chậm tại Đoạn 1 tái diễn, 6 phút sau lần đầu.",
    )
    english, vietnamese = TELLER.fellow(again)
    assert english.startswith(
        "Slow traffic at Segment 1 has the same possible causes as 6 min before: whichever it was"
    )
    assert "như lần trước, cách đó 6 phút: nguyên nhân nào đúng" in vietnamese
