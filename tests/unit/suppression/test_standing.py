"""Which signals a silence or works cover."""

import random
from datetime import timedelta
from typing import Any

import pytest

from city.incidents.suppression import said_of
from city.suppression import Calendar, Standing
from schemas.suppression import Match, Suppressed
from tests.changes import a_change
from tests.truth import START, at, signal
from tests.unit.incidents.book import words
from tests.unit.suppression.windows import SQUARE, window

HOLED = {
    "type": "Polygon",
    "coordinates": [
        *SQUARE["coordinates"],
        [[106.59, 10.99], [106.61, 10.99], [106.61, 11.01], [106.59, 11.01], [106.59, 10.99]],
    ],
}


def covers(match: Match, **of: Any) -> bool:
    about = {"asset": "feeder-1", **of}
    return bool(Standing(words(), [window("sil-1", match)]).covering(signal(**about)))


@pytest.mark.parametrize(
    ("match", "of", "covered"),
    [
        (Match(kind=("power.outage",)), {}, True),
        (Match(kind=("power.*",)), {}, True),
        (Match(kind=("traffic.*", "power.*")), {}, True),
        (Match(kind=("power",)), {}, False),
        (Match(kind=("*",)), {"kind": "river.polluted"}, True),
        (Match(domain=("power",), severity=("minor", "warning")), {}, False),
        (Match(domain=("power",), severity=("minor", "warning")), {"severity": "minor"}, True),
        (Match(asset=("feeder-1",)), {}, True),
        (Match(asset=("feeder-?",)), {}, True),
        (Match(asset=("feeder-1",)), {"asset": "loop-9", "measures": "feeder-1"}, True),
        (Match(asset=("feeder-2",)), {}, False),
        (Match(asset=("[f]eeder-1",)), {}, False),
        (Match(asset=("[a]*",)), {"asset": "[a]-1"}, True),
        (Match(agency=("evn",)), {}, True),
        (Match(agency=("evn",)), {"agency": "water"}, False),
        (Match(agency=("evn",)), {"asset": "unheard-of"}, False),
        (Match(zone=("z1",)), {}, True),
        (Match(zone=("z2",)), {}, False),
        (Match(area=("thu-dau-mot",)), {}, True),
        (Match(area=("thu-dau-mot",)), {"zone": "z2"}, False),
        (Match(geometry=SQUARE), {}, True),
        (Match(geometry=SQUARE), {"position": (106.8, 11.0)}, False),
        (Match(geometry=SQUARE, kind=("traffic.*",)), {}, False),
        (Match(geometry=HOLED), {}, False),
        (Match(geometry=HOLED), {"position": (106.55, 11.0)}, True),
        (Match(geometry=SQUARE), {"asset": "unheard-of", "position": None}, False),
        (Match(geometry={"type": "Point", "coordinates": [106.6009, 11.0]}), {}, True),
        (Match(geometry={"type": "Point", "coordinates": [106.602, 11.0]}), {}, False),
        (Match(geometry={"type": "MultiPoint", "coordinates": [[106.0, 11.0], [106.6, 11.0]]}), {}, True),
        (Match(geometry={"type": "LineString", "coordinates": [[106.5, 11.0005], [106.7, 11.0005]]}), {}, True),
        (Match(geometry={"type": "LineString", "coordinates": [[106.5, 11.01], [106.7, 11.01]]}), {}, False),
        (
            Match(geometry={"type": "MultiLineString", "coordinates": [[[106.5, 11.0], [107.9, 11.0]]]}, near_m=10),
            {},
            True,
        ),
        (Match(geometry={"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]]}), {}, True),
        (
            Match(geometry={"type": "Polygon", "coordinates": [[[100, 0], [110, 0], [110, 20], [100, 20], [100, 0]]]}),
            {},
            True,
        ),
    ],
)
def test_a_silence_covers_what_all_its_fields_match(match: Match, of: dict[str, Any], covered: bool) -> None:
    assert covers(match, **of) is covered


def test_works_at_several_places_cover_what_one_of_them_matches() -> None:
    standing = Standing(words(), [window("works-1", Match(asset=("a",)), Match(geometry=SQUARE))])
    assert standing.covering(signal("a", position=None)) and standing.covering(signal("feeder-1"))
    assert not standing.covering(signal("b", position=None))


def test_a_silence_of_an_agency_covers_its_own_signals_only() -> None:
    standing = Standing(words(), [window(agency="water")])
    assert standing.covering(signal("feeder-1", agency="water"))
    assert not standing.covering(signal("feeder-1"))


def test_a_silence_that_is_replaced_or_dropped_covers_no_more() -> None:
    standing = Standing(words(), [window()])
    assert [one.id for one in standing.covering(signal("feeder-1"))] == ["sil-1"]
    standing.put(window("sil-1", Match(kind=("traffic.*",))))
    assert standing.covering(signal("feeder-1")) == ()
    standing.put(window("sil-2"))
    standing.drop("sil-1")
    assert [one.id for one in standing.windows()] == ["sil-2"] and standing
    standing.put(window("sil-3"))
    standing.drop("sil-2")
    standing.drop("sil-2")
    assert [one.id for one in standing.covering(signal("feeder-1"))] == ["sil-3"]
    standing.drop("sil-3")
    assert standing.covering(signal("feeder-1")) == () and not standing


def test_what_was_over_is_covered_by_what_was_in_force_at_its_end() -> None:
    standing = Standing(words(), [window(starts_at=at(100), ends_at=at(200))])
    ends = {99: False, 100: True, 199: True, 200: False}
    for ended in (False, True):
        if ended:
            standing.end(window(starts_at=at(100), ends_at=at(200)))
        for end, covered in ends.items():
            assert bool(standing.covering(signal("feeder-1", 50, cleared=end))) is covered, (ended, end)
        assert bool(standing.covering(signal("feeder-1", 50))) is not ended


def test_what_ended_is_remembered_for_as_long_as_something_under_it_may_be_told() -> None:
    late = words().longest_lateness_s
    standing = Standing(words())
    for number in range(3):
        standing.end(window(f"sil-{number}", starts_at=at(0), ends_at=at(100 + number * late)))
    over = signal("feeder-1", 50, cleared=60)
    assert [one.id for one in standing.covering(over)] == ["sil-1", "sil-2"]
    assert standing and not standing.windows() and not standing.in_force("sil-2") and not standing.in_force("sil-9")
    standing.put(window("sil-2"))
    assert standing.in_force("sil-2") and standing.covering(signal("feeder-1", 50))


def test_what_was_suppressed_by_what_nobody_remembers_any_more_stays_so() -> None:
    over = signal("feeder-1", 50, cleared=60)
    said = Suppressed(by=("sil-1",), until=at(100), why="", why_vi="")
    incident = a_change(suppressed=said).incident
    assert said_of(incident, [over], {}, Standing(words())).suppressed == said
    remembered = Standing(words(), [window("sil-1", starts_at=at(61))])
    assert said_of(incident, [over], {}, remembered).suppressed is None, "it was over before"


def test_the_index_finds_what_asking_every_silence_finds() -> None:
    chance = random.Random(5)
    pools = {"kind": ["power.outage", "power.*", "traffic.slow"], "asset": ["a", "b", "feeder-?"], "zone": ["z1", "z2"]}
    pools |= {"domain": ["power", "t*"], "severity": ["major", "minor"], "agency": ["evn"]}
    found = []
    for number in range(300):
        fields: dict[str, Any] = {
            name: (chance.choice(pools[name]),) for name in chance.sample(sorted(pools), chance.randint(1, 3))
        }
        near = {"type": "Point", "coordinates": [106.6 + chance.random() / 100, 11.0]}
        found.append(window(f"sil-{number}", Match(**fields, geometry=near if chance.random() < 0.4 else None)))
    standing = Standing(words(), found)
    for asset, kind, zone in [
        ("a", "power.outage", "z1"),
        ("feeder-1", "traffic.slow", "z2"),
        ("b", "power.low", "z1"),
    ]:
        one = signal(asset, kind=kind, zone=zone)
        alone = sorted(each.id for each in found if Standing(words(), [each]).covering(one))
        assert [each.id for each in standing.covering(one)] == alone
        assert alone


def test_a_calendar_lets_windows_begin_and_end_by_event_time() -> None:
    calendar = Calendar(words())
    calendar.add(window("late", starts_at=at(100), ends_at=at(200)))
    calendar.add(window("missed", starts_at=at(-200), ends_at=at(-100)))
    assert calendar.advance(START) and not calendar.standing.windows()
    assert [one.id for one in calendar.standing.covering(signal("feeder-1", -150, cleared=-120))] == ["missed"]
    assert not calendar.advance(at(99))
    assert calendar.advance(at(100)) and [one.id for one in calendar.standing.windows()] == ["late"]
    assert not calendar.advance(at(199))
    assert calendar.advance(at(200) + timedelta(seconds=1)) and not calendar.standing.windows()


def test_only_so_many_answers_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("city.suppression.standing.MOST_REMEMBERED", 2)
    standing = Standing(words(), [window()])
    assert all(standing.covering(signal("feeder-1", second)) for second in range(5))
