"""What the documents name exists: paths, links, make targets."""

import re

import msgspec
import pytest

from schemas.domains import Condition, Domain, Limit
from schemas.rules import Cause, Hop, Part, Pattern, Rule, Same
from tests.contract.tree import ROOT, tracked

PAGES = [path for path in tracked(".md") if path.parts[0] in ("docs", "README.md", "CONTRIBUTING.md")]
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")
TARGET = re.compile(r"`(?:\w+=\S+ )?make ([a-z]+)")
REQUIRED_TARGETS = {"help", "setup", "run", "stop", "test", "check", "scenarios", "score", "bench"}
REQUIRED_TARGETS |= {"domain", "rule", "docs", "screenshots"}


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
