"""How many signals a CPU second correlate takes: a quiet mix, and the storm of one substation (DESIGN §7)."""

import random
from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import msgspec

from city.correlate import Correlator
from city.enrich import Catalogue
from city.graph import Graph, graph_of
from infra.cities.folder import shipped
from infra.memory import collect_seldom, keep_apart
from schemas.assets import Asset, Relation
from schemas.ids import signal_id
from schemas.rules import Rule, Same
from schemas.signals import Signal, TickData

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
INTERSECTIONS, PER_FEEDER = 11_600, 116
CROWD, RUSH = 1_000, 6_000


def _asset(asset_id: str, kind: str, number: int) -> Asset:
    position = (106.5 + number % 110 * 0.003, 10.9 + number // 110 * 0.003)
    return Asset(id=asset_id, kind=kind, name=asset_id, zone=f"zone-{number % 30}", position=position)


def city() -> Graph:
    """One substation, 100 feeders, 11,600 intersections each with a cabinet and a road segment."""
    assets, edges = [_asset("substation", "substation", 0)], []
    for number in range(INTERSECTIONS):
        feeder, cabinet = f"feeder-{number // PER_FEEDER}", f"cab-{number}"
        light, road = f"tl-{number}", f"seg-{number}"
        if number % PER_FEEDER == 0:
            assets.append(_asset(feeder, "feeder", number))
            edges.append(("substation", "feeds", feeder))
        assets += [_asset(cabinet, "cabinet", number), _asset(light, "traffic_signal", number)]
        assets.append(_asset(road, "road_segment", number))
        edges += [(feeder, "feeds", cabinet), (cabinet, "controls", light), (light, "controls", road)]
        edges.append((road, "flows_to", f"seg-{(number + 1) % INTERSECTIONS}"))
    return graph_of(assets, [Relation(from_id=a, relation=r, to_id=b) for a, r, b in edges])


def _signal(graph: Graph, kind: str, asset: str, seconds: float) -> Signal:
    at = START + timedelta(seconds=seconds)
    known = graph.assets[asset]
    return Signal(
        id=signal_id(asset, kind, at),
        kind=kind,
        asset=asset,
        state="active",
        severity="major",
        raised_at=at,
        zone=known.zone,
        position=known.position,
    )


def _correlator(graph: Graph, more: list[Rule]) -> Correlator:
    rules = [*shipped().rules.values(), *more]
    return Correlator(Catalogue.build({}, graph.assets, {}, {}, {}), graph, rules)


def play(graph: Graph, signals: list[Signal], more: list[Rule] | None = None) -> dict[str, float]:
    """Correlates the signals by the shipped rules and `more`, with a tick each second."""
    collect_seldom()  # as the worker does
    keep_apart()
    correlator, slowest = _correlator(graph, more or []), 0.0
    started, next_tick = process_time(), 0.0
    for number, signal in enumerate(signals):
        began = process_time()
        correlator.signal(signal, number)
        while (signal.raised_at - START).total_seconds() >= next_tick:
            now_ms = round((START.timestamp() + next_tick) * 1000)
            correlator.tick(TickData(now_ms=now_ms, origin="bench/0"), number)
            next_tick += 1.0
        slowest = max(slowest, process_time() - began)
    seconds = process_time() - started
    roots = sum(1 for item in correlator.explanations().values() if item.parent is None)
    return {"signals_per_s": round(len(signals) / seconds), "slowest_ms": round(slowest * 1000, 1), "roots": roots}


def _storm(graph: Graph, cause_at: int) -> list[Signal]:
    order = list(range(INTERSECTIONS))
    random.Random(7).shuffle(order)
    dark = [_signal(graph, "traffic.signal_dark", f"tl-{n}", i * 60 / INTERSECTIONS) for i, n in enumerate(order)]
    return [*dark[:cause_at], _signal(graph, "power.outage", "substation", 0), *dark[cause_at:]]


def mix(graph: Graph) -> list[Signal]:
    """Signals of four kinds all over the city, two seconds apart."""
    chance = random.Random(11)
    found = []
    for number in range(2_000):
        kind, prefix = chance.choice(
            [
                ("traffic.slow", "seg"),
                ("traffic.stalled", "seg"),
                ("traffic.signal_dark", "tl"),
                ("road.flooded", "seg"),
            ]
        )
        found.append(_signal(graph, kind, f"{prefix}-{chance.randrange(INTERSECTIONS)}", number * 2.0))
    return list({signal.id: signal for signal in found}.values())


def _crowd(count: int, apart_s: float, spread: float) -> list[Signal]:
    """Reports so many seconds apart, within so many degrees of each other."""
    chance, found = random.Random(5), []
    for number in range(count):
        at, where = (
            START + timedelta(seconds=number * apart_s),
            (106.5 + chance.random() * spread, 11 + chance.random() * spread),
        )
        name, kind = f"report-{number}", "report.other"
        told = Signal(
            id=signal_id(name, kind, at), kind=kind, asset=name, state="active", severity="minor", raised_at=at
        )
        found.append(msgspec.structs.replace(told, zone="zone-0", position=where))
    return found


def _one_thing(within_m: float, within_s: float) -> Rule:
    same = Same(kinds=["report.other"], within_m=within_m, within_s=within_s)
    return Rule(id="one_thing", title="", title_vi="", runbook="", runbook_vi="", same=same)


def run() -> dict[str, Any]:
    """Signals a CPU second: `mix` over an hour, `storm` with the cause first and with the cause last.

    `crowd` tells of one place a thousand times, a second apart, `front` of one storm; `rush` of one place six thousand
    times within five minutes.
    """
    graph = city()
    return {
        "mix": play(graph, mix(graph)),
        "storm_cause_first": play(graph, _storm(graph, 0)),
        "storm_cause_last": play(graph, _storm(graph, INTERSECTIONS)),
        "crowd": play(graph, _crowd(CROWD, 1.0, 0.001), [_one_thing(300, 3_600)]),
        "rush": play(graph, _crowd(RUSH, 0.05, 0.001), [_one_thing(300, 3_600)]),
        "front": play(graph, _crowd(CROWD, 1.0, 0.2), [_one_thing(30_000, 21_600)]),
    }


if __name__ == "__main__":
    print(run())
