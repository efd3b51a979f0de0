"""A dead letter says what is wrong in both languages, whatever kind of error it was."""

import msgspec
import pytest

from infra.kafka.dead_letters import Origin, letter_of
from schemas.errors import Invalid
from schemas.links import decode_link_record
from schemas.sentences import say

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
