"""What the benches' figures shall be, and which of them are."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

WIDTH = 62


class Aim(NamedTuple):
    """A figure by its path in the report; of several at that place the worst one counts."""

    path: str
    limit: float
    unit: str
    at_most: bool = False


def _least(path: str, limit: float, unit: str) -> Aim:
    return Aim(path, limit, unit)


def _most(path: str, limit: float, unit: str) -> Aim:
    return Aim(path, limit, unit, at_most=True)


SIGNALS, READINGS = "signals/s", "readings/s of processor"
AIMS = (
    _least("correlate.mix.signals_per_s", 20_000, f"{SIGNALS} of processor"),
    _least("correlate.storm_cause_first.signals_per_s", 20_000, f"{SIGNALS} of processor"),
    _least("correlate.storm_cause_last.signals_per_s", 20_000, f"{SIGNALS} of processor"),
    _least("recorder.stories.signals_per_s", 2_000, SIGNALS),
    _least("recorder.their_ends.signals_per_s", 2_000, SIGNALS),
    _least("recorder.storm.signals_per_s", 2_000, SIGNALS),
    _most("storm.incidents", 1, "incidents"),
    _most("storm.list_p99_ms", 200, "ms"),
    _most("storm.acknowledge_p99_ms", 200, "ms"),
    _most("silences.times", 2, "times"),
    _most("patterns.thousand_kinds_times", 2, "times"),
    _most("patterns.hundred_kinds_times", 2, "times"),
    _most("backtest.wall_s", 10, "s"),
    _least("detect.worker.readings_per_cpu_s", 300_000, READINGS),
    _least("ingest.http_per_core_second", 60_000, READINGS),
    _least("ingest.inbox_per_core_second", 60_000, READINGS),
    _most("domains.cost_beside_traffic", 2, "times"),
    _most("domains.air_index_of_1000_stations_s", 1, "s"),
    _most("rollups.month_by_hour_ms", 300, "ms"),
    _most("latency.latency.p50_ms", 150, "ms"),
    _most("latency.latency.p99_ms", 1_000, "ms"),
    _most("latency.memory_mb", 1_500, "MB"),
    _most("latency.cores", 1, "cores"),
    _most("start.first_start_s", 120, "s"),
    _most("start.later_start_s", 15, "s"),
    _most("console.gzipped_kb", 450, "kB"),
    _most("console.first_paint_ms", 1_500, "ms"),
    _most("console.click_ms.p95", 100, "ms"),
    _most("console.blocked_ms.worst", 200, "ms"),
    _most("console.visible_ms.p99", 1_000, "ms"),
    _least("console.pan.frames_per_s", 30, "frames/s"),
)
"""Those of the product; the figures without one are there to be compared with themselves."""


def verdicts(figures: Mapping[str, Any]) -> Iterator[str]:
    """A line for each aim of which a figure was measured."""
    for aim in AIMS:
        found = _at(figures, aim)
        if found is not None:
            told = f"{aim.path} {found:,.6g} {aim.unit}"
            is_met = found <= aim.limit if aim.at_most else found >= aim.limit
            limit = f"aim: at {'most' if aim.at_most else 'least'} {aim.limit:,g}"
            yield f"{told:{WIDTH}} {limit}{'' if is_met else ', NOT MET'}"


def _at(figures: Mapping[str, Any], aim: Aim) -> float | None:
    """The figure, of several the worst; None: not measured."""
    found: Any = figures
    for name in aim.path.split("."):
        if name not in found:
            return None
        found = found[name]
    several = list(found.values()) if isinstance(found, Mapping) else [found]
    return float(max(several) if aim.at_most else min(several))
