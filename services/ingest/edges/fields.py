"""Values in what others send: by dotted path, and times as they write them."""

import re
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from typing import Any

import msgspec

from schemas.errors import Invalid
from schemas.senml import RELATIVE_BELOW_MS, TIME_LIMIT_S
from schemas.sentences import say
from schemas.times import to_ms, told_ms

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
SCALES = {"unix_s": 1000.0, "unix_ms": 1.0}


def at_path(given: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    found: Any = given
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def written_number(text: str, field: str | None = None, decimal: str = ".") -> float:
    """The number that a text is, in digits as `-12.5` or `6e-3`, blanks around it left out. Raises Invalid.

    `decimal`: its decimal sign. What only Python takes for one (`1_000`, `nan`, digits of other scripts) is none.
    """
    bare = text.strip().replace(decimal, ".")
    if not _NUMBER.fullmatch(bare):
        raise Invalid(say("text_not_number", given=text[:40]), field=field)
    value = float(bare)
    if not isfinite(value):
        raise Invalid(say("number_too_large"), field=field)
    return value


def senml_s(at_ms: float, field: str | None) -> float:
    """A time as seconds of SenML. Raises Invalid for what SenML would take for so many seconds from now (RFC 8428
    §4.5.3): a clock that nobody set begins in 1970, and its reading would be one of this moment.
    """
    if at_ms < RELATIVE_BELOW_MS:
        raise Invalid(say("clock_unset"), field=field)
    return at_ms / 1000


def instant_ms(given: Any, form: str, field: str) -> int:
    """A time as Unix milliseconds; `form`: `rfc3339`, `unix_s` or `unix_ms`. Raises Invalid."""
    if form in SCALES:
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise Invalid(say("not_time_number"), field=field)
        if abs(given) >= TIME_LIMIT_S * 1000 / SCALES[form]:  # no float may hold such an integer: it is only compared
            raise Invalid(say("time_beyond"), field=field)
        return round(given * SCALES[form])
    try:
        return told_ms(given)
    except msgspec.ValidationError:
        raise Invalid(say("time_offset"), field=field) from None


def local_ms(text: str, form: str, zone: Any) -> int:
    """A civil time of a zone without offset, written as strptime's `form` says. Raises Invalid."""
    try:
        return to_ms(datetime.strptime(text, form).replace(tzinfo=zone))
    except ValueError:
        raise Invalid(say("time_form", value=text[:40], form=form), field="time") from None
