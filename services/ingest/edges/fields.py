"""Values in what others send: by dotted path, and times as they write them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from schemas.errors import Invalid
from schemas.times import At, to_ms

SCALES = {"unix_s": 1000.0, "unix_ms": 1.0}


def at_path(given: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path; None where there is none."""
    found: Any = given
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def instant_ms(given: Any, form: str, field: str) -> int:
    """A time as Unix milliseconds; `form`: `rfc3339`, `unix_s` or `unix_ms`. Raises Invalid."""
    if form in SCALES:
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise Invalid("is no time in numbers", field=field)
        return round(given * SCALES[form])
    try:
        return to_ms(msgspec.convert(given, At))
    except msgspec.ValidationError:
        raise Invalid("is not an RFC 3339 time with an offset", field=field) from None


def local_ms(text: str, form: str, zone: Any) -> int:
    """A civil time of a zone without offset, written as strptime's `form` says. Raises Invalid."""
    try:
        return to_ms(datetime.strptime(text, form).replace(tzinfo=zone))
    except ValueError:
        raise Invalid(f"{text[:40]!r} is not a time of the form {form}") from None
