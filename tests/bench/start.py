"""How long the center takes to be ready: the first start, and a later one on the same data."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from tests.center import SOC, environment_of
from tests.contract.tree import ROOT

READY = re.compile(r"ready after ([0-9.]+) s")


def _start(environment: dict[str, str]) -> float:
    started = subprocess.run(
        [SOC, "up", "--detach"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    subprocess.run([SOC, "down"], cwd=ROOT, env=environment, capture_output=True, check=True)
    found = READY.search(started.stdout)
    assert found, started.stdout
    return float(found.group(1))


def run() -> dict[str, float]:
    """Seconds until everything is ready, as the center itself says, and the load of the machine beside them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        environment = environment_of(Path(folder) / "run")
        first, later = _start(environment), _start(environment)
    return {"first_start_s": first, "later_start_s": later, "load_1min": os.getloadavg()[0]}
