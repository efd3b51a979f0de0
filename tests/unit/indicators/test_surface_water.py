"""Classes of QCVN 08:2023 by the limit rows that ship."""

from datetime import UTC, datetime

import pytest

from city.indicators.surface_water import BELOW_D, classes_of, worst
from tests.unit.detect.world import catalogue

KNOWN = catalogue()


def bound(key: str, year: int = 2026) -> float | None:
    row = KNOWN.limit(key, datetime(year, 6, 1, tzinfo=UTC))
    return row.value if row else None


@pytest.mark.parametrize(
    ("quantity", "value", "letter"),
    [
        ("river_cod_mgl", 10, "A"),
        ("river_cod_mgl", 15.1, "C"),
        ("river_cod_mgl", 21, "D"),
        ("river_bod5_mgl", 6, "B"),
        ("do_mgl", 6, "A"),
        ("do_mgl", 4.2, "C"),
        ("do_mgl", 2.0, "D"),
        ("do_mgl", 1.9, BELOW_D),
        ("river_ph", 6.2, "B"),
        ("river_ph", 8.6, "D"),
    ],
)
def test_a_value_has_the_class_of_its_row(quantity: str, value: float, letter: str) -> None:
    assert classes_of({quantity: value}, bound) == {quantity: letter}


def test_the_worst_class_counts_and_what_has_no_row_or_no_confirmed_cell_has_none() -> None:
    classes = classes_of({"river_cod_mgl": 9, "do_mgl": 4.5, "river_tss_mgl": 60}, bound)
    assert (classes, worst(classes)) == ({"river_cod_mgl": "A", "do_mgl": "C"}, "C")
    assert classes_of({"river_cod_mgl": 9, "river_ph": 7}, lambda key: bound(key, 2020)) == {}
    assert worst({}) is None
