"""Readings and tidings as the CloudEvents that feeds would send."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from schemas.times import rfc3339
from services.simulator.bulletins import cap_xml
from services.simulator.delivery import USUAL, Delivery, Habit
from services.simulator.tidings import Tiding
from services.simulator.world import Reading, World

Event = dict[str, Any]


def events(world: World, now_s: int, run: str, delivery: Delivery) -> list[Event]:
    """The CloudEvents that come in one second: a SenML pack for each domain and habit of sensors, and what is told.

    `run` makes ids of runs differ.
    """
    readings, told = world.second(now_s)
    packs: dict[tuple[str, Habit], list[Reading]] = {}
    for reading in readings:
        channel = reading.channel
        habit = delivery.habit(channel.sensor, now_s, channel.period_s)
        packs.setdefault((world.domain[channel.quantity], habit), []).append(reading)
    for (domain, habit), group in sorted(packs.items(), key=lambda pack: (pack[0][0], repr(pack[0][1]))):
        name = f"{run}-{now_s}{f'-{habit.late_s}-{habit.skew_s}-{habit.again:d}' if habit != USUAL else ''}"
        times = world.at(now_s) + habit.skew, world.at(now_s + habit.late_s)
        delivery.take(_pack(domain, group, times, name), habit, now_s)
    return delivery.arrived(now_s) + [_tiding(world, tiding, run) for tiding in told]


def _pack(domain: str, readings: Iterable[Reading], times: tuple[datetime, datetime], name: str) -> Event:
    """`times`: of measuring by the sensor's clock, and of coming."""
    seconds = times[0].timestamp()
    records = [record(one) for one in readings]
    records[0]["bt"] = seconds
    return _event("city.readings", f"/collectors/{domain}", f"{domain}-{name}", times, records)


def record(reading: Reading) -> dict[str, Any]:
    """A reading as SenML record, with the state of an instrument that is not measuring."""
    channel, state = reading.channel, {"quality": reading.quality} if reading.quality else {}
    return {"n": f"{channel.sensor}/{channel.quantity}", "u": channel.unit, "v": reading.value, **state}


def _tiding(world: World, tiding: Tiding, run: str) -> Event:
    at, told = world.at(tiding.at_s), world.at(tiding.told_s)
    name = f"{tiding.id}-{run}"
    if tiding.type == "cap.received":
        local = {key: world.local(second) for key, second in tiding.times.items()}
        xml = cap_xml(name, tiding.data, local)
        return _event(tiding.type, tiding.source, name, (at, told), xml) | {"datacontenttype": "application/cap+xml"}
    times = {key: rfc3339(world.at(second)) for key, second in tiding.times.items()}
    times |= {"at": rfc3339(at)} if tiding.type.startswith("signal.") else {}
    return _event(tiding.type, tiding.source, name, (at, told), {**tiding.data, **times})


def _event(kind: str, source: str, name: str, times: tuple[datetime, datetime], data: Any) -> Event:
    at, recorded = map(rfc3339, times)
    own = {"id": name, "source": source, "time": at, "recordedtime": recorded}
    return {"specversion": "1.0", "type": kind, **own, "datacontenttype": "application/json", "data": data}


def batch(found: list[Event]) -> bytes:
    """The body of a batch request."""
    return msgspec.json.encode(found)
