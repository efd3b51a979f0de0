"""What is generated is committed, and nothing else lies beside it."""

import msgspec
import pytest

from infra.settings import Settings
from tests.contract.generate import GENERATED, UNITS, docstrings_of_fields, pages, settings_page, units
from tests.contract.tree import ROOT, tracked

PAGES = pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_committed_page_is_the_generated_one(name: str) -> None:
    assert (GENERATED / name).read_bytes() == PAGES[name], "run: make docs"


def test_the_console_writes_units_by_the_center_s_tables() -> None:
    assert UNITS.read_bytes() == units(), "run: make docs"


def test_nothing_in_the_generated_folder_is_written_by_hand() -> None:
    assert {path.name for path in tracked() if path.parts[:2] == ("docs", "generated")} <= set(PAGES)


def test_every_setting_says_what_it_is() -> None:
    words = docstrings_of_fields((ROOT / "infra/settings.py").read_text(), "Settings")
    assert {field.name for field in msgspec.structs.fields(Settings)} == set(words)


def test_a_field_without_words_is_seen() -> None:
    assert docstrings_of_fields('class A:\n    b: int = 1\n    """Said."""\n    c: int = 2\n', "A") == {"b": "Said."}


def test_the_page_names_every_setting() -> None:
    page = settings_page()
    assert all(f"`SOC_{field.name.upper()}`" in page for field in msgspec.structs.fields(Settings))
