"""What no table can keep and no calendar reckon, wherever it stands: U+0000, times outside 1970 to 2200."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import HTTPConnection

from schemas.errors import Invalid
from schemas.sentences import Sentence, say

FIRST, BEYOND = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def outside(at: datetime) -> str | None:
    """The code of the sentence about an aware time that lies outside; None within."""
    if at < FIRST:
        return "before_1970"
    return "after_2200" if at >= BEYOND else None


def fit(given: Any) -> None:
    """Raises Invalid, naming the place, if a text or an aware time in builtins, at whatever depth, is unfit."""
    waiting: list[tuple[str, Any]] = [("", given)]
    while waiting:
        name, value = waiting.pop()
        if said := _fault(value):
            raise Invalid(said, field=name or None)
        if isinstance(value, dict):
            parts = [(key, key) for key in value] + list(value.items())
        else:
            parts = list(enumerate(value)) if isinstance(value, list | tuple) else []
        waiting += [(f"{name}.{part}".lstrip(".").replace("\0", "\\0"), one) for part, one in reversed(parts)]


def _fault(value: Any) -> Sentence | None:
    if isinstance(value, datetime):
        code = outside(value)
        return say(code) if code else None
    return say("nul") if isinstance(value, str) and "\0" in value else None


async def address_fit(connection: HTTPConnection) -> None:
    """For every route: raises Invalid, naming the field, where the path or the query is unfit."""
    for name, value in (*connection.path_params.items(), *connection.query_params.multi_items()):
        fit({name: value})
