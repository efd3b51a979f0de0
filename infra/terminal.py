"""What people read at a terminal: in their language, in letters that the terminal can show."""

import codecs
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from schemas.errors import CenterError
from schemas.sentences import LANGUAGES, Sentence, told

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set says the language of messages (POSIX)."""
VIETNAMESE = re.compile(r"vi(?![a-z])", re.IGNORECASE)
UNACCENTED = "unaccented"
ERASED = "\r\x1b[K"
"""Back to the beginning of the line, and nothing on it (ECMA-48)."""
PLAIN = {"đ": "d", "Đ": "D", "…": "...", "→": "->", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"'}


def language(environment: Mapping[str, str] | None = None) -> str:
    """One of LANGUAGES: what `SOC_LANGUAGE` says, else the locale of messages, else the first."""
    given = os.environ if environment is None else environment
    chosen = given.get("SOC_LANGUAGE", "").lower()
    if chosen in LANGUAGES:
        return chosen
    locale = next((given[name] for name in LOCALE if given.get(name)), "")
    return "vi" if VIETNAMESE.match(locale) else LANGUAGES[0]


def spoken(said: Any) -> str:
    """A sentence in the language of who reads here; anything else as it is."""
    return str(told(said, language()))


def either(english: str, vietnamese: str | None) -> str:
    """Of words that stand in both languages side by side those of who reads here; English where there are no others."""
    return vietnamese if vietnamese and language() == "vi" else english


def tell(said: Sentence, *, aside: bool = False, end: str = "\n") -> None:
    """One line for people, at once; `aside` on standard error, where it is not taken for the result.

    At a terminal what stands aside takes the place of a bar that is drawn there.
    """
    stream = sys.stderr if aside else sys.stdout
    start = ERASED if aside and stream.isatty() and os.environ.get("TERM", "dumb") != "dumb" else ""
    stream.write(f"{start}{spoken(said)}{end}")
    stream.flush()


def write_json(encoded: bytes) -> None:
    """JSON for programs: always UTF-8, whatever the letters of the terminal."""
    sys.stdout.flush()
    sys.stdout.buffer.write(encoded + b"\n")


def readable(*streams: TextIO) -> None:
    """What an encoding of these has no letters for is written without its accents, never a reason to fail."""
    codecs.register_error(UNACCENTED, _unaccented)
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors=UNACCENTED)


def alone(work: Callable[[Callable[[Sentence], None]], None]) -> None:
    """Runs what `make` starts by itself, which gets `tell`; exit code 1 and one sentence if it cannot be done."""
    readable(sys.stdout, sys.stderr)
    try:
        work(tell)
    except CenterError as error:
        tell(error.whole, aside=True)
        sys.exit(1)


def _unaccented(error: UnicodeError) -> tuple[str | bytes, int]:
    """Of đường it makes duong; what has no plain letter becomes a question mark."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    given = error.object[error.start : error.end]
    return "".join(_plain(letter) for letter in given), error.end


def _plain(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""
    bare = PLAIN.get(letter) or unicodedata.normalize("NFD", letter)[:1]
    return bare if bare.isascii() else "?"
