"""The body that a gateway of short messages wants: the integrator's JSON, in which texts have places to be filled."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.errors import Invalid
from schemas.sentences import say

PLACES = ("phone", "text", "name", "incident", "severity", "url")
NEEDED = ("phone", "text")
LONGEST = 8_000
_PLACE = re.compile(r"\{([a-z_]+)\}")


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """The template with each `{place}` in its texts replaced; what is put in is a value and is never read as JSON."""
    if isinstance(template, str):
        return _PLACE.sub(lambda found: values.get(found[1], found[0]), template)
    if isinstance(template, Mapping):
        return {name: filled(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    return template


def checked(template: Any) -> Any:
    """The template. Raises Invalid, field `template`, without the places it needs, with unknown ones, or too long."""
    if not isinstance(template, dict | list):
        raise Invalid(say("template_no_object"), field="template")
    if len(msgspec.json.encode(template)) > LONGEST:
        raise Invalid(say("text_length", most=LONGEST), field="template")
    named = _places(template)
    if unknown := sorted(named - set(PLACES)):
        raise Invalid(say("value_none_of", value=unknown[0], known=", ".join(PLACES)), field="template")
    if missing := [name for name in NEEDED if name not in named]:
        raise Invalid(say("template_without", place="{" + missing[0] + "}"), field="template")
    return template


def _places(template: Any) -> set[str]:
    if isinstance(template, str):
        return set(_PLACE.findall(template))
    values = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return {name for value in values for name in _places(value)}
