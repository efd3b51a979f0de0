"""How long `soc backtest` takes for a day of the demo city, from readings on."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.center import SOC, environment_of
from tests.contract.tree import ROOT

HOURS = 24


def measure(folder: Path) -> dict[str, Any]:
    """Draws the day, then times the command; seconds of processor are those of all its processes."""
    environment, day = environment_of(folder), folder / "day.jsonl"
    draw = [sys.executable, "-m", "services.simulator", "--out", str(day), "--hours", str(HOURS), "--seed", "7"]
    subprocess.run([*draw, "--no-truth"], cwd=ROOT, env=environment, check=True)
    out = folder / "incidents.jsonl"
    command = [SOC, "backtest", "--city", "infra/cities/binh-duong", "--input", str(day), "--out", str(out)]
    used, began = _used_s(), time.monotonic()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    wall_s = time.monotonic() - began
    with day.open("rb") as file:
        events = sum(1 for _ in file)
    incidents = len(out.read_bytes().splitlines())
    return {
        "events": events,
        "incidents": incidents,
        "wall_s": round(wall_s, 1),
        "cpu_s": round(_used_s() - used, 1),
    }


def _used_s() -> float:
    """Seconds of processor of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run() -> dict[str, Any]:
    """The figures; takes about four minutes, most of them to draw the day."""
    with tempfile.TemporaryDirectory() as name:
        return measure(Path(name))


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
