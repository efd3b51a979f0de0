"""The tree as git has it, for the tests that hold it to its shape."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


def tracked(suffix: str = "") -> list[Path]:
    """Files of the checkout that git tracks or would track, relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [Path(name) for name in listing if name.endswith(suffix) and (ROOT / name).is_file()]


def code() -> list[Path]:
    """Python modules that ship."""
    return [path for path in tracked(".py") if path.parts[0] != "tests" and "migrations" not in path.parts]


def functions(source: str) -> Iterator[FunctionNode]:
    """Every function of a module, nested ones included."""
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, FunctionNode))


def length(node: FunctionNode) -> int:
    """Lines of a function from `def` to its end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
