"""Signals are counted by kind: what others name does not make a row of metrics each."""

from types import SimpleNamespace
from typing import Any, cast

import msgspec
from faust.types import TP

from city.detect import Winds
from infra.metrics import SIGNALS
from schemas.events import Event
from schemas.topics import events_topic
from streams.detect import Clocks, Detecting
from tests.unit.detect.world import at, catalogue, shipped_domains


def counted() -> dict[str, float]:
    return {
        sample.labels["kind"]: sample.value
        for metric in SIGNALS.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


def test_kinds_that_no_domain_describes_are_counted_as_one() -> None:
    reference = SimpleNamespace(catalogue=catalogue(domains=shipped_domains()), normals={}, number=0)
    fold = Detecting(TP(events_topic("power"), 0), cast(Any, reference), Clocks(), Winds(), {}).fold
    before = counted()
    for number, kind in enumerate(("power.outage", "power.odd", "power.odder")):
        data = {"asset": "feeder-1", "kind": kind}
        assert fold(msgspec.json.encode(Event("signal.raised", "power", "z", "/x", str(number), at(0), at(0), data)), 0)
    grown = {kind: value - before.get(kind, 0.0) for kind, value in counted().items()}
    assert {kind: by for kind, by in grown.items() if by} == {"power.outage": 1, "other": 2}
