"""What the center says about errors is there in every language, and every error is said through it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from schemas.errors import Invalid
from schemas.refusals import _FOUND
from schemas.sentences import LANGUAGES, TEXTS, TOPICS, preferred, say, told
from services.api.query_faults import CODES
from tests.contract.tree import ROOT, code

ERRORS = {"Invalid": 0, "Unknown": 0, "Conflict": 0, "Unavailable": 0, "HTTPException": 1, "Refused": 1, "must": 1}
"""What is raised → which argument is the sentence."""
FAULTS = (
    "city/geometry.py",
    "infra/cities/adoption.py",
    "infra/cities/checking.py",
    "infra/cities/edge_checks.py",
    "infra/cities/figures.py",
    "infra/cities/meaning.py",
    "infra/cities/proposed.py",
    "schemas/rule_faults.py",
)
"""They yield a field and what is wrong with it, for the API as for `soc city check`."""
SAME = {"as_found", "at_field", "progress_count"}
"""They hold words of others only."""
ELSEWHERE = (
    "infra/postgres/rollup_store.py",
    "services/ingest/__main__.py",
    "services/telemetry/__main__.py",
    "services/telemetry/follow.py",
)
"""What they raise goes to a log, never into an answer, a dead letter or to a terminal."""
WORKED_OUT = re.compile(r"(?:status|ingest)_\d+|state_[a-z]+")
"""Codes that are put together from what they are about."""
SENTENCES = sorted(TEXTS)


def _braces(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def _calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.Call))


def _named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _plain(node: ast.expr) -> bool:
    """Whether it is text in one language: a constant, or one with something put in."""
    if isinstance(node, ast.IfExp):
        return _plain(node.body) or _plain(node.orelse)
    return isinstance(node, ast.JoinedStr | ast.BinOp) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _codes(node: ast.expr) -> list[str]:
    """The codes that an argument of `say` may be; none where it is worked out."""
    if isinstance(node, ast.IfExp):
        return [*_codes(node.body), *_codes(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_a_sentence_is_there_in_every_language_with_the_same_values() -> None:
    for name, there in TEXTS.items():
        assert set(there) == set(LANGUAGES) and all(text.strip() for text in there.values()), name
        assert len({frozenset(_braces(text)) for text in there.values()}) == 1, name
        assert (len(set(there.values())) == 1) == (name in SAME), name


def test_no_topic_of_sentences_has_a_code_of_another() -> None:
    assert len(TEXTS) == sum(len(topic.TEXTS) for topic in TOPICS)


def test_whatever_is_said_exists_and_gets_its_values() -> None:
    wrong = [
        f"{path}:{call.lineno} {name}"
        for path in code()
        for call in _calls(path)
        if _named(call) == "say" and call.args
        for name in _codes(call.args[0])
        if name not in TEXTS or _braces(TEXTS[name]["en"]) != {word.arg for word in call.keywords}
    ]
    assert not wrong


def test_the_tables_of_decoders_name_sentences_and_their_values() -> None:
    for pattern, name in _FOUND:
        assert _braces(TEXTS[name]["en"]) == set(pattern.groupindex), name
    for name, filling in CODES.values():
        assert _braces(TEXTS[name]["en"]) == set(filling.values()), name


def test_every_sentence_is_said_somewhere() -> None:
    said = {
        node.value
        for path in code()
        if path.parts[:2] != ("schemas", "sentences")
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [name for name in SENTENCES if name not in said and not WORKED_OUT.fullmatch(name)] == []


def test_an_error_that_may_reach_people_is_said_through_a_sentence() -> None:
    bare = [
        f"{path}:{call.lineno}"
        for path in code()
        if not str(path).startswith(ELSEWHERE)
        for call in _calls(path)
        if _named(call) in ERRORS and len(call.args) > ERRORS[_named(call)] and _plain(call.args[ERRORS[_named(call)]])
    ]
    assert not bare, "use say(code, …) of schemas/sentences"


def test_a_fault_of_what_comes_over_an_edge_is_a_sentence() -> None:
    bare = [
        f"{path}:{call.lineno}"
        for path in code()
        if str(path).startswith("services/ingest/edges/")
        for call in _calls(path)
        if _named(call) == "Fault" and _plain(call.args[1])
    ]
    assert not bare


def _told(node: ast.AST) -> ast.expr | None:
    """What a fault says: the last part of what is yielded, generated, or returned with its field."""
    value = node.elt if isinstance(node, ast.GeneratorExp) else getattr(node, "value", None)
    if isinstance(value, ast.Tuple):
        by_field = not isinstance(node, ast.Return) or isinstance(value.elts[0], ast.Constant)
        return value.elts[-1] if by_field else None
    return value if isinstance(node, ast.Yield) else None


def test_the_faults_of_what_people_edit_are_sentences() -> None:
    bare = [
        f"{name}:{node.lineno}"
        for name in FAULTS
        for node in ast.walk(ast.parse((ROOT / name).read_text()))
        if isinstance(node, ast.Yield | ast.Return | ast.GeneratorExp)
        if (said := _told(node)) is not None and _plain(said)
    ]
    assert not bare


@pytest.mark.parametrize(
    "header, language",
    [
        (None, "en"),
        ("", "en"),
        ("vi", "vi"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("fr, vi;q=0.5, en;q=0.4", "vi"),
        ("fr", "en"),
        ("*", "en"),
        ("vi;q=0, *", "en"),
        ("VI ; Q=0.3", "vi"),
        ("vi;q=x", "en"),
    ],
)
def test_the_header_chooses_the_language(header: str | None, language: str) -> None:
    assert preferred(header) == language


def test_a_sentence_in_a_sentence_is_in_the_same_language() -> None:
    whole = say("in_record", record=3, detail=say("not_number"))
    assert whole == "record 3: is not a number" == Invalid(whole).detail
    assert told(whole, "vi") == "bản ghi 3: không phải số" and told(Invalid(whole).said, "vi") == told(whole, "vi")
    assert type(Invalid(whole).detail) is str
