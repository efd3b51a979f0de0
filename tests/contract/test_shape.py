"""Every domain and rule has one shape: both languages, quantities with their unit, cases; scaffolds make that shape."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from city.units import UNITS
from infra.cities.folder import read_city, shipped
from infra.cities.meaning import rule_kinds
from schemas.domains import Domain
from tests.contract.tree import ROOT
from tests.scaffold import scaffold

SHIPPED = shipped()
DEMO = read_city(ROOT / "infra/cities/binh-duong", SHIPPED)
WITHOUT_UNIT = {"ph", "tap_ph", "river_ph", "vn_aqi"}
UNIT_SUFFIX = re.compile(
    r"_(kmh|vph|ratio|a|v|m|ls|kw|m3s|mgl|ugm3|mgm3|m3h|mmh|ms|deg|c|km|mm|s|w|kwh|hz|db|percent|count|kg|ntu)$"
)


def untold(domain: str, root: Path) -> list[str]:
    """What the file of a domain leaves without words, which a city's own may (`infra/cities/unsaid.py`)."""
    file = root / f"city/domains/{domain}.toml"
    whole = tomllib.loads(file.read_text()) if file.is_file() else {}
    wanted = [(domain, whole, "name")]
    for written in (whole, *(tomllib.loads(part.read_text()) for part in file.parent.glob(f"{domain}.*.toml"))):
        named = [*written.get("quantities", {}).items(), *written.get("kinds", {}).items()]
        named += [(one.get("id", "?"), one) for one in written.get("conditions", [])]
        wanted += [(name, one, "name") for name, one in named]
    wanted.append((domain, whole, "description"))
    return [name for name, one, field in wanted if not (one.get(field) and one.get(f"{field}_vi"))]


def faults(domain: Domain, root: Path) -> list[str]:
    """What keeps a domain from the shape."""
    found = [f"{name}: both languages" for name in untold(domain.id, root)]
    found += [
        f"{name}: no unit suffix"
        for name in domain.quantities
        if name not in WITHOUT_UNIT and not UNIT_SUFFIX.search(name)
    ]
    found += [f"{name}: no SenML unit" for name, one in domain.quantities.items() if one.unit not in UNITS]
    found += [f"{one.id}: not of {domain.id}" for one in domain.conditions if not one.id.startswith(f"{domain.id}.")]
    cases = root / f"tests/unit/domains/{domain.id}.toml"
    if not cases.is_file() or not tomllib.loads(cases.read_text()).get("cases"):
        found.append(f"{domain.id}: no cases")
    return found


@pytest.mark.parametrize("name", SHIPPED.domains)
def test_every_domain_has_the_shape(name: str) -> None:
    assert faults(SHIPPED.domains[name], ROOT) == []


def test_the_guard_of_shape_sees_a_domain_without_cases_and_without_words(tmp_path: Path) -> None:
    (tmp_path / "city/domains").mkdir(parents=True)
    (tmp_path / "city/domains/air.toml").write_text('name = "Air"\n[quantities]\npm25_ugm3 = { name_vi = "Bụi mịn" }\n')
    found = faults(SHIPPED.domains["air"], tmp_path)
    assert found == ["air: both languages", "pm25_ugm3: both languages", "air: both languages", "air: no cases"]


@pytest.mark.parametrize("name", SHIPPED.rules)
def test_every_rule_is_told_in_both_languages_and_names_kinds_that_exist(name: str) -> None:
    rule = SHIPPED.rules[name]
    known = {kind for domain in SHIPPED.domains.values() for kind in domain.kinds}
    assert all((rule.title, rule.title_vi, rule.runbook, rule.runbook_vi))
    assert len(rule.procedure) == len(rule.procedure_vi)
    assert {kind for _, kind in rule_kinds(rule)} <= known


def test_every_kind_has_one_procedure() -> None:
    """Those that never open an incident by themselves too: one that they join may have them as its root."""
    kinds = {kind for domain in SHIPPED.domains.values() for kind in domain.kinds}
    assert {one.kind for domain in SHIPPED.domains.values() for one in domain.conditions} <= kinds
    assert sorted(kind for one in SHIPPED.procedures.values() for kind in one.kinds) == sorted(kinds)


def test_every_pattern_that_opens_incidents_says_what_to_do() -> None:
    opening = [rule for rule in SHIPPED.rules.values() if rule.pattern and rule.pattern.opens]
    assert opening and all(rule.procedure and rule.procedure_vi for rule in opening)


@pytest.mark.parametrize("name", SHIPPED.procedures)
def test_every_procedure_is_told_in_both_languages_and_goes_on_in_time(name: str) -> None:
    procedure = SHIPPED.procedures[name]
    agencies = {one.id for one in DEMO.city.agencies}
    due = [step.due_minutes for step in procedure.steps if step.due_minutes is not None]
    assert all((procedure.title, procedure.title_vi, due, due == sorted(due)))
    assert all(step.text != step.text_vi for step in procedure.steps)
    assert {step.agency for step in procedure.steps} - {None} <= agencies


@pytest.mark.parametrize(("folder", "most"), [("domains", 120), ("rules", 60)])
def test_no_file_of_data_is_too_long(folder: str, most: int) -> None:
    lengths = {file.name: len(file.read_text().splitlines()) for file in (ROOT / "city" / folder).glob("*.toml")}
    assert {name: length for name, length in lengths.items() if length > most} == {}


def test_every_limit_has_a_legal_reference_and_a_known_status() -> None:
    assert all(one.legal_ref and one.status in ("official", "secondary", "own") for one in SHIPPED.limits.values())


def test_a_scaffolded_domain_and_rule_have_the_shape(tmp_path: Path) -> None:
    for folder in ("domains", "limits", "rules"):
        shutil.copytree(ROOT / "city" / folder, tmp_path / "city" / folder)
    scaffold("domain", "flood", tmp_path)
    scaffold("rule", "flooded_yard", tmp_path)
    found = shipped(tmp_path / "city")
    assert faults(found.domains["flood"], tmp_path) == []
    assert "flooded_yard" in found.rules


def test_a_scaffold_overwrites_nothing_and_wants_a_name(tmp_path: Path) -> None:
    scaffold("rule", "one", tmp_path)
    with pytest.raises(ValueError, match="there already"):
        scaffold("rule", "one", tmp_path)
    with pytest.raises(ValueError, match="is no name"):
        scaffold("domain", "Flut 1", tmp_path)
