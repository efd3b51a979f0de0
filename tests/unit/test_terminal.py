"""What people read at a terminal: which language, and with which letters."""

import io
from collections.abc import Callable

import pytest

from infra import terminal
from infra.settings import load
from schemas.errors import Invalid, Unavailable
from schemas.sentences import Sentence, joined, say


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"SOC_LANGUAGE": "vi"}, "vi"),
        ({"SOC_LANGUAGE": "VI"}, "vi"),
        ({"SOC_LANGUAGE": "en", "LANG": "vi_VN.UTF-8"}, "en"),
        ({"SOC_LANGUAGE": "", "LANG": "vi_VN.UTF-8"}, "vi"),
        ({"SOC_LANGUAGE": "fr", "LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "vi"}, "vi"),
        ({"LANG": "C.UTF-8", "LC_MESSAGES": "vi_VN"}, "vi"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "vi_VN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "vi_VN.UTF-8", "LC_ALL": ""}, "vi"),
        ({"LANG": "vic_US.UTF-8"}, "en"),
        ({"LANGUAGE": "vi"}, "en"),
    ],
)
def test_the_setting_decides_and_else_the_first_locale_that_is_set(environment: dict[str, str], language: str) -> None:
    assert terminal.language(environment) == language


def test_a_language_that_is_not_spoken_is_refused_where_settings_are_read() -> None:
    assert load({"SOC_LANGUAGE": "vi"}).language == "vi"
    with pytest.raises(Invalid, match="SOC_LANGUAGE: is not one of en, vi"):
        load({"SOC_LANGUAGE": "fr"})


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("utf-8", "Đường ngập… → Ấp 3 €"),
        ("ascii", "Duong ngap... -> Ap 3 ?"),
        ("latin-1", "Duong ngap... -> Ap 3 ?"),
    ],
)
def test_letters_that_an_encoding_has_not_lose_their_accents(encoding: str, written: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    terminal.readable(stream)
    stream.write("Đường ngập… → Ấp 3 €")
    stream.flush()
    assert raw.getvalue().decode(encoding) == written


def test_letters_apart_from_their_accents_lose_these_as_well() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    terminal.readable(stream)
    stream.write("e\u0302\u0301")
    stream.flush()
    assert raw.getvalue() == b"e"


def test_a_name_that_is_no_text_can_be_written() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8")
    terminal.readable(stream)
    stream.write(b"t\xff.jsonl".decode("utf-8", "surrogateescape"))
    stream.flush()
    assert raw.getvalue() == b"t?.jsonl"


def test_what_make_starts_fails_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(tell: Callable[[Sentence], None]) -> None:
        tell(say("rehearsing"))
        raise Unavailable(say("jars_failed", reason="no network"))

    monkeypatch.setenv("SOC_LANGUAGE", "vi")
    with pytest.raises(SystemExit) as ended:
        terminal.alone(work)
    shown = capsys.readouterr()
    assert ended.value.code == 1 and shown.out.startswith("chạy thử để Kafka")
    assert shown.err == "không tải được các tệp jar của Kafka từ kho Maven: no network\n"


def test_a_line_of_parts_is_in_one_language(monkeypatch: pytest.MonkeyPatch) -> None:
    error = Invalid(say("not_number"), field=say("in_line", path="a.csv", number=3))
    line = joined(["soc", error.whole], ": ")
    assert line == "soc: a.csv, line 3: is not a number" == f"soc: {error}"
    monkeypatch.setenv("SOC_LANGUAGE", "vi")
    assert terminal.spoken(line) == "soc: a.csv, dòng 3: không phải số"
    assert terminal.either("why", "vì sao") == "vì sao" and terminal.either("why", None) == "why"
    monkeypatch.setenv("SOC_LANGUAGE", "en")
    assert terminal.either("why", "vì sao") == "why"
