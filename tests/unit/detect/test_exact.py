"""State survives its pages, and repeated input changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from city.detect import Detector
from city.detect.store import CHUNK
from schemas.readings import Pack
from tests.unit.detect.world import Reading, catalogue, domain, pack, sensor, tick, told

CONDITIONS = (
    {"above": 2.0, "clear": 1.0, "for": 2.0},
    {"above": 4.0, "severity": "major"},
    {"above": 3.0, "over": 4.0, "function": "mean", "kind": "test.mean"},
    {"absent_for": 6.0, "kind": "sensor.silent"},
    {"stuck_for": 3.0, "kind": "sensor.stuck"},
    {"deviation": 4.0, "kind": "test.odd"},
)
KNOWN = catalogue([sensor("a"), sensor("b")], domain(*CONDITIONS))
VALUES = st.integers(0, 6).map(float)
READINGS = st.lists(st.tuples(st.sampled_from(["a/level_m", "b/level_m", "c/level_m"]), VALUES), max_size=60)


def packs(rows: list[tuple[str, float]], size: int = 4) -> list[Pack]:
    timed: list[Reading] = [(float(second), name, value) for second, (name, value) in enumerate(rows)]
    return [pack(timed[start : start + size]) for start in range(0, len(timed), size)]


def played(detector: Detector, parts: list[Pack]) -> list[str]:
    found = []
    for number, part in enumerate(parts):
        found += told(detector.pack(part))
        found += told(detector.tick(tick(number * 4.0 + 4)))
    return found


@settings(max_examples=60)
@given(READINGS, st.integers(0, 15))
def test_a_restored_detector_goes_on_as_if_nothing_had_happened(rows: list[tuple[str, float]], cut: int) -> None:
    parts = packs(rows)
    whole, first = Detector(KNOWN), Detector(KNOWN)
    expected = played(whole, parts)
    before = played(first, parts[:cut])
    second = Detector(KNOWN, first.pages())
    after = []
    for number, part in list(enumerate(parts))[cut:]:
        after += told(second.pack(part))
        after += told(second.tick(tick(number * 4.0 + 4)))
    assert before + after == expected
    assert second.pages() == whole.pages()


@settings(max_examples=60)
@given(READINGS, st.data())
def test_repeated_packs_bring_no_other_signals(rows: list[tuple[str, float]], data: st.DataObject) -> None:
    parts = packs(rows)
    doubled = [part for part in parts for _ in range(data.draw(st.integers(1, 3)))]
    once, often = Detector(KNOWN), Detector(KNOWN)
    assert [line for part in doubled for line in told(often.pack(part))] == [
        line for part in parts for line in told(once.pack(part))
    ]


@settings(max_examples=40)
@given(READINGS, st.integers(1, 9))
def test_the_size_of_packs_changes_no_signal(rows: list[tuple[str, float]], size: int) -> None:
    whole, cut = Detector(KNOWN), Detector(KNOWN)
    single = sorted(line for part in packs(rows, 1) for line in told(whole.pack(part)))
    assert sorted(line for part in packs(rows, size) for line in told(cut.pack(part))) == single
    assert whole.chains() == cut.chains()


def test_dirty_pages_laid_over_older_ones_are_the_whole_state() -> None:
    detector = Detector(KNOWN)
    names = [f"s{number}/level_m" for number in range(3 * CHUNK)]
    detector.pack(pack([(0, name, 1.0) for name in names]))
    held = dict(detector.take_dirty())
    detector.pack(pack([(1, names[0], 5.0), (1, names[-1], 5.0)]))
    dirty = detector.take_dirty()
    last = (len(names) - 1) // detector.series["level_m"].store.chunk
    assert {key for key in dirty if key.startswith("series")} == {"series/level_m/0", f"series/level_m/{last}"}
    assert Detector(KNOWN, held | dirty).pages() == detector.pages()


def test_pages_of_another_format_are_passed_over() -> None:
    detector = Detector(KNOWN)
    detector.pack(pack([(0, "a/level_m", 1.0)]))
    assert Detector(KNOWN, {key: b"\x00" + page[1:] for key, page in detector.pages().items()}).chains() == {}


def test_a_chain_shows_loss_doubling_and_order() -> None:
    rows = [pack([(float(second), "a/level_m", float(second))]) for second in range(3)]
    chains = set()
    for order in ([0, 1, 2], [0, 2, 1], [0, 1], [0, 1, 1, 2]):
        detector = Detector(KNOWN)
        for number in order:
            detector.pack(rows[number])
        chains.add(detector.chains()["a/level_m"])
    assert len(chains) == 4
