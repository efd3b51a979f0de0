"""Reads the files of a city folder: text in, plain values out, faults as problems, never a traceback."""

import re
import tomllib
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from infra.cities.problems import Problems
from schemas.refusals import dotted, sentence_of
from schemas.sentences import say

T = TypeVar("T")
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<field>[^`]*)`)?$", re.S)
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>[^`]*)`")
LARGEST = 200_000_000


class Sources:
    """The files of one folder; remembers what was read for the hash of the content."""

    def __init__(self, root: Path, problems: Problems) -> None:
        """`root` is the folder."""
        self.root = root
        self.problems = problems
        self._read: dict[str, bytes] = {}

    def text(self, name: str, *, required: bool = True) -> str | None:
        """The text of a file; None (and a problem, if it is required or unreadable) where there is none."""
        path = self.root / name
        if not path.is_file():
            if required:
                self.problems.add(name, "", "", say("file_missing"))
            return None
        try:
            if path.stat().st_size > LARGEST:
                self.problems.add(name, "", "", say("file_larger", most=LARGEST))
                return None
            self._read[name] = path.read_bytes()
            return self._read[name].decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.problems.add(name, say("at_byte", number=error.start), "", say("not_utf8"))
        except OSError as error:
            self.problems.add(name, "", "", say("file_unreadable", reason=error.strerror))
        return None

    def toml(self, name: str) -> dict[str, Any] | None:
        """The table of a TOML file."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.problems.add(name, "", "", say("not_toml", reason=error))
        except RecursionError:
            self.problems.add(name, "", "", say("nested_too_deeply"))
        return None

    def json(self, name: str, *, required: bool = True) -> Any:
        """The value of a JSON file; None where it cannot be read."""
        text = self.text(name, required=required)
        if text is None:
            return None
        try:
            return msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError) as error:
            self.problems.add(name, "", "", say("not_json_file", reason=error))
        return None

    def names(self, folder: str) -> list[str]:
        """The TOML files of a subfolder, sorted, relative to the root."""
        return sorted(f"{folder}/{path.name}" for path in (self.root / folder).glob("*.toml"))

    def content_hash(self) -> str:
        """32 hex characters over names and bytes of all files read."""
        digest = blake2b(digest_size=16)
        for name, body in sorted(self._read.items()):
            digest.update(f"{name}\x1f{len(body)}\x1f".encode() + body)
        return digest.hexdigest()


def converted(kind: type[T], given: Any, problems: Problems, file: str, place: str) -> T | None:
    """`given` as `kind`; None and a problem naming the field if it does not fit."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        problems.add(file, place, *_told(str(error)))
    return None


def _told(text: str) -> tuple[str, str]:
    found = _PLACE.match(text)
    what, field = (found["what"], dotted(found["field"] or "")) if found else (text, "")
    for pattern, told in ((_MISSING, say("required")), (_UNKNOWN, say("unknown_here"))):
        if named := pattern.match(what):
            return ".".join(part for part in (field, named["name"]) if part), told
    return field, sentence_of(what)
