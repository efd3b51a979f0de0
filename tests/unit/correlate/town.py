"""A small town for the tests of correlate: one feeder, its signals and roads, a pump, a main, a plant and a river."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from city.correlate import Correlator
from city.enrich import Catalogue
from city.graph import Graph, graph_of
from schemas.assets import Asset, City, Relation
from schemas.ids import signal_id
from schemas.links import Explanation
from schemas.rules import Rule, Same
from schemas.signals import ACTIVE, CLEARED, Signal

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RULES = [
    msgspec.convert(tomllib.loads(path.read_text()), Rule)
    for path in sorted((Path(__file__).parents[3] / "city" / "rules").glob("*.toml"))
]
STORM = Rule(
    id="one_storm",
    title="One storm",
    title_vi="Một cơn dông",
    runbook="",
    runbook_vi="",
    same=Same(kinds=["report.other"], within_m=5_000, within_s=600),
)


def asset(asset_id: str, kind: str, lon: float = 0.0, lat: float = 0.0, **more: Any) -> Asset:
    """An asset at 106.6° E, 11.0° N plus (lon, lat) thousandths of a degree (about 109 m and 111 m)."""
    position = (106.6 + lon / 1000, 11.0 + lat / 1000)
    return Asset(id=asset_id, kind=kind, name=asset_id, position=position, **{"zone": "z1", **more})


ASSETS = [
    asset("z1", "zone", zone="unknown"),
    asset("z2", "zone", 200, 200, zone="unknown"),
    asset("sub", "substation"),
    *[asset(f"f{n}", "feeder", n * 10) for n in (1, 2)],
    *[asset(f"cab{n}", "cabinet", n * 2) for n in range(1, 7)],
    *[asset(f"tl{n}", "traffic_signal", n * 2) for n in range(1, 7)],
    *[asset(f"seg{n}", "road_segment", n * 2, 1) for n in range(1, 7)],
    *[asset(f"loop{n}", "sensor", n * 2, 1, measures=f"seg{n}", observes=("speed_kmh",)) for n in range(1, 7)],
    *[asset(f"radar{n}", "sensor", n * 2, 1, measures=f"seg{n}", observes=("speed_kmh",)) for n in range(1, 3)],
    asset("pump1", "pump", 3, 3),
    asset("main1", "water_main", 4, 1),
    asset("pp1", "pressure_point", 5, 1),
    asset("plant1", "outfall", 7, 7),
    *[asset(f"reach{n}", "river_reach", 7 + n, 8) for n in range(1, 8)],
    asset("gauge", "sensor", 1, 1),
    asset("far", "road_segment", 200, 200, zone="z2"),
]


def _relations() -> list[Relation]:
    edges = ["sub feeds f1", "sub feeds f2", "f1 feeds pump1", "pump1 drains seg3", "main1 carries pp1"]
    edges += ["main1 runs_under seg2", "plant1 discharges_to reach1"]
    edges += [f"f{1 if n <= 4 else 2} feeds cab{n}" for n in range(1, 7)]
    edges += [f"cab{n} controls tl{n}" for n in range(1, 7)] + [f"tl{n} controls seg{n}" for n in range(1, 7)]
    edges += [f"f1 feeds loop{n}" for n in range(1, 5)]
    edges += [f"seg{n} flows_to seg{n + 1}" for n in range(1, 6)]
    edges += [f"reach{n} flows_to reach{n + 1}" for n in range(1, 7)]
    return [Relation(from_id=a, relation=r, to_id=b) for a, r, b in map(str.split, edges)]


GRAPH: Graph = graph_of(ASSETS, _relations())
CATALOGUE = Catalogue.build(
    {"t": City(id="t", name="Town", name_vi="Thị trấn", time_zone="Asia/Ho_Chi_Minh")}, GRAPH.assets, {}, {}, {}
)


def at(seconds: float) -> datetime:
    """`seconds` after the start of the story."""
    return START + timedelta(seconds=seconds)


def signal(kind: str, asset_id: str, raised: float, cleared: float | None = None, **more: Any) -> Signal:
    """A signal raised (and cleared) so many seconds after the start."""
    known = GRAPH.assets.get(asset_id)
    fields: dict[str, Any] = {
        "severity": "major",
        "measures": known.measures if known else None,
        "zone": known.zone if known else "z1",
        "position": known.position if known else None,
        "state": ACTIVE if cleared is None else CLEARED,
        "cleared_at": None if cleared is None else at(cleared),
        **more,
    }
    return Signal(id=signal_id(asset_id, kind, at(raised)), kind=kind, asset=asset_id, raised_at=at(raised), **fields)


def report(category: str, name: str, raised: float, lon: float, lat: float, **more: Any) -> Signal:
    """A citizen's report at thousandths of a degree."""
    place = (106.6 + lon / 1000, 11.0 + lat / 1000)
    return signal(f"report.{category}", f"report-{name}", raised, position=place, **more)


def correlator(graph: Graph = GRAPH, rules: list[Rule] | None = None) -> Correlator:
    """An empty correlator of the town."""
    return Correlator(CATALOGUE, graph, RULES if rules is None else rules)


def told(signals: list[Signal]) -> dict[str, Explanation]:
    """The final explanations after these signals in this order, revisions left out."""
    made = correlator(rules=[*RULES, STORM])
    for number, item in enumerate(signals):
        made.signal(item, number)
    made.settle(len(signals))
    return {group: msgspec.structs.replace(found, revision=0) for group, found in made.explanations().items()}


def parents(signals: list[Signal]) -> dict[str, str | None]:
    """For each group's anchor `kind@asset` that of its cause."""
    found = told(signals)
    names = {group: f"{one.signals[0].kind}@{one.signals[0].asset}" for group, one in found.items()}
    return {names[group]: names[one.parent_group] if one.parent_group else None for group, one in found.items()}
