"""The containers are described as their client wants it, and say what the embedded center says."""

import re
import shutil
import subprocess

import pytest

from infra.embedded.jars import KAFKA_VERSION
from tests.contract.tree import ROOT

COMPOSE = ROOT / "infra/compose.yaml"


def test_the_client_of_docker_accepts_the_file() -> None:
    if shutil.which("docker") is None:
        pytest.skip("there is no docker client on this machine")
    version = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True, check=False)
    if version.returncode != 0:
        pytest.skip("the docker client on this machine has no compose")
    done = subprocess.run(
        ["docker", "compose", "-f", str(COMPOSE), "config", "-q"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_kafka_is_the_same_version_as_the_embedded_one() -> None:
    found = re.search(r"apache/kafka:([\d.]+)", COMPOSE.read_text())
    assert found and found.group(1) == KAFKA_VERSION


def test_every_server_is_given_to_the_center_from_outside() -> None:
    assert set(re.findall(r"SOC_(?:KAFKA_BOOTSTRAP|DATABASE_URL|REDIS_URL)(?=:)", COMPOSE.read_text())) == {
        "SOC_KAFKA_BOOTSTRAP",
        "SOC_DATABASE_URL",
        "SOC_REDIS_URL",
    }
