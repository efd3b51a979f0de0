"""Units as people write them; the console's unit test reads the same expectations."""

import json
from pathlib import Path

import pytest

from city.indicators.parks.table import BY_ID
from city.units import spelled
from tests.unit.detect.world import shipped_domains, shipped_limits

WRITTEN: dict[str, list[str]] = json.loads(Path(__file__).with_name("units_written.json").read_text())


@pytest.mark.parametrize("unit", WRITTEN)
def test_a_unit_is_written_as_people_do_in_both_languages(unit: str) -> None:
    assert list(spelled(unit)) == WRITTEN[unit]


def test_every_unit_that_ships_is_among_what_both_sides_are_held_to() -> None:
    known = {one.unit for domain in shipped_domains().values() for one in domain.quantities.values()}
    known |= {one.unit for one in shipped_limits().values()} | {one.unit for one in BY_ID.values()}
    assert not known - WRITTEN.keys()
