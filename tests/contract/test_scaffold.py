"""A new domain is new files only, and what the scaffold writes agrees with everything as it is."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.cities.folder import shipped
from tests.contract.tree import ROOT, tracked
from tests.scaffold import scaffold

CHECKS = ("test_shape.py", "test_generated.py", "test_input_schema.py")


def copied(root: Path) -> Path:
    """The checkout's files in another place, as a repository of its own."""
    for path in tracked():
        if path.suffix != ".png":
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, root / path)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def state(root: Path) -> dict[Path, bytes]:
    """Every file with its content."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".git" not in path.parts}


def test_a_new_domain_edits_nothing_and_passes_as_it_is_written(tmp_path: Path) -> None:
    root = copied(tmp_path / "tree")
    before = state(root)
    written = scaffold("domain", "noise", root)
    after = state(root)
    assert {path: body for path, body in after.items() if path not in written} == before
    assert "noise" in shipped(root / "city").domains
    checks = [f"tests/contract/{name}" for name in CHECKS]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *checks,
        "tests/unit/detect/test_domains.py",
    ]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout
