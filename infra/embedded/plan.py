"""Which processes make a center, in which order they end, and what environment they get."""

import os
import sys
from pathlib import Path

import msgspec

from infra.embedded.child import Program
from infra.settings import Settings
from schemas.errors import Invalid
from schemas.sentences import say

EDGES, STREAMS, TRUTH, SERVERS = range(4)
"""Waves of the end: first nothing comes in any more, then what is on its way is finished, then the servers."""

MODULES = {
    "relay": ("services.relay", TRUTH),
    "ingest": ("services.ingest", EDGES),
    "detect": ("streams.detect", STREAMS),
    "correlate": ("streams.correlate", STREAMS),
    "recorder": ("services.recorder", TRUTH),
    "telemetry": ("services.telemetry", STREAMS),
    "api": ("services.api", EDGES),
    "webhooks": ("services.webhooks", EDGES),
    "simulator": ("services.simulator", EDGES),
}
"""In the order of their start: the relay first, it brings the reference data that the others begin with."""
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def environment(settings: Settings) -> dict[str, str]:
    """The environment of every process: this one's with all settings written out; compiled imports are kept."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    given = {f"SOC_{name.upper()}": _text(value) for name, value in msgspec.structs.asdict(settings).items()}
    return {**inherited, **ONE_THREAD, **given, "PYTHONUNBUFFERED": "1"}


def programs(settings: Settings, *, demo: bool) -> list[tuple[Program, int]]:
    """Every process with the wave in which it ends; `metrics_port`, if set, is the first of consecutive ones."""
    names = [name for name in MODULES if demo or name != "simulator"]
    return [(_program(name, settings, number), MODULES[name][1]) for number, name in enumerate(names)]


def _program(name: str, settings: Settings, number: int) -> Program:
    port = settings.metrics_port + number if settings.metrics_port else 0
    own = msgspec.structs.replace(settings, metrics_port=port, held=True)
    module = MODULES[name][0]
    return Program(name=name, command=[sys.executable, "-m", module], environment=environment(own), held=True)


def city_path(settings: Settings) -> Path:
    """The city folder: as given, else below the checkout, so that `soc` works from anywhere. Raises Invalid."""
    given = Path(settings.city)
    for path in (given.resolve(), Path(__file__).resolve().parents[2] / given):
        if path.is_dir():
            return path
    raise Invalid(say("no_folder_at", path=given.resolve()), field="SOC_CITY")
