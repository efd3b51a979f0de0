"""The life of a center: it starts, heals, starts again with its data, and leaves nothing behind."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.center import SOC, Center, environment_of, free_port
from tests.contract.tree import ROOT
from tests.waiting import until

ONE_ADDRESS = "127.0.0.2"
"""Of this machine's: a center that listens on one address must still find its own parts."""


def soc(environment: dict[str, str], *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SOC, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def status(environment: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(soc(environment, "status", "--json").stdout)
    return found


def pids(environment: dict[str, str]) -> dict[str, int]:
    return {one["name"]: one["pid"] for one in status(environment)["processes"] if one["pid"]}


def listening(address: str) -> bool:
    host, port = address.split("/", 1)[0].rsplit(":", 1)
    with socket.socket() as caller:
        caller.settimeout(1)
        return caller.connect_ex((host, int(port))) == 0


def adopted(center: Center, sensor: str) -> dict[str, Any]:
    """A sensor that the city folder does not know, registered by an edit: what of it is to stay."""
    now = datetime.now(UTC)
    pack = [{"n": f"{sensor}/voltage_v", "u": "V", "v": 229.0, "t": now.timestamp()}]
    event = {"specversion": "1.0", "id": sensor, "source": "/test/lifecycle", "data": pack}
    assert center.post({**event, "type": "city.readings", "time": now.isoformat()}).json()["accepted"] == 1
    until(lambda: center.http.get(f"/v1/sensors/{sensor}").status_code == 200, "the unregistered sensor")
    feeder = center.get("/v1/assets", kind="feeder", limit=1)["items"][0]["id"]
    given = {"name": "Meter", "name_vi": "Công tơ", "observes": ["voltage_v"], "measures": feeder}
    answer = center.http.put(f"/v1/sensors/{sensor}", json=given)
    assert answer.status_code == 200 and answer.json()["origin"] == "edit", answer.text
    return {name: answer.json()[name] for name in ("origin", "registered", "measures", "zone", "revision")}


def gone(before: dict[str, Any]) -> bool:
    """No recorded process and no port of a status is left."""
    processes = [one["pid"] for one in before["processes"] if one["pid"] and psutil.pid_exists(one["pid"])]
    addresses = [before["kafka"], before["database"], before["redis"].split("/")[0], before["url"].split("//")[1]]
    return not processes and not [one for one in addresses if listening(one)]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A center that was started once with the demo and is ended afterwards, whatever the tests did to it."""
    settings = environment_of(tmp_path_factory.mktemp("life"), SOC_DEMO="1", SOC_HTTP_HOST=ONE_ADDRESS)
    try:
        started = soc(settings, "up", "--detach")
        assert started.returncode == 0, started.stdout + started.stderr
        assert settings["SOC_HTTP_PORT"] in started.stdout
        assert "credentials.json" in started.stdout
        yield settings
    finally:
        soc(settings, "down")


def test_the_first_start_writes_credentials_that_only_the_owner_reads(environment: dict[str, str]) -> None:
    path = Path(environment["SOC_RUN_DIR"]) / "credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = json.loads(path.read_text())
    assert set(found["users"]) == {"admin", "operator", "viewer"}
    assert len({*found["users"].values(), found["api_key"]}) == 4


def test_the_demo_brings_its_first_incident_within_a_minute(environment: dict[str, str]) -> None:
    center = Center(Path(environment["SOC_RUN_DIR"]), environment)
    until(center.incidents, "the first incident of the demo", 75, every=1)


def test_a_second_start_says_that_the_center_already_runs(environment: dict[str, str]) -> None:
    before = pids(environment)
    assert "already running" in soc(environment, "up", "--detach").stdout
    foreground = soc(environment, "up")
    assert foreground.returncode == 1
    assert "already runs" in foreground.stderr and "Traceback" not in foreground.stderr
    assert pids(environment) == before


def test_a_killed_process_is_restarted_and_the_restart_is_visible(environment: dict[str, str]) -> None:
    victim = pids(environment)["webhooks"]
    os.kill(victim, signal.SIGKILL)

    def restarted() -> bool:
        return pids(environment).get("webhooks") not in (None, victim)

    until(restarted, "webhooks restarted", 20, every=0.5)
    log = (Path(environment["SOC_RUN_DIR"]) / "logs" / "supervisor.log").read_text()
    assert "webhooks ended with signal SIGKILL, restarted (restart 1)" in log


def test_a_port_in_use_ends_in_one_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    other = environment_of(tmp_path, SOC_HTTP_HOST=ONE_ADDRESS, SOC_HTTP_PORT=environment["SOC_HTTP_PORT"])
    refused = soc(other, "up", "--detach")
    assert refused.returncode == 1
    reason = refused.stderr.strip().splitlines()
    assert len(reason) == 1
    assert environment["SOC_HTTP_PORT"] in reason[0] and "in use" in reason[0] and "SOC_HTTP_PORT" in reason[0]


def test_a_wrong_city_folder_ends_with_its_faults_and_nothing_running(tmp_path: Path) -> None:
    city = tmp_path / "city"
    shutil.copytree(ROOT / "infra/cities/binh-duong", city)
    with (city / "relations.csv").open("a") as relations:
        relations.write("nowhere,feeds,nothing\n")
    refused = soc(environment_of(tmp_path / "run", SOC_CITY=str(city)), "up", "--detach")
    assert refused.returncode == 1
    assert "relations.csv" in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr + refused.stdout


def test_a_killed_supervisor_leaves_nothing_and_a_later_start_keeps_data(environment: dict[str, str]) -> None:
    before = status(environment)
    edited = adopted(Center(Path(environment["SOC_RUN_DIR"]), environment), "stranger-1")
    users = soc(environment, "users", "list").stdout
    os.kill(before["pid"], signal.SIGKILL)
    soc(environment, "down")
    until(lambda: gone(before), "every process and port of the killed supervisor gone")

    again = soc(environment, "up", "--detach")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "credentials: made" not in again.stdout
    assert soc(environment, "users", "list").stdout == users
    kept = Center(Path(environment["SOC_RUN_DIR"]), environment).get("/v1/sensors/stranger-1")
    assert {name: kept[name] for name in edited} == edited, "an edit stays over the city folder"


def test_down_leaves_no_process_and_no_port(environment: dict[str, str]) -> None:
    before = status(environment)
    assert before["state"] == "ready"
    ended = soc(environment, "down")
    assert ended.returncode == 0
    assert gone(before)
    assert "nothing runs" in soc(environment, "down").stdout


def test_settings_that_make_no_sense_are_named(tmp_path: Path) -> None:
    refused = soc(environment_of(tmp_path, SOC_HTTP_PORT="eighty"), "up")
    assert refused.returncode == 1
    assert refused.stderr.strip() == "soc: SOC_HTTP_PORT: 'eighty' is not a whole number"


def test_ctrl_c_while_a_center_starts_in_the_background_ends_it(tmp_path: Path) -> None:
    environment = environment_of(tmp_path)
    with (tmp_path / "said").open("w") as said:
        starting = subprocess.Popen([SOC, "up", "--detach"], cwd=ROOT, env=environment, stdout=said, stderr=said)
    until(lambda: "city: " in (tmp_path / "said").read_text(), "the first step of a start", 60)
    starting.send_signal(signal.SIGINT)
    assert starting.wait(90) == 130
    assert (tmp_path / "said").read_text().splitlines()[-2:] == ["stopping", "soc: interrupted"]
    left = status(environment)
    assert left["state"] == "stopped" and gone({**left, "kafka": ":1", "database": ":1/", "redis": ":1", "url": "//:1"})


def test_a_start_that_fails_in_the_background_says_so_once_and_in_vietnamese(tmp_path: Path) -> None:
    (tmp_path / "city").mkdir()
    refused = soc(environment_of(tmp_path, SOC_CITY=str(tmp_path / "city"), SOC_LANGUAGE="vi"), "up", "--detach")
    assert refused.returncode == 1 and refused.stdout == ""
    assert refused.stderr == "soc: city.toml: không có tệp này\nassets.geojson: không có tệp này\n"


def test_an_external_server_is_used_and_never_started(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    refused = soc(environment_of(tmp_path, SOC_KAFKA_BOOTSTRAP=nobody), "up", "--detach")
    assert refused.returncode == 1
    assert nobody in refused.stderr and "Kafka" in refused.stderr
    assert not (tmp_path / "kafka").exists()
