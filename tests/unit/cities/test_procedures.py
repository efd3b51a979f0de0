"""Procedures and deadlines of a city are taken whole or refused with every fault named."""

from pathlib import Path
from typing import Any

import pytest

from infra.cities.checking import procedure_faults
from infra.cities.folder import CityErrors, layered, read_city, shipped
from schemas.procedures import Procedure, ProcedureStep

STEP = ProcedureStep(id="look", text="Look", text_vi="Xem")
PROCEDURE = Procedure(id="p", title="P", title_vi="P", kinds=("power.outage",), steps=(STEP,))
CITY = 'id = "c"\nname = "C"\nname_vi = "C"\ntime_zone = "Asia/Ho_Chi_Minh"\n'
OWN = """
id = "power_outage"
title = "Outage here"
title_vi = "Mất điện"
kinds = ["power.outage", "report.outage"]
version = 7
[[steps]]
id = "ring"
text = "Ring"
text_vi = "Gọi"
"""


def step(**fields: Any) -> Procedure:
    changed = ProcedureStep(**{"id": "look", "text": "Look", "text_vi": "Xem", **fields})
    return Procedure(id="p", title="P", title_vi="P", kinds=("power.outage",), steps=(changed,))


def faults(procedure: Procedure, *others: Procedure) -> list[tuple[int | None, str]]:
    found = procedure_faults(procedure, {one.id: one for one in others}, {"power.outage"})
    return [(number, field) for number, field, _ in found]


@pytest.mark.parametrize(
    ("procedure", "fault"),
    [
        (Procedure(id="p", title="P", title_vi="P", kinds=(), steps=(STEP,)), (None, "kinds")),
        (Procedure(id="p", title="P", title_vi="P", kinds=("power.gone",), steps=(STEP,)), (None, "kinds")),
        (Procedure(id="p", title="P", title_vi="P", kinds=("power.outage",)), (None, "steps")),
        (
            Procedure(id="p", title="P", title_vi="P", kinds=("power.outage",), steps=(STEP, STEP)),
            (1, "id"),
        ),
        (step(id="a/b"), (0, "id")),
        (step(text_vi=""), (0, "text")),
        (step(role="king"), (0, "role")),
        (step(role="operator", agency="power"), (0, "role")),
        (step(due_minutes=0), (0, "due_minutes")),
        (step(link="javascript:x"), (0, "link")),
        (step(link="https://"), (0, "link")),
    ],
)
def test_a_fault_is_named_with_its_step_and_field(procedure: Procedure, fault: tuple[int | None, str]) -> None:
    assert faults(procedure) == [fault]


def test_a_good_one_has_none_also_beside_its_older_self() -> None:
    assert faults(PROCEDURE, PROCEDURE) == []


def test_a_kind_has_one_procedure() -> None:
    other = Procedure(id="q", title="Q", title_vi="Q", kinds=("power.outage",), steps=(STEP,))
    assert faults(PROCEDURE, other) == [(None, "kinds")]


def folder(path: Path, name: str, text: str) -> Path:
    (path / "procedures").mkdir()
    (path / "city.toml").write_text(CITY)
    (path / "assets.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    (path / "relations.csv").write_text("from,relation,to\n")
    (path / "procedures" / name).write_text(text)
    return path


def test_a_city_folder_overrides_a_procedure_by_its_id(tmp_path: Path) -> None:
    found = layered(shipped(), read_city(folder(tmp_path, "power_outage.toml", OWN))).procedures
    assert (found["power_outage"].version, found["power_outage"].title) == (7, "Outage here")
    assert found["crash"] == shipped().procedures["crash"]


def test_a_fault_in_a_file_names_file_and_step(tmp_path: Path) -> None:
    with pytest.raises(CityErrors) as raised:
        read_city(folder(tmp_path, "mine.toml", OWN.replace('text_vi = "Gọi"\n', "") + 'colour = "red"\n'))
    told = str(raised.value)
    assert 'procedures/mine.toml: step "ring"' in told and "the file is named mine.toml" in told


def test_another_procedure_for_a_kind_that_has_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CityErrors, match="override it by its id"):
        read_city(folder(tmp_path, "mine.toml", OWN.replace('id = "power_outage"', 'id = "mine"')))


def test_wrong_deadlines_are_named(tmp_path: Path) -> None:
    path = folder(tmp_path, "power_outage.toml", OWN)
    wrong = "[deadlines.huge]\nacknowledge_s = 1\n[deadlines.minor]\nresolve_s = -1\nlevels = 0\n"
    (path / "city.toml").write_text(CITY + wrong)
    with pytest.raises(CityErrors) as raised:
        read_city(path)
    assert [one.field for one in raised.value.problems] == [
        "deadlines.huge",
        "deadlines.minor",
        "deadlines.minor.levels",
    ]
