"""How the tests run: in groups that share a center, the longest first."""

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import LONGEST
from tests.contract.tree import ROOT

CONFTEST = """
import pytest
from tests.conftest import pytest_collection_modifyitems, pytest_runtest_teardown

@pytest.fixture(scope="package")
def center():
    print("begins")
    yield
    print("ends")
"""
SHARING = "def test_one(center): print('shares')\ndef test_two(): print('is alone')\n"
OWN = """
import pytest

@pytest.fixture(scope="module")
def center(): print("has its own")

def test_three(center): print("shares nothing")
"""


def test_what_is_named_as_long_is_there() -> None:
    assert [name for name in LONGEST if not (ROOT / name).exists()] == []


def test_a_center_is_there_for_its_group_only_and_long_groups_come_first(tmp_path: Path) -> None:
    lane = tmp_path / "tests" / "integration"
    lane.mkdir(parents=True)
    (lane / "__init__.py").touch()
    for name, text in (("conftest", CONFTEST), ("test_a", OWN), ("test_b", SHARING), ("test_lifecycle", SHARING)):
        (lane / f"{name}.py").write_text(text)
    (tmp_path / "pytest.ini").touch()
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-n0", "-p", "no:cacheprovider", "--import-mode=importlib"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    said = [line.removeprefix(".") for line in done.stdout.splitlines()]
    told = ["begins", "shares", "shares", "ends", "is alone", "has its own", "shares nothing", "is alone"]
    assert [line for line in said if line in told] == told
