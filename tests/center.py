"""A whole running center for a test: its own run directory, free ports, nothing shared, nothing left."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

from infra.embedded.ports import free_ports
from tests.contract.tree import ROOT

SOC = str(Path(sys.executable).parent / "soc")
CLOUDEVENT = "application/cloudevents+json"
T = TypeVar("T")
BATCH = "application/cloudevents-batch+json"


def free_port() -> int:
    """A loopback port that nothing listens on now."""
    return free_ports(1)[0]


class Center:
    """Speaks to a running center as an integrator would."""

    def __init__(self, run_dir: Path, environment: dict[str, str]) -> None:
        self.run_dir = run_dir
        self.environment = environment
        self.credentials: dict[str, Any] = json.loads((run_dir / "credentials.json").read_text())
        self.url = f"http://{environment.get('SOC_HTTP_HOST', '127.0.0.1')}:{environment['SOC_HTTP_PORT']}"
        self.key: str = self.credentials["api_key"]
        self.http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, timeout=20)

    def post(self, *events: dict[str, Any]) -> httpx.Response:
        """Posts CloudEvents as one batch."""
        return self.http.post("/v1/events", content=json.dumps(list(events)), headers={"content-type": BATCH})

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def incidents(self, **query: str | int) -> list[dict[str, Any]]:
        """The first 200 incidents that match."""
        found: list[dict[str, Any]] = self.get("/v1/incidents", limit=200, **query)["items"]
        return found

    def soc(self, *arguments: str, seconds: float = 120.0) -> subprocess.CompletedProcess[str]:
        """Runs the command line against this center."""
        return subprocess.run(
            [SOC, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


def environment_of(run_dir: Path, **settings: str) -> dict[str, str]:
    """The environment of a center of its own: no SOC_* of the caller gets in, nor the language."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SOC_")}
    return {
        **clean,
        "SOC_LANGUAGE": "en",
        "SOC_RUN_DIR": str(run_dir),
        "SOC_HTTP_PORT": str(free_port()),
        "SOC_INGEST_PORT": str(free_port()),
        "SOC_DEMO": "0",
        **settings,
    }


@contextmanager
def running_center(run_dir: Path, **settings: str) -> Iterator[Center]:
    """Starts a center in `run_dir` and ends it; settings are SOC_* variables."""
    environment = environment_of(run_dir, **settings)
    started = subprocess.run(
        [SOC, "up", "--detach"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        yield Center(run_dir, environment)
    finally:
        subprocess.run([SOC, "down"], cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)
