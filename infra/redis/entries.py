"""Reads entries of a hash that several processes write: one that cannot be read costs no other."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

import msgspec

from infra import log

T = TypeVar("T")
Text = bytes | str
REMEMBERED = 1000
_log = log.logger("redis")


def read_entries(key: str, found: Mapping[Text, Text], decode: Callable[[Text], T]) -> dict[str, T]:
    """What can be read of the hash `key`; what cannot is left out and logged once."""
    read = {}
    for name, value in found.items():
        try:
            read[name if isinstance(name, str) else name.decode()] = decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            _refused(key, name, str(error))
    return read


@lru_cache(REMEMBERED)
def _refused(key: str, name: Text, reason: str) -> None:
    """Says so; the cache lets the same be said once."""
    _log.error("entry_refused", key=key, name=str(name), reason=reason)
