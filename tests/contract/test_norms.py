"""The sizes and habits of docs/../CONTRIBUTING.md hold for every module."""

import re

import pytest

from tests.contract.tree import ROOT, code, functions, length, tracked

MODULE_LINES, FUNCTION_LINES = 300, 40
NAMES_THAT_SAY_NOTHING = re.compile(r"^(utils?|common|core|helpers?|base|managers?)$")
BROAD_EXCEPT_ALLOWED = 3


def too_long_functions(name: str, source: str) -> list[str]:
    return [
        f"{name}:{node.lineno} {node.name} has {length(node)} lines"
        for node in functions(source)
        if length(node) > FUNCTION_LINES
    ]


def test_no_function_is_longer_than_forty_lines() -> None:
    assert [found for path in code() for found in too_long_functions(str(path), (ROOT / path).read_text())] == []


def test_the_guard_of_function_length_sees_a_long_one() -> None:
    source = "def long() -> None:\n" + "    pass\n" * FUNCTION_LINES
    assert too_long_functions("x.py", source) == ["x.py:1 long has 41 lines"]


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    sizes = {str(path): (ROOT / path).read_text().count("\n") for path in code()}
    assert {name: lines for name, lines in sizes.items() if lines > MODULE_LINES} == {}


def test_every_name_of_a_module_says_something() -> None:
    bad = [str(path) for path in code() for part in (*path.parts[:-1], path.stem) if NAMES_THAT_SAY_NOTHING.match(part)]
    assert bad == []


def test_broad_excepts_stand_in_three_files_only() -> None:
    broad = [str(path) for path in code() if re.search(r"except (Base)?Exception\b", (ROOT / path).read_text())]
    assert len(broad) <= BROAD_EXCEPT_ALLOWED, broad


def test_every_module_says_why_it_exists() -> None:
    silent = [
        str(path)
        for path in code()
        if (ROOT / path).read_text().strip() and not (ROOT / path).read_text().startswith('"""')
    ]
    assert silent == []


def names_a_host(name: str, text: str) -> bool:
    """Whether a lock file says where packages came from: npm does so in `resolved`, its other links are funding."""
    return '"resolved"' in text if name.endswith("package-lock.json") else "://" in text


@pytest.mark.parametrize("path", tracked(".lock") + tracked("package-lock.json"), ids=str)
def test_lock_files_name_no_host(path: object) -> None:
    assert not names_a_host(str(path), (ROOT / str(path)).read_text())


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("requirements.lock", "--index-url https://packages.example/simple", True),
        ("requirements.lock", "httpx==0.28.1 \\\n    # via httpcore", False),
        ("package-lock.json", '"resolved": "https://packages.example/a.tgz"', True),
        ("package-lock.json", '"funding": { "url": "https://people.example" }', False),
    ],
)
def test_the_guard_of_lock_files_tells_a_registry_from_a_thank_you(name: str, text: str, named: bool) -> None:
    assert names_a_host(name, text) is named


def borrows_from_tests(text: str) -> list[str]:
    """Test modules that a module imports from: what two need has a home named for what it is."""
    return re.findall(r"^\s*(?:from|import) (tests\.(?:\w+\.)*test_\w+)", text, re.MULTILINE)


def test_nothing_is_imported_from_a_test_module() -> None:
    found = {str(path): borrows_from_tests((ROOT / path).read_text()) for path in tracked(".py")}
    assert {name: modules for name, modules in found.items() if modules} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from tests.unit.test_region import AREAS", ["tests.unit.test_region"]),
        ("import tests.faults.test_poison", ["tests.faults.test_poison"]),
        ("from tests.areas import AREAS", []),
        ("from tests.contract.tree import ROOT", []),
    ],
)
def test_the_guard_of_imports_sees_a_test_module(text: str, found: list[str]) -> None:
    assert borrows_from_tests(text) == found
