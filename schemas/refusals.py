"""What the JSON decoder found wrong with an input, as an error that names the field, in sentences of the center."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from schemas.errors import Invalid
from schemas.sentences import Sentence, say

T = TypeVar("T")

_PLACE = re.compile(r" - at `(?:key in )?\$\.?(?P<place>[^`]*)`$")
_STEP = re.compile(r"\.?\[(?:(?P<index>\d+)|\.{3})\]")
_NAMED = re.compile(r"(?:required|unknown) field `(?P<name>[^`]*)`")
_FOUND = tuple(
    (re.compile(pattern, re.DOTALL), code)
    for pattern, code in (
        ("with a timezone component", "time_needs_offset"),
        ("RFC3339 encoded date(?!time)", "not_date"),
        ("RFC3339", "not_time"),
        (r"matching regex '\^1\\\\?\.0\$'", "not_version_1"),
        ("maximum recursion depth", "nested_too_deeply"),
        ("can't decode byte|Invalid UTF-8|surrogate", "not_utf8"),
        ("missing required field", "required"),
        ("contains unknown field", "unknown_field"),
        (r"Expected `(?P<kind>[^`]+)` of length >= (?P<least>\d+)", "shorter"),
        (r"Expected `(?P<kind>[^`]+)` of length <= (?P<most>\d+)", "longer"),
        (r"Expected `(?P<kind>[^`]+)` of length (?P<length>\d+)", "other_length"),
        (r"Expected `(?P<kind>[^`]+)` >= (?P<least>\S+)", "below_least"),
        (r"Expected `(?P<kind>[^`]+)` <= (?P<most>\S+)", "above_most"),
        (r"Expected `(?P<kind>[^`]+)` > (?P<least>\S+)", "not_above"),
        (r"Expected `(?P<kind>[^`]+)` < (?P<most>\S+)", "not_below"),
        (r"Expected `str` matching regex (?P<pattern>.+)", "not_pattern"),
        (r"Expected `(?P<kind>[^`]+)`, got `(?P<given>[^`]+)`", "other_kind"),
        (r"Invalid (?:enum )?value (?P<given>.+)", "no_such_value"),
        (r"JSON is malformed: (?P<reason>.+)", "not_json"),
        ("Input data was truncated", "json_cut_off"),
        ("base64", "not_base64"),
        ("out of range", "number_too_large"),
    )
)


def dotted(place: str) -> str:
    """A place of msgspec (`rules[0].id`, `kinds[...].name`) as a dotted path (`rules.0.id`, `kinds.*.name`)."""
    return _STEP.sub(lambda step: f".{step['index'] or '*'}", place).lstrip(".")


def refusal(error: Exception, within: str = "") -> Invalid:
    """What msgspec or the UTF-8 decoder found, as Invalid whose field is the dotted path; `within` is put before it."""
    text = str(error)
    place, named = _PLACE.search(text), _NAMED.search(text)
    places = (within, dotted(place["place"]) if place else "", named["name"] if named else "")
    return Invalid(sentence_of(text), field=".".join(part for part in places if part) or None)


def sentence_of(text: str) -> Sentence:
    """The sentence for a message of the decoder; what it says in its own words where there is none for it."""
    words = _PLACE.sub("", text)
    for pattern, code in _FOUND:
        if found := pattern.search(words):
            return say(code, **found.groupdict())
    return say("as_found", text=words)


def checked(decode: Callable[[Any], T], given: Any, within: str = "") -> T:
    """`decode(given)`, with every way in which JSON can be wrong as Invalid that names the field."""
    try:
        return decode(given)
    except (msgspec.MsgspecError, RecursionError, ValueError, OverflowError) as error:
        raise refusal(error, within) from None
