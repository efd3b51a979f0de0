"""What `soc` and `make` say to people is there in both languages: help of everything, lines, questions, mistakes."""

import ast
import importlib
import os
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from infra import terminal
from infra.postgres import keys, users
from schemas.sentences import LANGUAGES, TEXTS
from services.cli.main import LATER, app
from services.cli.mistyped import _LINES, _OF_FILES, _VALUES
from services.cli.spoken import App, run
from tests.contract.tree import ROOT, code

SPEAKING = ("services/cli/", "infra/embedded/", "infra/terminal.py")
"""What people at a terminal read is written here."""
OF_THE_LIBRARY = re.compile(r"Usage|Options|Arguments|Commands|Show this|\[required|\[default|\[OPTIONS|\[ARGS")
SAY = {"print", "tell", "tell_here", "echo", "secho", "prompt", "confirm", "spoken"}
WORD = re.compile(r"[^\W\d_]{2,}")
HELPED = [((), app), *(((name,), importlib.import_module(module).app) for name, (module, _) in LATER.items())]


def _commands() -> Iterator[tuple[str, tuple[App, list[str], Any]]]:
    """What is typed, the application it is for and its arguments, and the command as the library has it."""
    for path, one in HELPED:
        command = typer.main.get_command(one)
        yield " ".join(("soc", *path)), (one, [], command)
        for name, below in getattr(command, "commands", {}).items():
            if name not in LATER:
                yield " ".join(("soc", *path, name)), (one, [name], below)


COMMANDS = dict(_commands())


def test_every_command_is_looked_at() -> None:
    assert {"soc", "soc up", "soc status", "soc city check", "soc backtest", "soc users password"} <= COMMANDS.keys()


@pytest.mark.parametrize("line", COMMANDS)
def test_help_is_a_sentence_in_both_languages(line: str) -> None:
    *_, command = COMMANDS[line]
    helps = [command.help, *(one.help for one in command.params)]
    assert [one for one in helps if one not in TEXTS] == [], "help=… is a code of schemas/sentences/usage.py"
    assert [one for one in helps if TEXTS[one]["en"] == TEXTS[one]["vi"]] == []


@pytest.mark.parametrize("line", COMMANDS)
def test_help_is_drawn_without_a_word_of_the_other_language(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, below, command = COMMANDS[line]
    drawn = {}
    for language in LANGUAGES:
        monkeypatch.setenv("SOC_LANGUAGE", language)
        assert run(one, [*below, "--help"], line) == 0
        drawn[language] = capsys.readouterr().out
    told = {language: " ".join(drawn[language].replace("│", " ").split()) for language in LANGUAGES}
    assert "Usage: soc" in told["en"] and "Cách dùng: soc" in told["vi"]
    assert "Show this message and exit." in told["en"] and "Hiện hướng dẫn này rồi thoát." in told["vi"]
    assert OF_THE_LIBRARY.search(told["vi"]) is None
    first = " ".join(TEXTS[command.help]["vi"].split())
    assert first in told["vi"] and first not in told["en"]


def _text(node: ast.expr) -> str:
    """The words that stand in an expression itself."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return " ".join(_text(part) for part in node.values)
    if isinstance(node, ast.IfExp):
        return f"{_text(node.body)} {_text(node.orelse)}"
    if isinstance(node, ast.BinOp):
        return f"{_text(node.left)} {_text(node.right)}"
    return ""


def said_in_one_language(source: str) -> list[int]:
    """Lines in which words are printed, asked or told that are no sentence."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    saying = (node for node in calls if (getattr(node.func, "id", None) or getattr(node.func, "attr", "")) in SAY)
    return [node.lineno for node in saying if any(WORD.search(_text(given)) for given in node.args)]


def test_nothing_is_said_in_one_language_only() -> None:
    spoken = {str(path): (ROOT / path).read_text() for path in code() if str(path).startswith(SPEAKING)}
    assert {name: lines for name, source in spoken.items() if (lines := said_in_one_language(source))} == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("print('done')", [1]),
        ("print(f'{count} rows')", [1]),
        ("typer.echo('no' if wrong else '')", [1]),
        ("self.tell('stopping ' + name)", [1]),
        ("typer.prompt('Password')", [1]),
        ("tell(say('stopping'))", []),
        ("print(f'{number:6} {at} {where}/{offset}')", []),
        ("print(json, end='')", []),
    ],
)
def test_the_guard_sees_words_and_lets_values_pass(source: str, lines: list[int]) -> None:
    assert said_in_one_language(source) == lines


def test_what_the_library_finds_wrong_has_sentences_that_take_its_values() -> None:
    for pattern, name in (*_LINES, *_VALUES):
        assert set(re.findall(r"\{(\w+)\}", TEXTS[name]["en"])) == set(pattern.groupindex), name
    assert set(_OF_FILES.values()) <= TEXTS.keys()


def test_help_names_the_roles_there_are() -> None:
    for language in LANGUAGES:
        assert ", ".join(keys.ROLES) in TEXTS["help_keys_role"][language]
        assert ", ".join(users.ROLES) in TEXTS["help_users_role_option"][language]


def test_letters_are_whole_so_that_columns_stand_below_each_other() -> None:
    apart = [name for name, texts in TEXTS.items() if any(unicodedata.normalize("NFC", t) != t for t in texts.values())]
    assert apart == []


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"SOC_LANGUAGE": "vi", "LANG": "C.UTF-8"},
        {"SOC_LANGUAGE": "en", "LANG": "vi_VN.UTF-8"},
        {"SOC_LANGUAGE": "fr", "LANG": "vi_VN.UTF-8"},
        {"LANG": "vi"},
        {"LC_MESSAGES": "vi_VN", "LANG": "C"},
        {"LC_ALL": "C", "LANG": "vi_VN.UTF-8"},
        {"LANG": "vic_US"},
    ],
)
def test_make_chooses_the_language_as_soc_does(environment: dict[str, str]) -> None:
    given = {"PATH": os.environ["PATH"], **environment}
    shown = subprocess.run(["make", "help"], cwd=ROOT, env=given, capture_output=True, check=True).stdout.decode()
    first = {"en": "list the commands", "vi": "liệt kê các lệnh"}[terminal.language(environment)]
    assert shown.splitlines()[0].split(maxsplit=1) == ["help", first]


def test_make_says_everything_in_both_languages() -> None:
    text = (ROOT / "Makefile").read_text()
    helps = re.findall(r"^[a-z]+:.*## (.*)$", text, re.M)
    assert [one for one in helps if len({part.strip() for part in one.split(" | ")}) != 2] == []
    _, vietnamese, english = re.split(r"^ifneq.*$|^else$", text.split("\nendif", 1)[0], flags=re.M)
    spoken = [dict(re.findall(r"^(\w+) := (.+)$", part, re.M)) for part in (vietnamese, english)]
    assert spoken[0].keys() == spoken[1].keys() and all(spoken[0][name] != spoken[1][name] for name in spoken[0])
    assert re.findall(r'echo "[^"]*[a-z]{2,} ', text) == []
