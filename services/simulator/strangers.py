"""Sensors of the demo that nobody registered: river gauges put up since the city folder was written."""

from schemas.assets import Asset
from services.simulator.town import Town

QUANTITY, MOST = "stage_m", 2


def strangers(town: Town) -> list[Asset]:
    """A gauge at each of the first reaches that have none; the city does not know of them."""
    watched = {one.measures for one in town.sensors if QUANTITY in one.observes}
    bare = [reach.id for reach in town.of_kind("river_reach") if reach.id not in watched]
    return [_gauge(reach) for reach in bare[:MOST]]


def _gauge(reach: str) -> Asset:
    name = f"gauge-new-{reach.removeprefix('reach-')}"
    return Asset(id=name, kind="sensor", name=name, observes=(QUANTITY,), measures=reach, properties={"period_s": 60})
