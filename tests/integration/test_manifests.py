"""The processes that the manifests of Kubernetes describe make a center: their commands, variables and probes.

Run here on one machine, each by itself and without a supervisor; what a cluster adds is not tried.
"""

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.embedded.ports import free_ports
from tests.center import BATCH
from tests.contract.exported import SCRAPED, exported
from tests.contract.manifests import Manifest, deployments, variables
from tests.contract.tree import ROOT
from tests.servers import Servers
from tests.waiting import until

BIN = Path(sys.executable).parent
Samples = dict[str, set[frozenset[str]]]


class Pods:
    """What the manifests start, on loopback and free ports."""

    def __init__(self, directory: Path, servers: Servers, database_url: str) -> None:
        self._directory = directory
        self._settings = {
            "SOC_KAFKA_BOOTSTRAP": servers.kafka,
            "SOC_DATABASE_URL": database_url,
            "SOC_REDIS_URL": servers.redis_url,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.ports: dict[tuple[str, int], int] = {}
        wanted = [
            (name, port["containerPort"])
            for name, manifest in deployments().items()
            for container in manifest["spec"]["template"]["spec"]["containers"]
            for port in container["ports"]
        ]
        self.ports = dict(zip(wanted, free_ports(len(wanted)), strict=True))

    def environment(self, name: str, container: Manifest) -> dict[str, str]:
        """As the container has it, with addresses of this machine."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("SOC_")}
        given = {**self._settings, **variables(container)}
        for key, value in given.items():
            if key.endswith("_PORT"):
                owner = "ingest" if key == "SOC_INGEST_PORT" else name
                given[key] = str(self.ports[owner, int(value)])
            elif key.endswith("_HOST"):
                given[key] = "127.0.0.1"
        given["SOC_RUN_DIR"] = str(self.run_dir(name))
        return {**clean, **given, "PYTHONUNBUFFERED": "1"}

    def run_dir(self, name: str) -> Path:
        """The volume of a pod."""
        path = self._directory / name
        path.mkdir(exist_ok=True)
        return path

    def start(self, name: str, container: Manifest) -> subprocess.Popen[bytes]:
        """One container; its output goes to a file beside its volume."""
        program, *arguments = container["command"]
        command = [str(BIN / program.rsplit("/", 1)[1]), *arguments]
        with (self._directory / f"{name}-{container['name']}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(name, container), stdout=log, stderr=subprocess.STDOUT
            )
        self.running[f"{name}-{container['name']}"] = process
        return process

    def said(self, name: str, container: Manifest) -> str:
        return (self._directory / f"{name}-{container['name']}.log").read_text()

    def url(self, name: str, port: int) -> str:
        return f"http://127.0.0.1:{self.ports[name, port]}"


def parts(name: str) -> tuple[list[Manifest], Manifest]:
    """What prepares a pod, and its container."""
    pod = deployments()[name]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    return pod.get("initContainers", []), container


@contextmanager
def ended(pods: Pods) -> Iterator[Pods]:
    try:
        yield pods
    finally:
        for process in pods.running.values():
            if process.poll() is None:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def pods(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    """All pods, started in the order that the manifests ask for."""
    with ended(Pods(tmp_path_factory.mktemp("pods"), servers, servers.fresh_database())) as made:
        (prepares,), relay = parts("relay")
        (waits,), _ = parts("detect")
        waiting = made.start("detect", waits)
        assert made.start("relay", prepares).wait(120) == 0, made.said("relay", prepares)
        assert waiting.poll() is None, made.said("detect", waits)
        made.start("relay", relay)
        assert waiting.wait(120) == 0, made.said("detect", waits)
        assert made.start("relay", prepares).wait(120) == 0
        for name in deployments():
            if name != "relay":
                made.start(name, parts(name)[1])
        yield made


def ready(pods: Pods) -> bool:
    try:
        return httpx.get(f"{pods.url('api', 8000)}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def scraped(pods: Pods, name: str) -> Samples:
    """Name of a series → the sets of labels it came with, as Prometheus would read them."""
    port = int(deployments()[name]["spec"]["template"]["metadata"]["annotations"]["prometheus.io/port"])
    answer = httpx.get(f"{pods.url(name, port)}/metrics", timeout=20, trust_env=False)
    found: Samples = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).add(frozenset(sample.labels))
    return found


def values(pods: Pods, metric: str) -> dict[str, float]:
    """Labels in a line → value, of a metric of the whole center."""
    answer = httpx.get(f"{pods.url('api', 8000)}/metrics", timeout=20, trust_env=False)
    return {
        ",".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name == metric
    }


def test_what_is_prepared_twice_stays_as_it_is_and_the_first_credentials_are_kept(pods: Pods) -> None:
    (prepares,), _ = parts("relay")
    said = pods.said("relay", prepares)
    assert (said.count("credentials: made"), said.count("topics: all there")) == (1, 1), said
    kept = pods.run_dir("relay") / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    (waits,), _ = parts("detect")
    told = pods.said("detect", waits)
    assert "waiting: " in told and told.endswith("\nprepared\n"), told


def test_only_servers_of_your_own_are_prepared_and_the_missing_address_is_named() -> None:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("SOC_")}
    given = {**clean, "SOC_KAFKA_BOOTSTRAP": "127.0.0.1:1"}
    done = subprocess.run(
        [str(BIN / "soc"), "prepare"], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and done.stderr.startswith("soc: SOC_DATABASE_URL: must be set"), done.stderr


def test_they_become_a_center_that_takes_events_through_the_api(pods: Pods) -> None:
    until(lambda: ready(pods), "the API calls everything ready")
    key = json.loads((pods.run_dir("relay") / "credentials.json").read_text())["api_key"]
    event = {"specversion": "1.0", "id": "pod-1", "source": "/test/pods", "type": "report.created"}
    body = [{**event, "data": {"category": "noise", "lon": 106.67, "lat": 10.98, "text": "loud"}}]
    headers = {"authorization": f"Bearer {key}", "content-type": BATCH}
    answer = httpx.post(
        f"{pods.url('api', 8000)}/v1/events", content=json.dumps(body), headers=headers, trust_env=False
    )
    assert answer.status_code == 202 and answer.json()["accepted"] == 1, answer.text


@pytest.mark.parametrize("name", deployments())
def test_every_probe_is_answered(pods: Pods, name: str) -> None:
    until(lambda: ready(pods), "the API calls everything ready")
    _, container = parts(name)
    named = {port["name"]: port["containerPort"] for port in container["ports"]}
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        asked = container[kind]["httpGet"]
        answer = httpx.get(f"{pods.url(name, named[asked['port']])}{asked['path']}", timeout=5, trust_env=False)
        assert answer.status_code == 200, (kind, answer.text)


def test_they_export_what_rules_and_dashboards_are_held_to(pods: Pods) -> None:
    """`tests/contract/exported.py` works it out without a server; here it is what a scrape gives."""
    until(lambda: ready(pods), "the API calls everything ready")
    found: Samples = {}
    for name in deployments():
        for series, labels in scraped(pods, name).items():
            found.setdefault(series, set()).update(labels)
    known = exported()
    wrong = {
        series for series, kinds in found.items() for labels in kinds if labels != known.get(series, set()) - SCRAPED
    }
    assert {series for series in wrong if series.startswith(("soc_", "process_")) and "_created" not in series} == set()
    awaited = {series for series in known if not known[series] - SCRAPED and series != "up"}
    assert awaited <= set(found)
    assert {"soc_ready", "soc_stage_age_seconds", "soc_lag_records", "soc_incidents", "soc_endpoints"} <= set(found)
    assert "soc_recorder_waits" in found and "soc_recorded_total" in found


def test_the_api_tells_of_the_whole_center(pods: Pods) -> None:
    until(lambda: ready(pods), "the API calls everything ready")
    told = until(lambda: values(pods, "soc_ready"), "readiness in the metrics")
    assert set(told.values()) == {1.0} and {"postgres", "redis", "kafka", "ingest", "detect", "webhooks"} <= set(told)
    assert all(0 <= age < 10 for age in values(pods, "soc_stage_age_seconds").values())
    until(
        lambda: (
            {"detect", "correlate", "recorder", "telemetry"}
            <= {one.split(",")[0] for one in values(pods, "soc_lag_records")}
        ),
        "the lag of every stage that has taken something",
    )
    assert max(values(pods, "soc_lag_records").values()) < 1000
    assert values(pods, "soc_outbox_rows") and len(values(pods, "soc_incidents")) == 12


def test_at_the_end_all_of_them_end_in_order(pods: Pods) -> None:
    """SIGTERM, as Kubernetes sends it: the last of these tests."""
    until(lambda: ready(pods), "the API calls everything ready")
    own = {name: pods.running[f"{name}-{parts(name)[1]['name']}"] for name in deployments()}
    for process in own.values():
        process.send_signal(signal.SIGTERM)
    ends: dict[str, Any] = {name: process.wait(30) for name, process in own.items()}
    assert ends == dict.fromkeys(deployments(), 0)
    assert not [name for name in own if re.search("process_failed", pods.said(name, parts(name)[1]))]
