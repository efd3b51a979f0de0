"""What the documents name exists: paths, links, make targets; and both languages of a page say the same."""

import importlib
import json
import re
from os.path import normpath, relpath
from pathlib import Path

import msgspec
import pytest
import typer

from schemas.domains import Condition, Domain, Limit
from schemas.rules import Cause, Hop, Part, Pattern, Rule, Same
from services.cli.main import LATER, app
from tests.contract.tree import ROOT, tracked

PAGES = [path for path in tracked(".md") if path.parts[0] in ("docs", "README.md", "README.vi.md", "CONTRIBUTING.md")]
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
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^(#+) .*$", re.MULTILINE)
TITLE = re.compile(r"^#+ (.*)$", re.MULTILINE)
ANY_LINK = re.compile(r"\]\(([^)\s]+)\)")


def in_english(page: Path) -> Path:
    """The English page of a Vietnamese one, which lies in a folder `vi` beside it; any other is its own."""
    if page.parent.name == "vi":
        return page.parent.parent / page.name
    return Path("README.md") if page == Path("README.vi.md") else page


VIETNAMESE = [page for page in PAGES if in_english(page) != page]
TRANSLATED = {in_english(page) for page in VIETNAMESE}


def outline(page: Path, text: str) -> dict[str, list[str]]:
    """Everything of a page that is the same in each language; a link to a page stands for both languages of it."""
    prose = FENCED.sub("", text)
    sections = HEADING.split(prose)
    return {
        "blocks": FENCED.findall(text),
        "headings": sections[1::2],
        "names": [_names(section) for section in sections[::2]],
        "rows": [f"{row.count('|')} {_names(row)}" for row in re.findall(r"^\|.*$", prose, re.MULTILINE)],
        "items": re.findall(r"^- ", prose, re.MULTILINE),
        "links": sorted(_leads_to(page, link) for link in ANY_LINK.findall(prose)),
    }


def _names(text: str) -> str:
    return " ".join(sorted(set(SPAN.findall(text))))


def _leads_to(page: Path, link: str) -> str:
    if re.match(r"https?:|mailto:", link):
        return link
    target, place = _target(page, link)
    there = places(target) if place else []
    return f"{in_english(target)}#{there.index(place) if place in there else place}"


def _target(page: Path, link: str) -> tuple[Path, str]:
    path, _, place = link.partition("#")
    return (Path(normpath(page.parent / path)) if path else page), place


def places(page: Path) -> list[str]:
    """What a link to a heading of this page has after its `#`, in the order of the headings."""
    titles = TITLE.findall(FENCED.sub("", (ROOT / page).read_text()))
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


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
def test_every_place_that_a_link_names_is_a_heading_there(page: Path) -> None:
    links = [link for link in ANY_LINK.findall((ROOT / page).read_text()) if "#" in link and "://" not in link]
    led = [(link, *_target(page, link)) for link in links]
    assert [link for link, target, place in led if place not in places(target)] == []


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


def test_what_people_read_at_their_work_is_there_in_both_languages() -> None:
    english = {page for page in PAGES if page.parent == Path("docs/guides")}
    assert {*english, Path("README.md"), Path("docs/operations.md")} == TRANSLATED


@pytest.mark.parametrize("page", VIETNAMESE, ids=str)
def test_a_vietnamese_page_has_what_the_english_one_has(page: Path) -> None:
    english = in_english(page)
    assert outline(page, (ROOT / page).read_text()) == outline(english, (ROOT / english).read_text())


@pytest.mark.parametrize("page", VIETNAMESE, ids=str)
def test_both_languages_of_a_page_name_each_other_below_the_title(page: Path) -> None:
    english = in_english(page)
    there, back = relpath(page, english.parent), relpath(english, page.parent)
    assert (ROOT / english).read_text().splitlines()[2:4] == [f"[Tiếng Việt]({there})", ""]
    assert (ROOT / page).read_text().splitlines()[2:4] == [f"[English]({back})", ""]


@pytest.mark.parametrize("page", VIETNAMESE, ids=str)
def test_a_vietnamese_page_leads_on_in_vietnamese(page: Path) -> None:
    links = LINK.findall((ROOT / page).read_text())[1:]
    assert [link for link in links if Path(normpath(page.parent / link)) in TRANSLATED] == []


ONE = """# Silences

The field `to`, see [webhooks](webhooks.md) and [texts](duty.md#sms-and-zalo).

```sh
ls  # here
```

- the `reason`

| field | what |
|---|---|
| `to` | the end |

## Works

The same.
"""
OTHER = """# Tạm dừng báo

Trường `to`, xem [webhook](webhooks.md) và [tin nhắn](duty.md#sms-và-zalo).

```sh
ls  # here
```

- `reason`

| trường | nội dung |
|---|---|
| `to` | kết thúc |

## Công việc

Như trên.
"""


@pytest.mark.parametrize(
    ("said", "wrong", "differing"),
    [
        ("Như trên", "Giống trên", set()),
        ("(webhooks.md)", "(../webhooks.md)", set()),
        ("## Công", "### Công", {"headings"}),
        ("# here", "# ở đây", {"blocks"}),
        ("Trường `to`", "Trường `from`", {"names"}),
        ("Như trên", "Như `to`", {"names"}),
        ("- `reason`", "`reason`", {"items"}),
        ("| `to` | kết thúc |\n", "", {"rows"}),
        ("| `to` | kết thúc |", "| đến | kết thúc |", {"rows"}),
        ("(webhooks.md)", "(duty.md)", {"links"}),
        ("#sms-và-zalo", "#email", {"links"}),
    ],
)
def test_the_guard_of_languages_sees_what_one_has_otherwise(said: str, wrong: str, differing: set[str]) -> None:
    page = Path("docs/guides/vi/silences.md")
    here, there = outline(in_english(page), ONE), outline(page, OTHER.replace(said, wrong))
    assert {part for part in here if here[part] != there[part]} == differing


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
