"""What people are told: in their language, in the letters of a telephone, as values of a gateway's JSON."""

import json
from datetime import timedelta
from email import message_from_bytes, policy

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from city.delivery import FOR_PEOPLE, concerns, level_of
from city.notices import ONE_MESSAGE, THREE_MESSAGES, News, body, fitted, short, subject
from city.template import checked, filled
from infra.smtp_url import Smtp, smtp_of
from schemas.errors import Invalid
from schemas.incidents import Due
from services.webhooks.letters import Person, of_one
from services.webhooks.mail import composed
from tests.changes import NOW, a_change
from tests.news import SAIGON, news


def test_a_mail_says_what_where_since_when_why_what_to_do_and_where_to_look() -> None:
    assert subject(news(), "vi") == "Lớn: Mất điện" and subject(news(), "en") == "Major: Power outage"
    assert body(news(), "vi").split("\n") == [
        "Mở sự cố",
        "",
        "Mất điện",
        "Mức độ: Lớn",
        "Nơi: Phường 1",
        "Từ: 17:00 20/11/2026",
        "Vì sao: Chưa rõ nguyên nhân.",
        "Việc cần làm: Gọi điều độ",
        "",
        "https://s/#/x",
        "",
    ]


def test_what_is_not_known_is_left_out() -> None:
    bare = News(change=a_change(title_vi=""), zone=SAIGON)
    assert body(bare, "vi").split("\n")[2:5] == ["Power outage", "Mức độ: Lớn", "Từ: 17:00 20/11/2026"]
    assert body(News(change=None, zone=SAIGON), "en") == "Test of the Smart Operations Center\n"
    assert short(News(change=None, zone=SAIGON), "en") == "Test of the Smart Operations Center"


def test_an_escalation_says_what_nobody_did_and_how_often() -> None:
    late = news("escalated")
    assert late.change
    change = msgspec.structs.replace(late.change, deadline="acknowledge", level=2)
    assert "Chưa ai xác nhận đúng hạn (lần 2)" in body(msgspec.structs.replace(late, change=change), "vi")


def test_a_short_message_is_one_in_plain_letters_and_three_in_vietnamese() -> None:
    assert short(news(), "en") == "Major: Power outage. Opened. Ward 1. 17:00"
    long = news(title="Power outage " * 20, title_vi="Mất điện " * 40)
    assert 150 < len(short(long, "en")) <= ONE_MESSAGE and short(long, "en").endswith("Power...")
    assert 190 < len(short(long, "vi")) <= THREE_MESSAGES and short(long, "vi").endswith("Mất...")


@given(st.text(max_size=600))
def test_a_short_message_always_fits_and_is_a_beginning_of_what_there_is(text: str) -> None:
    found = fitted(text)
    assert len(found.encode("utf-16-le")) // 2 <= THREE_MESSAGES
    assert found == text or (found.endswith("...") and text.startswith(found.removesuffix("...")))


@pytest.mark.parametrize("letter, most", [("a", 160), ("€", 80), ("ữ", 201), ("😀", 100)])
def test_letters_count_as_a_telephone_counts_them(letter: str, most: int) -> None:
    assert fitted(letter * most) == letter * most
    assert fitted(letter * (most + 1)).endswith("...")


def test_what_comes_from_outside_becomes_no_header() -> None:
    evil = "Outage\r\nBcc: all@example.org\r\n\r\nhello"
    mail = composed(
        "soc@example.org", "msg_1", of_one(news(title=evil, title_vi=evil), Person("lan@example.org", evil))
    )
    read = message_from_bytes(mail.as_bytes(), policy=policy.default)
    assert sorted(read.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "In-Reply-To",
            "References",
            "Auto-Submitted",
            "Content-Type",
            "Content-Transfer-Encoding",
            "MIME-Version",
        ]
    )
    assert read["To"].addresses[0].addr_spec == "lan@example.org" and len(read["To"].addresses) == 1
    assert (read["Message-ID"], read["References"]) == ("<msg_1@example.org>", "<inc-1@example.org>")


def test_values_are_put_into_a_template_as_values_and_once() -> None:
    template = {"to": "{phone}", "content": ["{text}", 5, None, {"x": "a {name} b {nothing}"}]}
    values = {"phone": "+84901234567", "text": 'a "quote", {phone}\\', "name": "{text}"}
    found = json.loads(msgspec.json.encode(filled(template, values)))
    assert found == {
        "to": "+84901234567",
        "content": ['a "quote", {phone}\\', 5, None, {"x": "a {text} b {nothing}"}],
    }


@pytest.mark.parametrize(
    "template",
    ["{phone} {text}", {"to": "{phone}"}, {"to": "{phone} {text} {fone}"}, {"a": "{phone}{text}" + "x" * 9000}],
)
def test_a_template_that_would_tell_nobody_anything_is_refused(template: object) -> None:
    with pytest.raises(Invalid) as refused:
        checked(template)
    assert refused.value.field == "template"


def test_a_template_with_its_places_is_taken() -> None:
    assert checked([{"to": "{phone}"}, "{text}", 1]) == [{"to": "{phone}"}, "{text}", 1]


@pytest.mark.parametrize(
    "kind, severity, known, wanted",
    [
        ("opened", "critical", False, True),
        ("opened", "minor", False, False),
        ("returned", "major", False, True),
        ("escalated", "minor", False, True),
        ("updated", "critical", True, False),
        ("resolved", "minor", True, True),
        ("resolved", "critical", False, False),
        ("closed", "critical", True, False),
    ],
)
def test_people_hear_what_is_bad_what_escalates_and_the_end_of_what_they_know(
    kind: str, severity: str, known: bool, wanted: bool
) -> None:
    change = msgspec.structs.replace(a_change(severity=severity), kind=kind)
    assert concerns(FOR_PEOPLE, change, known=known) is wanted


def test_the_level_is_one_more_than_it_was_escalated() -> None:
    later = NOW + timedelta(hours=1)
    assert level_of(a_change().incident) == 1
    incident = a_change(acknowledge_due=Due(at=later, level=1), resolve_due=Due(at=later, level=2)).incident
    assert level_of(incident) == 3


@pytest.mark.parametrize(
    "url, server",
    [
        ("", None),
        (
            "smtp://u%40x:p%3A@mail.example.org",
            Smtp(host="mail.example.org", port=587, user="u@x", password="p:"),
        ),
        ("smtps://mail.example.org/", Smtp(host="mail.example.org", port=465, tls=True, starttls=False)),
        ("smtp://127.0.0.1", Smtp(host="127.0.0.1", port=25, starttls=False)),
        ("smtp://localhost:1025", Smtp(host="localhost", port=1025, starttls=False)),
        ("smtp://10.0.0.5:25", Smtp(host="10.0.0.5", port=25)),
    ],
)
def test_the_address_of_a_mail_server_says_how_to_speak_to_it(url: str, server: Smtp | None) -> None:
    assert smtp_of(url) == server


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://", "smtp://x:y", "smtp://x/y"])
def test_what_is_no_address_of_a_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        smtp_of(url)
