"""What the decoder finds wrong is named by a dotted path."""

from typing import Any

import msgspec
import pytest

from schemas.errors import Invalid
from schemas.refusals import checked


class Leaf(msgspec.Struct, forbid_unknown_fields=True):
    """One of many."""

    size: int = 0


@pytest.mark.parametrize(
    ("kind", "given", "field"),
    [
        (dict[str, list[Leaf]], b'{"a": [{}, {"size": "x"}]}', "*.1.size"),
        (dict[str, list[Leaf]], b'{"a": [{"colour": 1}]}', "*.0.colour"),
        (list[list[int]], b'[[1, "x"]]', "0.1"),
        (Leaf, b'{"size": "x"}', "size"),
        (Leaf, b"[]", None),
    ],
)
def test_the_place_is_dotted_with_lists_by_number(kind: Any, given: bytes, field: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        checked(msgspec.json.Decoder(kind).decode, given)
    assert refused.value.field == field
    with pytest.raises(Invalid) as within:
        checked(msgspec.json.Decoder(kind).decode, given, "data")
    assert within.value.field == ".".join(part for part in ("data", field) if part)
