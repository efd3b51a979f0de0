"""What the center says to people outside the console, in every language it speaks, by code, with values."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from schemas.sentences import (
    backtests,
    cities,
    commands,
    duty,
    feeds,
    incidents,
    inputs,
    judging,
    own_servers,
    people,
    places,
    queries,
    servers,
    sources,
    starting,
    titles,
    usage,
    webhooks,
    windows,
)

LANGUAGES = ("en", "vi")
"""The first is what one gets who asks for none that is spoken here."""

TOPICS = (
    backtests,
    cities,
    commands,
    duty,
    feeds,
    incidents,
    inputs,
    judging,
    own_servers,
    people,
    places,
    queries,
    servers,
    sources,
    starting,
    titles,
    usage,
    webhooks,
    windows,
)
TEXTS: dict[str, dict[str, str]] = {code: texts for topic in TOPICS for code, texts in topic.TEXTS.items()}
"""Code → language → the sentence with its values in braces."""


class Sentence(str):
    """One sentence: as text it is English; it knows its code and its values, and so itself in the other languages."""

    code: str
    values: Mapping[str, Any]

    def in_language(self, language: str) -> str:
        """The sentence in one of LANGUAGES, with sentences among its values in the same one."""
        given = {name: told(value, language) for name, value in self.values.items()}
        return TEXTS[self.code][language].format_map(given)


def say(code: str, /, **values: Any) -> Sentence:
    """The sentence with this code; `values` fill its braces. Raises KeyError for a code or value that is missing."""
    made = Sentence(TEXTS[code][LANGUAGES[0]].format_map(values))
    made.code, made.values = code, values
    return made


class Joined(Sentence):
    """Several sentences or words in a row; it has no code of its own."""

    code = ""
    values: Mapping[str, Any] = {}
    parts: tuple[str, ...]
    between: str

    def in_language(self, language: str) -> str:
        """Each of them in one of LANGUAGES."""
        return self.between.join(str(told(part, language)) for part in self.parts)


def joined(parts: Iterable[str], between: str) -> Joined:
    """The parts as one text, which is in every language what they are in it."""
    kept = tuple(parts)
    made = Joined(between.join(kept))
    made.parts, made.between = kept, between
    return made


def title(status: int, prefix: str = "status") -> str:
    """The name of an HTTP status by the code `prefix_status`; HTTP's own phrase for one that is never said here."""
    code = f"{prefix}_{status}"
    return say(code) if code in TEXTS else HTTPStatus(status).phrase


def told(text: Any, language: str) -> Any:
    """A sentence in `language`; anything else as it is."""
    return text.in_language(language) if isinstance(text, Sentence) else text


def preferred(accept_language: str | None) -> str:
    """The language of an answer by the header `Accept-Language` (RFC 9110 §12.5.4): the best of ours."""
    best, chosen = 0.0, LANGUAGES[0]
    for part in (accept_language or "").lower().split(","):
        range_, _, more = part.strip().partition(";")
        named = LANGUAGES[0] if range_.strip() == "*" else range_.strip().partition("-")[0]
        quality = _quality(more)
        if named in LANGUAGES and quality > best:
            best, chosen = quality, named
    return chosen


def _quality(parameter: str) -> float:
    name, _, number = parameter.replace(" ", "").partition("=")
    try:
        return float(number) if name == "q" else 1.0
    except ValueError:
        return 0.0
