"""JSON that is right but not as its decoder takes it: null for what may be left out, and leap seconds."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from schemas.refusals import checked
from schemas.times import past_leap

T = TypeVar("T")
MOST = 64
"""Places that are mended in one document."""
_WRONG = re.compile(r"(?:got `null`|RFC3339 encoded datetime) - at `\$(?P<place>[^`]+)`$")
_STEP = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]")


def taken(decode: Callable[[bytes], T], body: bytes, place: str = "") -> tuple[T, bytes]:
    """What `decode` makes of the JSON, mended only if it has to be, and that JSON. Raises Invalid naming the field."""
    try:
        return decode(body), body
    except (msgspec.MsgspecError, RecursionError, ValueError):
        given = mended(decode, bytes(body))
        return checked(decode, given, place), given


def mended(decode: Callable[[bytes], Any], body: bytes) -> bytes:
    """The JSON without null members that `decode` refuses, leap seconds as what follows them; else as it came."""
    for _ in range(MOST):
        try:
            decode(body)
        except msgspec.ValidationError as error:
            found = _WRONG.search(str(error))
            better = found and _mended_at(found["place"], body)
            if not better:
                break
            body = better
        except (msgspec.DecodeError, RecursionError, ValueError):
            break
        else:
            break
    return body


def _mended_at(place: str, body: bytes) -> bytes | None:
    """The JSON with this one member mended; None where it cannot be."""
    steps = [one["name"] or int(one["index"]) for one in _STEP.finditer(place)]
    try:
        whole = holder = msgspec.json.decode(body)
        for step in steps[:-1]:
            holder = holder[step]
        return msgspec.json.encode(whole) if _mend(holder, steps[-1]) else None
    except (msgspec.MsgspecError, RecursionError, ValueError, LookupError, TypeError):
        return None


def _mend(holder: Any, name: Any) -> bool:
    given = holder[name]
    if given is None and isinstance(holder, dict):
        del holder[name]
        return True
    if given is None or past_leap(given) == given:
        return False
    holder[name] = past_leap(given)
    return True
