"""`null` for what may be left out: taken as if it were."""

import re
from collections.abc import Callable
from typing import Any

import msgspec

MOST = 64
"""Members that one document may have left out so."""
_NULL = re.compile(r"got `null` - at `\$(?P<place>[^`]+)`$")
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]")


def without_nulls(decode: Callable[[bytes], Any], body: bytes) -> bytes:
    """The JSON without the null members that `decode` refuses; unchanged where there are none, or it is no JSON."""
    for _ in range(MOST):
        try:
            decode(body)
        except msgspec.ValidationError as error:
            found = _NULL.search(str(error))
            shorter = found and _without(body, found["place"])
            if not shorter:
                break
            body = shorter
        except (msgspec.DecodeError, RecursionError, ValueError):
            break
        else:
            break
    return body


def _without(body: bytes, place: str) -> bytes | None:
    """The JSON without the member at this place; None where it is no member of an object."""
    steps = [one["name"] or int(one["index"]) for one in _STEP.finditer(place)]
    try:
        whole = holder = msgspec.json.decode(body)
        for step in steps[:-1]:
            holder = holder[step]
        if not isinstance(holder, dict) or holder[steps[-1]] is not None:
            return None
        del holder[steps[-1]]
        return msgspec.json.encode(whole)
    except (msgspec.MsgspecError, RecursionError, ValueError, LookupError, TypeError):
        return None
