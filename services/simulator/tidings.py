"""What people and other systems tell: SCADA, video analytics, fire panels, works, warnings, citizens."""

from collections.abc import Iterator

import msgspec
import numpy as np

from services.simulator.causes import Cause
from services.simulator.town import Town


class Telling(msgspec.Struct, frozen=True):
    """A signal that a system tells of."""

    kind: str
    severity: str
    source: str
    note: str = ""
    from_part: float = 0.0
    """It begins when so much of the cause's time is over."""


WORKS = "/feeds/works"
TOLD: dict[str, tuple[Telling, ...]] = {
    "feeder_trip": (Telling("power.outage", "critical", "/scada/power"),),
    "main_burst": (Telling("water.burst", "major", "/scada/water"),),
    "crash": (Telling("traffic.crash", "major", "/video/traffic"),),
    "road_works": (Telling("works.begun", "warning", WORKS, "Bắt đầu thi công theo kế hoạch"),),
    "works_overrun": (
        Telling("works.begun", "warning", WORKS, "Bắt đầu thi công theo kế hoạch"),
        Telling("works.overrun", "minor", WORKS, "Quá giờ kết thúc mà chưa trả mặt đường", 0.5),
    ),
    "works_unannounced": (Telling("works.unannounced", "minor", "/video/traffic", "Rào chắn không có trong kế hoạch"),),
    "plant_fire": (Telling("fire.detected", "critical", "/fire/panels", "Báo cháy tự động, kho hàng"),),
    "intrusion": (Telling("security.intrusion", "major", "/video/security", "Xâm nhập vùng cấm"),),
    "crowd": (
        Telling("works.gathering", "warning", WORKS, "Sự kiện đông người đã đăng ký"),
        Telling("security.crowd", "minor", "/video/security", "Đông người tràn xuống lòng đường"),
    ),
}
"""Kind of cause → what the systems that know of it tell."""
PLANNED: dict[str, tuple[str, float, tuple[str, ...]]] = {
    "road_works": ("roadworks", 1.0, ("traffic.slow", "traffic.stalled")),
    "works_overrun": ("roadworks", 0.5, ("traffic.slow", "traffic.stalled")),
    "crowd": ("event", 1.0, ()),
}
"""Kind of cause → kind of the works announced, up to which part of the cause's time, effects that are expected."""
AHEAD_S = 600.0
"""Works and storms are announced so long before they begin, or when the run does."""
REPORTED: dict[str, tuple[str, float, str]] = {
    "feeder_trip": ("outage", 240.0, "Mất điện cả khu, đèn giao thông cũng tắt"),
    "main_burst": ("leak", 300.0, "Nước phun lên giữa đường"),
    "stack_failure": ("smoke", 400.0, "Khói đen, mùi khét từ nhà máy"),
    "crash": ("crash", 240.0, "Tai nạn, xe dồn ứ phía sau"),
    "plant_fire": ("smoke", 240.0, "Cháy lớn, khói đen bốc cao"),
    "round_stops": ("waste", 400.0, "Rác chưa được thu gom, bốc mùi"),
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
    times: dict[str, float] = {}
    """Times that belong into the data, by name; seconds from the start of the run."""


def tidings(town: Town, cause: Cause, seed: int) -> list[Tiding]:
    """Everything that is told because of one cause, from a stream of the cause's own, in the order told."""
    found = [*_signals(cause), *_announced(town, cause), *_reports(town, cause, seed)]
    return sorted(found, key=lambda one: (one.told_s, one.id))


def _signals(cause: Cause) -> Iterator[Tiding]:
    for number, one in enumerate(TOLD.get(cause.kind, ())):
        data: dict[str, object] = {"asset": cause.asset, "kind": one.kind, "severity": one.severity}
        data |= {"note": one.note} if one.note else {}
        name, begins = f"{cause.id}-{number}" if number else cause.id, _within(cause, one.from_part)
        for state, at in (("raised", begins), ("cleared", cause.end_s)):
            told = at + (cause.told_late_s if state == "raised" else 5.0)
            kind = f"signal.{state}"
            yield Tiding(id=f"{name}-{state}", at_s=at, told_s=told, type=kind, source=one.source, data=data)


def _within(cause: Cause, part: float) -> float:
    return cause.start_s + part * (cause.end_s - cause.start_s)


def _announced(town: Town, cause: Cause) -> Iterator[Tiding]:
    """Works and events as they were planned, and the weather service's warning of a storm."""
    told = max(0.0, cause.start_s - AHEAD_S)
    if cause.kind in PLANNED:
        kind, until, effects = PLANNED[cause.kind]
        data: dict[str, object] = {"kind": kind, "assets": [cause.asset], "expected_effects": list(effects)}
        times = {"from": cause.start_s, "to": _within(cause, until)}
        yield _ahead(cause, told, ("work.planned", WORKS), data, times)
    if cause.kind == "storm":
        zone = town.assets[cause.asset]
        data = {"event": "Mưa dông", "areaDesc": zone.name_vi, "geocode": str(zone.properties.get("code", zone.id))}
        times = {"sent": told, "onset": cause.start_s, "expires": cause.end_s}
        yield _ahead(cause, told, ("cap.received", "/hydromet"), data, times)


def _ahead(cause: Cause, told: float, by: tuple[str, str], data: dict[str, object], times: dict[str, float]) -> Tiding:
    kind, source = by
    return Tiding(id=f"{cause.id}-ahead", at_s=told, told_s=told, type=kind, source=source, data=data, times=times)


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
