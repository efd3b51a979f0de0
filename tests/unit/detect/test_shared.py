"""What makes judging cheap and must not be seen in what it says: bounds of means, common columns, learning at once."""

import numpy as np
import pytest

from city.detect import Detector, normals
from city.detect.block import Block, Lesson
from city.detect.parts import WIDTH, Parts
from city.detect.store import Rows, Store, span
from schemas.readings import Pack, Run
from tests.unit.detect.world import catalogue, domain, pack, sensor, told

HOUR_MS = 3_600_000


def test_a_mean_over_a_day_lies_between_its_present_hour_and_the_others() -> None:
    parts, draw = Parts(24 * 3600), np.random.default_rng(3)
    store = Store(parts.fields())
    rows, often = np.array([store.add(name) for name in "abc"]), np.full(3, 60.0)
    known = 0
    for turn in range(400):
        times = np.array([turn * HOUR_MS // 4] * 3)
        parts.take(store, rows, times, np.where(draw.random(3) < 0.1, np.nan, draw.normal(0, 10, 3)))
        mean, (now, others) = parts.mean(store, rows, times, often), parts.around(store, rows)
        sure = ~np.isnan(mean)
        known += int(np.count_nonzero(sure))
        assert (mean <= np.fmax(now, others) + 1e-9)[sure].all()
        assert (mean >= np.fmin(now, others) - 1e-9)[sure].all()
    assert known > 600


def test_bounds_of_a_mean_are_worked_out_anew_after_others_wrote_its_columns() -> None:
    parts = Parts(24 * 3600)
    store, rows, times = Store(parts.fields()), np.array([0]), np.array([HOUR_MS])
    store.add("a")
    parts.take(store, rows, np.array([0]), np.array([1.0]))
    parts.take(store, rows, times, np.array([1.0]))
    assert parts.around(store, rows)[1].tolist() == [1.0]
    store.columns["sum:86400"][0, 0] = 5.0
    parts.forget()
    assert parts.around(store, rows)[1].tolist() == [5.0]
    assert store.columns["sum:86400"].shape[1] == WIDTH


def test_stores_of_a_block_keep_their_values_when_one_of_them_grows() -> None:
    block = Block(normals.FIELDS)
    stores = [Store(normals.FIELDS), Store(normals.FIELDS)]
    planes = [block.join(store) for store in stores]
    for store in stores:
        store.add("first")
    stores[0].columns["level"][0], stores[1].columns["offset"][0, 5] = 7.0, 9.0
    for number in range(3 * stores[0].chunk):
        stores[1].add(str(number))
    assert stores[0].columns["level"][0] == 7.0
    assert stores[1].columns["offset"][0, 5] == 9.0
    at = block.rows(planes[1], np.array([0]))
    block.columns["level"][at] = 3.0
    assert stores[1].columns["level"][0] == 3.0
    assert stores[0].columns["level"][0] == 7.0


def test_readings_of_several_quantities_teach_the_same_at_once_and_one_after_the_other() -> None:
    block, draw = Block(normals.FIELDS), np.random.default_rng(4)
    together, alone = [Store(normals.FIELDS) for _ in range(3)], [Store(normals.FIELDS) for _ in range(3)]
    planes = [block.join(store) for store in together]
    rows = np.array([[store.add(name) for name in "abcd"] for store in (*together, *alone)])[0]
    for turn in range(300):
        times = np.full(4, turn * 900_000)
        values = [draw.normal(50, 1, 4) + 30 * (draw.random(4) < 0.05) for _ in together]
        normals.learn_all(
            block,
            [Lesson(block.rows(plane, rows), times, own) for plane, own in zip(planes, values, strict=True)],
        )
        for store, own in zip(alone, values, strict=True):
            normals.learn(store, rows, times, own)
    for name in normals.FIELDS:
        for one, other in zip(together, alone, strict=True):
            assert np.array_equal(one.columns[name][rows], other.columns[name][rows], equal_nan=True)


def test_a_name_that_comes_twice_in_a_pack_is_learned_in_between() -> None:
    known = catalogue([sensor("g")], domain({"deviation": 5.0, "side": "above"}))
    values = [50.0 + number % 7 for number in range(40)] + [200.0]
    names, times = ["g/level_m"] * len(values), [number * 3_600_000 for number in range(len(values))]
    whole = Detector(known)
    found = told(whole.pack(Pack("test", "z1", names, times, values, [Run("/t", "1", len(values))])))
    single = Detector(known)
    assert found == [line for n, x in enumerate(values) for line in told(single.pack(_one(n, x)))]
    assert len(found) == 1


def _one(number: int, value: float) -> Pack:
    return Pack("test", "z1", ["g/level_m"], [number * 3_600_000], [value], [Run("/t", "1", 1)])


def test_a_condition_at_rest_begins_again_and_late_readings_find_it_as_it_was() -> None:
    known = catalogue([sensor("g")], domain({"above": 2.0, "for": 120}, period_s=60.0), clock="events")
    detector = Detector(known)
    calm = [told(detector.pack(pack([(at, "g/level_m", 1.0)]))) for at in range(0, 600, 60)]
    assert not any(calm)
    assert not told(detector.pack(pack([(720, "g/level_m", 3.0)])))
    assert not told(detector.pack(pack([(780, "g/level_m", 3.0)])))
    assert len(told(detector.pack(pack([(660, "g/level_m", 3.0)])))) == 1


@pytest.mark.parametrize("rows", [[3, 4, 5], [3, 5, 4], [7], [], [5, 3, 4, 6], [3, 3, 5]])
def test_only_rows_that_follow_one_another_are_a_slice(rows: list[int]) -> None:
    numbers: Rows = np.array(rows, dtype=np.intp)
    found = span(numbers)
    assert np.arange(10)[found].tolist() == rows
    assert isinstance(found, slice) is (rows in ([3, 4, 5], [7]))
