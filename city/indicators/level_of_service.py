"""Level of service of road corridors: how fast one gets through, against how fast one could on an empty road.

Thresholds: Highway Capacity Manual, 6th edition (Transportation Research Board, 2016), Exhibit 16-3, urban streets:
travel speed over base free-flow speed. It is a manual, not law; the colours are our own.
"""

from collections.abc import Sequence

import msgspec

from city.indicators.levels import Level

METHOD = "Highway Capacity Manual, 6th edition, Exhibit 16-3"
METHOD_VI = "Highway Capacity Manual, ấn bản lần thứ 6, Exhibit 16-3"
ENOUGH = 0.5
"""A corridor whose heard segments are a smaller part of its length has no level."""


def _level(code: int, letter: str, words: tuple[str, str], colour: str) -> Level:
    return Level(code=code, name=letter, name_vi=letter, colour=colour, effect=words[0], effect_vi=words[1])


LEVELS = (
    _level(1, "A", ("free flow", "thông thoáng"), "#1a9850"),
    _level(2, "B", ("reasonably free flow", "khá thông thoáng"), "#66bd63"),
    _level(3, "C", ("stable flow", "ổn định"), "#d9ef8b"),
    _level(4, "D", ("less stable: small increases slow it", "kém ổn định: thêm ít xe là chậm lại"), "#fee08b"),
    _level(5, "E", ("unstable, long delays", "không ổn định, chậm trễ nhiều"), "#f46d43"),
    _level(6, "F", ("breakdown", "tắc nghẽn"), "#a50026"),
)
ABOVE = (0.80, 0.67, 0.50, 0.40, 0.30)
"""A to E: the ratio lies above this; F at or below the last."""


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """One road segment in the direction of the corridor."""

    id: str
    length_m: float
    free_kmh: float
    """Speed on an empty road."""
    speed_kmh: float | None
    """Mean of the window; None: nothing was heard."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """How a corridor is doing; None where too little of it was heard."""

    segments: int
    heard: int
    length_m: float
    coverage: float
    """Part of the length that was heard of, 0 to 1."""
    speed_kmh: float | None
    """Length over time of the heard segments: the speed of one who drives through, not the mean of speeds."""
    free_kmh: float | None
    travel_time_s: float | None
    """Of the whole length, what was not heard taken as fast as the rest."""
    ratio: float | None
    """Speed over free speed, as the levels compare it."""
    level: Level | None


SLOWEST_KMH = 1.0
"""Who stands still is taken to move this fast, so that a time can be told."""


def service(segments: Sequence[Segment]) -> Service:
    """The level of service of the segments of one corridor and direction."""
    length = sum(one.length_m for one in segments)
    heard = [(one, one.speed_kmh) for one in segments if one.speed_kmh is not None]
    covered = sum(one.length_m for one, _ in heard)
    coverage = covered / length if length else 0.0
    known = covered > 0 and coverage >= ENOUGH
    hours = sum(one.length_m / max(speed, SLOWEST_KMH) for one, speed in heard) / 1000
    free_hours = sum(one.length_m / one.free_kmh for one, _ in heard) / 1000
    ratio = min(free_hours / hours, 1.0) if known else None
    return Service(
        segments=len(segments),
        heard=len(heard),
        length_m=length,
        coverage=round(coverage, 3),
        speed_kmh=round(covered / 1000 / hours, 1) if known else None,
        free_kmh=round(covered / 1000 / free_hours, 1) if known else None,
        travel_time_s=round(hours * 3600 / coverage, 1) if known else None,
        ratio=None if ratio is None else round(ratio, 3),
        level=None if ratio is None else level_of(ratio),
    )


def level_of(ratio: float) -> Level:
    """The level of travel speed over free-flow speed."""
    return LEVELS[sum(ratio <= bound for bound in ABOVE)]
