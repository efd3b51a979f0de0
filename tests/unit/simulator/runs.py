"""Minutes of the simulated demo city, with causes."""

from datetime import datetime
from functools import cache

from infra.cities.folder import CityFolder, read_city
from services.simulator.causes import Cause
from services.simulator.world import World
from tests.contract.tree import ROOT

START = datetime.fromisoformat("2026-03-02T07:00:00+07:00")


@cache
def folder() -> CityFolder:
    return read_city(ROOT / "infra/cities/binh-duong")


def cause(kind: str, asset: str, start_s: float = 30, end_s: float = 1200) -> Cause:
    return Cause(id=f"{kind}-x", kind=kind, asset=asset, start_s=start_s, end_s=end_s)


class Run:
    """Readings and tidings of some minutes."""

    def __init__(self, seconds: int, *causes: Cause) -> None:
        world = World(folder(), START, 5)
        for one in causes:
            world.inject(one)
        self.values: dict[str, dict[int, float]] = {}
        self.told: list[tuple[int, str, dict[str, object]]] = []
        for second in range(seconds):
            readings, told = world.second(second)
            for reading in readings:
                name = f"{reading.channel.sensor}/{reading.channel.quantity}"
                self.values.setdefault(name, {})[second] = reading.value
            self.told += [(second, one.type, one.data) for one in told]

    def between(self, name: str, start: int, end: int) -> list[float]:
        return [value for at, value in self.values.get(name, {}).items() if start <= at < end]
