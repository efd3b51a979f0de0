"""What can happen in a city: each plot tells one story with delays within the ranges of CONTRACT's table."""

from collections.abc import Callable

from tests.score.ground import apart_m
from tests.score.story import Occurrence, Teller

MINUTE, HOUR = 60.0, 3600.0
ENOUGH_DARK, SOON = 3, 120.0
"""So many effects within so many seconds make up for a cause that never reports."""
SMOKE_M = 5000.0
Plot = Callable[[Teller, float], bool]
"""Tells a story that begins at a second of the day; False when the city has nothing it could befall."""


def feeder_outage(teller: Teller, at: float) -> bool:
    """A feeder trips: signals dark, pumps off, sensors silent, streets slow."""
    feeder = teller.chosen("feeder")
    return feeder is not None and _outage(teller, feeder, at)


def substation_outage(teller: Teller, at: float) -> bool:
    """A substation trips with everything below it."""
    substation = teller.chosen("substation")
    return substation is not None and _outage(teller, substation, at)


def _outage(teller: Teller, asset: str, at: float) -> bool:
    ground, chance = teller.ground, teller.chance
    below = ground.below(asset)
    lines = [one for one in below if ground.assets[one].kind == "feeder"]
    lights = [light for one in below for light in ground.onward(one, "controls")]
    silent_cause = not lines and len(lights) > ENOUGH_DARK and chance.random() < 0.3
    cause = teller.root("power.outage", asset, at, told=not silent_cause)
    for line in lines:
        if chance.random() < 0.8:
            teller.effect(cause, "power.outage", line, (0, SOON))
    darks = [teller.effect(cause, "traffic.signal_dark", one, (0, SOON)) for one in lights if chance.random() < 0.93]
    _unpowered(teller, cause, below, told=not silent_cause)
    for dark in darks:
        if dark is not None and chance.random() < 0.5:
            _congestion(teller, dark)
    if silent_cause:
        times = sorted(one.at for one in darks if one is not None)
        return len(times) >= ENOUGH_DARK and times[ENOUGH_DARK - 1] - times[0] <= SOON
    if below:
        teller.reports("outage", ground.position(chance.choice(below)), cause.at, 4)
    return len(teller.story.occurrences) > 1


def _unpowered(teller: Teller, cause: Occurrence, below: list[str], told: bool) -> None:
    """Silence takes up to ten minutes: too long to tell of a cause that never reports."""
    for one in below:
        kind = teller.ground.assets[one].kind
        if kind == "pump":
            teller.effect(cause, "water.pump_off", one, (0, SOON))
        elif told and kind in ("sensor", "gateway") and teller.chance.random() < 0.6:
            teller.effect(cause, "sensor.silent", one, (0, 10 * MINUTE))


def _congestion(teller: Teller, dark: Occurrence) -> None:
    for segment in teller.ground.onward(dark.about, "controls"):
        if teller.chance.random() < 0.7:
            jam = _jam(teller, dark, segment, (MINUTE, 20 * MINUTE))
            _queue(teller, jam, segment, 1)


def _jam(teller: Teller, of: Occurrence, segment: str, delay: tuple[float, float]) -> Occurrence | None:
    """The street is slow, often stalled; the stalled one."""
    if teller.chance.random() < 0.45:
        teller.effect(of, "traffic.slow", segment, delay)
        return None
    if teller.chance.random() < 0.3:
        teller.effect(of, "traffic.slow", segment, (delay[0], delay[0] + (delay[1] - delay[0]) / 3))
    return teller.effect(of, "traffic.stalled", segment, delay)


def _queue(teller: Teller, jam: Occurrence | None, segment: str, most: int) -> None:
    """The queue grows against the direction of flow, hop by hop."""
    for _ in range(teller.chance.randint(0, most) if jam is not None else 0):
        behind = teller.ground.back(segment, "flows_to")
        if jam is None or not behind:
            return
        segment = teller.chance.choice(behind)
        last = teller.chance.random() < 0.3
        kind = "traffic.slow" if last else "traffic.stalled"
        following = teller.effect(jam, kind, segment, (MINUTE, 8 * MINUTE))
        jam = None if last else following


def crash(teller: Teller, at: float) -> bool:
    """A crash stops its street; the queue spills back; people report it."""
    segment = teller.chosen("road_segment")
    if segment is None:
        return False
    cause = teller.root("traffic.crash", segment, at)
    if teller.chance.random() < 0.85:
        _queue(teller, _jam(teller, cause, segment, (0, 20 * MINUTE)), segment, 4)
    teller.reports("crash", teller.ground.position(segment), cause.at - 240, 4)
    return True


def reported_crash(teller: Teller, at: float) -> bool:
    """Several people tell of one crash that nothing measured."""
    segment = teller.chosen("road_segment")
    position = teller.ground.position(segment) if segment else None
    if position is None:
        return False
    for number in range(teller.chance.randint(2, 4)):
        teller.report("crash", position, at + number * teller.chance.uniform(20, 300), 140)
    teller.story.root_kind = "report.crash"
    return True


def burst(teller: Teller, at: float) -> bool:
    """A main bursts: low pressure along it, water on the street above."""
    main = teller.chosen("water_main")
    if main is None:
        return False
    cause, ground = teller.root("water.burst", main, at), teller.ground
    for point in ground.onward(main, "carries"):
        if ground.assets[point].kind != "water_main" and teller.chance.random() < 0.85:
            teller.effect(cause, "water.pressure_low", point, (0, 10 * MINUTE))
    for segment in ground.onward(main, "runs_under"):
        if teller.chance.random() < 0.75:
            _flood(teller, cause, segment, (5 * MINUTE, HOUR))
    teller.reports("leak", ground.position(main), cause.at, 3)
    return True


