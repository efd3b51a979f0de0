"""What is spilled travels down the river as fast as water does, so that it can be told whose it is."""

import numpy as np
import pytest

from infra.cities.folder import shipped
from services.simulator.river import COD_MGL, KEPT, River
from services.simulator.town import Array, Town
from tests.unit.simulator.runs import cause, folder

STEP_S, HOURS = 10, 14
CLASS_B_MGL = 15.0
"""QCVN 08:2023/BTNMT, Table 2: COD above it is a river polluted."""


def passing(outfall: str, seconds: float) -> dict[str, Array]:
    """Reach → COD at its station in each step, of a spill that begins with the first."""
    river = River(Town(folder()))
    spill = cause("effluent_spill", outfall, 0, seconds)
    found = []
    for now_s in range(0, HOURS * 3600, STEP_S):
        river.step(now_s, STEP_S, [spill], now_s)
        found.append(river.values["river_cod_mgl"])
    return dict(zip(river.names, np.array(found).T, strict=True))


def test_a_spill_passes_the_stations_below_it_one_after_the_other_within_the_delays_of_its_rule() -> None:
    cod = passing("outfall-bau-bang", 2700)
    polluted = {reach: float(np.argmax(values > CLASS_B_MGL)) * STEP_S for reach, values in cod.items()}
    reached = {reach: at for reach, at in polluted.items() if at > 0}
    assert sorted(reached, key=reached.__getitem__) == [f"reach-thi-tinh-0{number}" for number in (2, 3, 4)]
    rule = shipped().rules["effluent_pollutes_river"].cause
    assert rule is not None
    assert all(rule.delay_min <= at <= rule.delay_max for at in reached.values()), reached
    assert all(values[-1] < COD_MGL + 1 for values in cod.values()), "it has passed"


def test_of_a_load_each_reach_keeps_its_part_and_nothing_goes_upstream() -> None:
    cod = passing("outfall-my-phuoc-1", 1800)
    load = {reach: float((values - COD_MGL).sum()) for reach, values in cod.items()}
    assert load["reach-thi-tinh-04"] == pytest.approx(KEPT * load["reach-thi-tinh-03"], rel=0.01)
    assert load["reach-thi-tinh-02"] == load["reach-sai-gon-05"] == 0
    assert 0 < load["reach-sai-gon-06"] < load["reach-thi-tinh-04"] / 5, "a larger river thins it"
