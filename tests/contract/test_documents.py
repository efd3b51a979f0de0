"""What the documents name exists: paths, links, make targets."""

import importlib
import json
import re

import msgspec
import pytest
import typer

from schemas.domains import Condition, Domain, Limit
from schemas.rules import Cause, Hop, Part, Pattern, Rule, Same
from services.cli.main import LATER, app
from tests.contract.tree import ROOT, tracked

PAGES = [path for path in tracked(".md") if path.parts[0] in ("docs", "README.md", "CONTRIBUTING.md")]
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")
TARGET = re.compile(r"`(?:\w+=\S+ )?make ([a-z]+)")
REQUIRED_TARGETS = {"help", "setup", "run", "stop", "test", "check", "scenarios", "score", "bench"}
REQUIRED_TARGETS |= {"domain", "rule", "docs", "screenshots"}


SPAN = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
LINE = re.compile(r"(?:^|-- |/)soc ([a-z][a-z-]*)(.*)")
ASSET = re.compile(r'"(?:asset|assets|measures)": (?:\[)?"([^"]+)"')
OWN_ASSETS = {"my-feeder"}
"""Of an integrator's own, which no city has."""


def wrong_lines(text: str) -> list[str]:
    """What a page says to type after `soc` and what is no command, or no option of it."""
    spans = [*SPAN.findall(text), *(line for block in BLOCK.findall(text) for line in block.splitlines())]
    return [span for span in spans if (line := LINE.search(span)) and not _exists(line[1], line[2].split())]


def _exists(name: str, words: list[str]) -> bool:
    command = typer.main.get_command(app).commands.get(name)  # type: ignore[attr-defined]
    if name in LATER:
        command = typer.main.get_command(importlib.import_module(LATER[name][0]).app)
    below = getattr(command, "commands", None)
    if below and words:
        command, words = below.get(words[0]), words[1:]
    known = {option for one in getattr(command, "params", ()) for option in one.opts} | {"--help"}
    return command is not None and {word.split("=")[0] for word in words if word.startswith("--")} <= known


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_of_a_page_leads_somewhere(page: object) -> None:
    path = ROOT / str(page)
    dead = [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()]
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_make_target_that_a_page_names_exists(page: object) -> None:
    assert set(TARGET.findall((ROOT / str(page)).read_text())) <= targets()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_line_for_soc_that_a_page_says_can_be_typed(page: object) -> None:
    assert wrong_lines((ROOT / str(page)).read_text()) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('`soc keys create "Wall" --role viewer` and `.venv/bin/soc users`', []),
        ("```sh\nkubectl exec it -- soc users passwort admin\n```", ["kubectl exec it -- soc users passwort admin"]),
        ("`soc keys create --roll viewer`", ["soc keys create --roll viewer"]),
        ("`soc begin`", ["soc begin"]),
    ],
)
def test_the_guard_of_lines_sees_what_cannot_be_typed(text: str, wrong: list[str]) -> None:
    assert wrong_lines(text) == wrong


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_an_example_to_be_typed_names_assets_of_the_demo_city(page: object) -> None:
    city = json.loads((ROOT / "infra/cities/binh-duong/assets.geojson").read_text())
    there = {one["id"] for one in city["features"]} | OWN_ASSETS
    blocks = BLOCK.findall((ROOT / str(page)).read_text())
    assert [name for block in blocks for name in ASSET.findall(block) if name not in there] == []


def test_every_promised_make_target_exists() -> None:
    assert targets() >= REQUIRED_TARGETS


def test_every_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert len(set(numbers)) == len(numbers)


def test_every_decision_names_what_holds_it() -> None:
    without = [
        str(path)
        for path in tracked(".md")
        if path.parts[:2] == ("docs", "decisions") and "## Held by" not in (ROOT / path).read_text()
    ]
    assert without == []


@pytest.mark.parametrize("body", [Rule, Cause, Same, Hop, Pattern, Part])
def test_the_guide_of_rules_names_every_field(body: type[msgspec.Struct]) -> None:
    guide = (ROOT / "docs/guides/rules.md").read_text()
    assert [
        name for name in body.__struct_encode_fields__ if f"`{name}`" not in guide and f"[{name}]" not in guide
    ] == []


@pytest.mark.parametrize("body", [Domain, Condition, Limit])
def test_the_guide_of_domains_names_every_field(body: type[msgspec.Struct]) -> None:
    guide = (ROOT / "docs/guides/domains.md").read_text()
    assert [
        name for name in body.__struct_encode_fields__ if f"`{name}`" not in guide and f"[{name}]" not in guide
    ] == []