def _flood(teller: Teller, cause: Occurrence, segment: str, delay: tuple[float, float]) -> None:
    flood = teller.effect(cause, "road.flooded", segment, delay)
    if flood is None:
        return
    if teller.chance.random() < 0.6:
        _queue(teller, _jam(teller, flood, segment, (0, 30 * MINUTE)), segment, 2)
    teller.reports("flood", flood.position, flood.at, 2)


def effluent(teller: Teller, at: float) -> bool:
    """An outfall breaks its limit and the reaches below it are polluted, one after the other."""
    outfall = teller.chosen("outfall")
    if outfall is None:
        return False
    cause, ground = teller.root("effluent.limit_exceeded", outfall, at), teller.ground
    cause.end = cause.at + teller.chance.uniform(4 * HOUR, 9 * HOUR)
    latest = 30 * MINUTE
    for first in ground.onward(outfall, "discharges_to"):
        reach = first
        for _ in range(teller.chance.randint(1, 5)):
            latest += teller.chance.uniform(5 * MINUTE, 80 * MINUTE)
            teller.effect(cause, "river.polluted", reach, (latest - MINUTE, latest))
            if not (onward := ground.onward(reach, "flows_to")):
                break
            reach = teller.chance.choice(onward)
    return len(teller.story.occurrences) > 1


def smoke(teller: Teller, at: float) -> bool:
    """A stack smokes, or somebody reports smoke, and the air of stations nearby becomes unhealthy."""
    stack = teller.chosen("stack") or teller.chosen("industrial_park")
    position = teller.ground.position(stack) if stack else None
    if stack is None or position is None:
        return False
    if teller.chance.random() < 0.7:
        cause = teller.root("air.smoke", stack, at)
    else:
        cause = teller.report("smoke", position, at, 300)
        teller.story.root_kind = cause.kind
    assert cause.position is not None
    for station in teller.ground.of_kind("air_station"):
        place = teller.ground.position(station)
        if place and apart_m(place, cause.position) < SMOKE_M - 100 and teller.chance.random() < 0.8:
            teller.effect(cause, "air.unhealthy", station, (0, 2.5 * HOUR))
    return True


def rain(teller: Teller, at: float) -> bool:
    """Heavy rain over a zone: its low streets flood, its rivers rise."""
    zone = teller.chosen("zone")
    if zone is None:
        return False
    ground, chance = teller.ground, teller.chance
    cause = teller.root("weather.heavy_rain", zone, at)
    inside = [one for one in ground.back(zone, "located_in") if one in ground.assets]
    roads = [one for one in inside if ground.assets[one].kind == "road_segment"]
    for road in chance.sample(roads, min(len(roads), chance.randint(0, 4))):
        _flood(teller, cause, road, (10 * MINUTE, 5 * HOUR))
    for reach in [one for one in inside if ground.assets[one].kind == "river_reach"][:2]:
        teller.effect(cause, "river.high_water", reach, (10 * MINUTE, 8 * HOUR))
    return True


def dark_signal(teller: Teller, at: float) -> bool:
    """One traffic signal goes dark by itself and its approaches are slow."""
    light = teller.chosen("traffic_signal")
    if light is None:
        return False
    _congestion(teller, teller.root("traffic.signal_dark", light, at))
    return True


def jam(teller: Teller, at: float) -> bool:
    """A street stalls for no known reason and the queue spills back."""
    segment = teller.chosen("road_segment")
    if segment is None:
        return False
    _queue(teller, teller.root("traffic.stalled", segment, at), segment, 4)
    return True


PLOTS: dict[str, tuple[float, Plot]] = {
    "feeder_outage": (5.0, feeder_outage),
    "substation_outage": (1.0, substation_outage),
    "crash": (4.0, crash),
    "reported_crash": (0.7, reported_crash),
    "burst": (3.0, burst),
    "effluent": (1.5, effluent),
    "smoke": (1.5, smoke),
    "rain": (1.5, rain),
    "dark_signal": (2.0, dark_signal),
    "jam": (2.0, jam),
}
"""Plot → how often, and who tells it."""
NOISE: dict[str, str] = {
    "traffic.slow": "road_segment",
    "sensor.silent": "sensor",
    "sensor.stuck": "sensor",
    "traffic.signal_dark": "traffic_signal",
    "water.pump_off": "pump",
    "water.pressure_low": "pressure_point",
    "air.unhealthy": "air_station",
    "river.high_water": "river_reach",
}
"""Signals that come alone → the kind of asset."""
IDLE = ("noise", "waste", "other", "leak", "flood")


def lone(teller: Teller, at: float) -> bool:
    """One signal or report that nothing caused and that causes nothing."""
    kind = teller.chance.choice([*NOISE, "report", "report"])
    asset = teller.chosen(NOISE.get(kind, "road_segment"))
    position = teller.ground.position(asset) if asset else None
    if asset is None or position is None:
        return False
    if kind != "report":
        teller.root(kind, asset, at)
        return True
    category = teller.chance.choice(IDLE)
    teller.report(category, position, at, 400)
    teller.story.root_kind = f"report.{category}"
    return True
