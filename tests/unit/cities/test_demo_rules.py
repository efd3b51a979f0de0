"""The demo city's own relations and rules: one burst is one incident along its whole chain of mains."""

from functools import cache
from typing import Any

import pytest

from city.backtest import Backtest
from city.enrich import Catalogue
from city.graph import Graph
from city.judge import Judge
from infra.cities.folder import layered, read_city, shipped
from schemas.cloudevents import decode_structured
from tests.contract.tree import ROOT
from tests.scenarios.worlds import START_MS, encoded, raised, structured


@cache
def parts() -> tuple[Catalogue, Graph, tuple[Any, ...]]:
    folder = read_city(ROOT / "infra/cities/binh-duong")
    whole = layered(shipped(), folder)
    catalogue = Catalogue.build({folder.city.id: folder.city}, folder.assets, whole.domains, whole.limits)
    return catalogue, Graph(folder.assets, folder.relations.values()), tuple(whole.rules.values())


def played(*told: tuple[float, str, str]) -> Backtest:
    """The city after signals (second, kind, asset)."""
    catalogue, graph, rules = parts()
    test, judge = Backtest(catalogue, graph, rules), Judge(catalogue, 5_000)
    for number, (second, kind, asset) in enumerate(told):
        now_ms = START_MS + round(second * 1000)
        event = decode_structured(encoded(structured(raised(kind, asset), number, second)))
        taken = judge.accept(event, now_ms)
        assert taken.record is not None
        test.event(taken.record)
        test.tick(now_ms)
    return test


def incidents(*told: tuple[float, str, str]) -> list[tuple[str, str]]:
    """Kind and root of the incidents of signals (second, kind, asset)."""
    return [(line["kind"], line["root_asset"]) for line in played(*told).lines()]


@pytest.mark.parametrize("point", ["point-di-an-3-1", "point-di-an-5-2"])
def test_a_burst_at_the_end_of_a_chain_lowers_the_pressure_of_all_of_it(point: str) -> None:
    found = incidents((0, "water.burst", "main-di-an-5"), (60, "water.pressure_low", point))
    assert found == [("water.burst", "main-di-an-5")]


def test_the_meters_before_a_burst_jump_and_are_no_bursts() -> None:
    found = incidents(
        (0, "water.flow_high", "main-thuan-an-1"),
        (5, "water.burst", "main-thuan-an-2"),
        (30, "water.pressure_low", "point-thuan-an-4-1"),
    )
    assert found == [("water.burst", "main-thuan-an-2")]


def test_another_chain_is_another_incident() -> None:
    found = incidents((0, "water.burst", "main-di-an-5"), (60, "water.pressure_low", "point-thuan-an-4-1"))
    assert len(found) == 2


def test_an_incident_that_crosses_a_border_informs_both_sides() -> None:
    spill = (0.0, "effluent.limit_exceeded", "outfall-vsip-1")
    beyond = (3600.0, "river.polluted", "reach-sai-gon-11")
    (alone,) = played(spill).ledger.incidents.values()
    assert alone.incident.agencies == ("environment",)
    (crossing,) = played(spill, beyond).ledger.incidents.values()
    assert crossing.incident.agencies == ("environment", "hcmc")
    assert set(crossing.incident.zones) == {"ward-binh-hoa", "beyond-ql13"}
    assert crossing.incident.root_asset == "outfall-vsip-1"


def test_what_backs_up_over_the_border_is_one_incident_of_both() -> None:
    found = played((0, "traffic.stalled", "seg-ql13-beyond"), (300, "traffic.stalled", "seg-ql13-23"))
    (one,) = found.ledger.incidents.values()
    assert (one.incident.root_asset, one.incident.agencies) == ("seg-ql13-beyond", ("hcmc", "transport"))
