"""What people and other systems tell: SCADA of breakers and mains, video analytics, citizens."""

from collections.abc import Iterator

import msgspec
import numpy as np

from services.simulator.causes import Cause
from services.simulator.town import Town

TOLD: dict[str, tuple[str, str, str]] = {
    "feeder_trip": ("power.outage", "critical", "/scada/power"),
    "main_burst": ("water.burst", "major", "/scada/water"),
    "crash": ("traffic.crash", "major", "/video/traffic"),
}
"""Kind of cause → signal kind, severity, source of the system that tells."""
REPORTED: dict[str, tuple[str, float, str]] = {
    "feeder_trip": ("outage", 240.0, "Mất điện cả khu, đèn giao thông cũng tắt"),
    "main_burst": ("leak", 300.0, "Nước phun lên giữa đường"),
    "stack_failure": ("smoke", 400.0, "Khói đen, mùi khét từ nhà máy"),
    "crash": ("crash", 240.0, "Tai nạn, xe dồn ứ phía sau"),
}
"""Kind of cause → category, mean seconds between reports, text."""
IDLE_S = 900.0
IDLE = (("noise", "Hát karaoke quá lớn"), ("waste", "Rác chưa được thu gom"), ("other", "Nắp cống bị vỡ"))
FIRST_REPORT_S = 60.0


class Tiding(msgspec.Struct, frozen=True, kw_only=True):
    """Something told at a time; seconds from the start of the run."""

    id: str
    at_s: float
    """When it happened."""
    told_s: float
    """When it is sent."""
    type: str
    source: str
    data: dict[str, object]


def tidings(town: Town, cause: Cause, seed: int) -> list[Tiding]:
    """Everything that is told because of one cause, from a stream of the cause's own, in the order told."""
    found = [*_signals(cause), *_reports(town, cause, seed)]
    return sorted(found, key=lambda one: (one.told_s, one.id))


def _signals(cause: Cause) -> Iterator[Tiding]:
    if cause.kind not in TOLD:
        return
    kind, severity, source = TOLD[cause.kind]
    data: dict[str, object] = {"asset": cause.asset, "kind": kind, "severity": severity}
    for state, at in (("raised", cause.start_s), ("cleared", cause.end_s)):
        told = at + (cause.told_late_s if state == "raised" else 5.0)
        yield Tiding(id=f"{cause.id}-{state}", at_s=at, told_s=told, type=f"signal.{state}", source=source, data=data)


def _reports(town: Town, cause: Cause, seed: int) -> Iterator[Tiding]:
    """A Poisson process from a minute after the beginning to the end, thinned while the thing is small."""
    position = town.assets[cause.asset].position
    if cause.kind not in REPORTED or position is None:
        return
    category, mean_s, text = REPORTED[cause.kind]
    chance = np.random.default_rng([seed, 3, *cause.id.encode()])
    at, number = cause.start_s + FIRST_REPORT_S, 0
    while (at := at + float(chance.exponential(mean_s))) < cause.end_s:
        number += 1
        east, north = chance.normal(0, 0.0009, 2)
        if chance.random() < 0.4 + 0.6 * cause.part(at, 600):
            place = round(position[0] + float(east), 5), round(position[1] + float(north), 5)
            yield _report(f"{cause.id}-report-{number}", at, category, (text, place))


def idle(town: Town, seed: int) -> Iterator[Tiding]:
    """What citizens report on any day, without end."""
    chance = np.random.default_rng([seed, 4])
    zones = [asset for asset in town.of_kind("zone") if asset.position]
    at, number = 0.0, 0
    while zones:
        at += float(chance.exponential(IDLE_S))
        number += 1
        category, text = IDLE[int(chance.integers(len(IDLE)))]
        position = zones[int(chance.integers(len(zones)))].position or (0.0, 0.0)
        yield _report(f"idle-report-{number}", at, category, (text, position))


def _report(name: str, at: float, category: str, what: tuple[str, tuple[float, float]]) -> Tiding:
    text, (lon, lat) = what
    data: dict[str, object] = {"category": category, "lon": lon, "lat": lat, "text": text}
    return Tiding(id=name, at_s=at, told_s=at + 2, type="report.created", source="/citizens", data=data)
