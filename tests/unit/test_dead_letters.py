"""A dead letter says what is wrong in both languages, whatever kind of error it was."""

import msgspec
import pytest

from infra.kafka.dead_letters import Origin, letter_of
from infra.resending import parcel_of
from schemas.errors import Invalid
from schemas.links import decode_link_record
from schemas.sentences import Sentence, say
from schemas.topics import INBOX

RECORD = Origin("city.links.v1", 1, 7, b"city", b'{"group":1}')


def _raised(value: bytes) -> Exception:
    with pytest.raises(msgspec.MsgspecError) as found:
        decode_link_record(value)
    return found.value


@pytest.mark.parametrize(
    "error, field, reason, reason_vi",
    [
        (Invalid(say("not_number"), field="value"), "value", "is not a number", "không phải số"),
        (_raised(b'{"type":"link'), None, "Input data was truncated", "dữ liệu bị cắt ngang"),
        (ZeroDivisionError("division by zero"), None, *["ZeroDivisionError: division by zero"] * 2),
    ],
    ids=["said", "decoder", "other"],
)
def test_a_letter_says_what_is_wrong(error: Exception, field: str | None, reason: str, reason_vi: str) -> None:
    letter = letter_of(RECORD, "recorder", error)
    assert (letter.field, letter.reason) == (field, reason)
    assert letter.reason_vi is not None and letter.reason_vi.endswith(reason_vi)
    assert (letter.topic, letter.partition, letter.offset, letter.stage) == ("city.links.v1", 1, 7, "recorder")
    assert (letter.key, letter.value, letter.value_size) == (b"city", b'{"group":1}', 11)
    assert msgspec.json.decode(msgspec.json.encode(letter), type=type(letter)) == letter


EVENT = b'{"specversion": "1.0", "id": "7", "source": "/edges/gateways", "type": "city.readings", "data": []}'


@pytest.mark.parametrize(
    "topic, value, text, parcel",
    [
        ("city.links.v1", b"not whole json", None, ("city.links.v1", 1, b"not whole json")),
        ("city.links.v1", b"{}", EVENT.decode(), (INBOX, None, EVENT)),
        (INBOX, b"{}", None, (INBOX, None, b"{}")),
        (INBOX, b"{}", EVENT.decode(), (INBOX, None, EVENT)),
        ("edges.gateways", EVENT, None, (INBOX, None, EVENT)),
    ],
)
def test_a_letter_goes_back_whole_and_what_people_write_to_the_inbox(
    topic: str, value: bytes, text: str | None, parcel: tuple[str, int | None, bytes]
) -> None:
    assert (
        parcel_of(letter_of(RECORD._replace(topic=topic, value=value), "recorder", Invalid(say("not_number"))), text)
        == parcel
    )


@pytest.mark.parametrize(
    "topic, value, text, code",
    [
        ("edges.gateways", b"level;12,4", None, "letter_no_event"),
        ("city.rules.v1", b"{}", None, "letter_reference"),
        ("edges.gateways", b"level;12,4", "level;12.4", "letter_no_event"),
        ("city.links.v1", b"{}", '{"group": 1}', "letter_no_event"),
        ("city.links.v1", None, None, "only_beginning"),
    ],
)
def test_what_may_not_go_again_is_refused(topic: str, value: bytes | None, text: str | None, code: str) -> None:
    letter = letter_of(RECORD._replace(topic=topic, value=value), "recorder", Invalid(say("not_number")))
    with pytest.raises(Invalid) as found:
        parcel_of(letter, text)
    assert isinstance(found.value.said, Sentence)
    assert found.value.said.code == code


def test_of_a_letter_that_is_cut_the_rest_is_not_made_up() -> None:
    letter = msgspec.structs.replace(letter_of(RECORD, "recorder", Invalid(say("not_number"))), value_size=12)
    with pytest.raises(Invalid, match="only the beginning"):
        parcel_of(letter, None)
