"""What judging costs in each domain beside traffic, and the air index of a thousand stations."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

import numpy as np

from city.detect import Detector
from city.enrich import Catalogue
from city.indicators.air_index import GASES, Floats, hourly
from infra.cities.folder import shipped
from schemas.assets import Asset
from schemas.domains import Domain
from schemas.readings import Pack, Run
from schemas.times import to_ms

SIZE, PACKS, STATIONS = 200, 300, 1_000
START_MS = to_ms(datetime(2026, 11, 2, tzinfo=UTC))


def made(domain: Domain, packs: int) -> list[Pack]:
    """Packs of 200 readings of all quantities of a domain, calm and noisy, at the quantities' own pace."""
    quantities = list(domain.quantities.items())
    source = np.random.default_rng(1)
    names = [
        f"{domain.id}-{number // len(quantities)}/{quantities[number % len(quantities)][0]}" for number in range(SIZE)
    ]
    periods = np.array([quantities[number % len(quantities)][1].period_s for number in range(SIZE)])
    noise = source.normal(1.0, 0.02, (packs, SIZE))
    return [
        Pack(
            domain.id,
            "z",
            names,
            (START_MS + turn * 1000 * periods).astype(int).tolist(),
            np.round(6.5 * noise[turn], 4).tolist(),
            [Run("/bench", str(turn), SIZE)],
        )
        for turn in range(packs)
    ]


def rate(domain: Domain) -> float:
    """Readings a CPU second of the step alone, the best of three."""
    ships, packs = shipped(), made(domain, PACKS)
    sensors = {name.rpartition("/")[0] for name in packs[0].names}
    assets = {name: Asset(id=name, kind="sensor", name=name, zone="z") for name in sensors}
    catalogue = Catalogue.build({}, assets, ships.domains, ships.limits)
    return PACKS * SIZE / min(_cpu_s(lambda: _judged(catalogue, packs)) for _ in range(3))


def _judged(catalogue: Catalogue, packs: list[Pack]) -> None:
    detector = Detector(catalogue)
    for pack in packs:
        detector.pack(pack)


def _cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def air_index_s() -> float:
    """CPU seconds for the hourly index of all stations, median of five."""
    source = np.random.default_rng(2)
    particles = {name: source.uniform(0, 400, (STATIONS, 12)) for name in ("pm25", "pm10")}
    gases = {name: source.uniform(0, 900, STATIONS) for name in GASES}
    return median(_cpu_s(lambda: _told(gases, particles)) for _ in range(5))


def _told(gases: dict[str, Floats], particles: dict[str, Floats]) -> None:
    found = hourly(gases, particles)
    for row in range(STATIONS):
        found.of(row)


def run() -> dict[str, dict[str, float] | float]:
    """Readings a CPU second by domain, how many times the cost of traffic, and the air index."""
    rates = {name: rate(domain) for name, domain in shipped().domains.items() if domain.quantities}
    cost = {name: round(rates["traffic"] / one, 2) for name, one in rates.items()}
    return {
        "readings_per_cpu_s": {name: round(one) for name, one in rates.items()},
        "cost_beside_traffic": cost,
        "cost_of_all_beside_traffic": round(sum(cost.values()) / len(cost), 2),
        "air_index_of_1000_stations_s": round(air_index_s(), 4),
    }
