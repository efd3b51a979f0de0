"""Names in braces: how the settings of edges say which part of a topic, file name or id is the sensor."""

import re
from collections.abc import Mapping

from schemas.errors import Invalid
from schemas.sentences import say

_NAME = re.compile(r"\{([a-z_]\w*)\}")
_LEVEL = re.compile(r"^(?:\{[a-z_]\w*\}|[^{}#+]*)$")


def names(template: str) -> set[str]:
    """The names in braces."""
    return set(_NAME.findall(template))


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its names replaced. Raises Invalid if one of them has no value."""
    try:
        return _NAME.sub(lambda found: values[found[1]], template)
    except KeyError as error:
        raise Invalid(say("no_filling", name=error.args[0], template=template)) from None


class TopicTemplate:
    """A topic with levels in braces, as a filter for the broker and as a reader of topics."""

    def __init__(self, template: str) -> None:
        """Raises Invalid if a level is neither text nor one name in braces, or `#` is not the last one."""
        *levels, last = template.split("/")
        levels += [] if last == "#" else [last]
        for level in levels:
            if not _LEVEL.match(level):
                raise Invalid(say("level_form", level=level))
        if not template or len(names(template)) < len(_NAME.findall(template)):
            raise Invalid(say("name_twice"))
        ending = ["#"] if last == "#" else []
        self.filter = "/".join([_NAME.sub("+", level) for level in levels] + ending)
        """As MQTT has it: `city/+/level`."""
        patterns = [
            _NAME.sub(r"(?P<\1>[^/]+)", re.escape(level).replace(r"\{", "{").replace(r"\}", "}")) for level in levels
        ]
        self._pattern = re.compile("/".join(patterns) + (r"(?:/.*)?" if ending else ""))

    def read(self, topic: str) -> dict[str, str] | None:
        """The text of each name; None if the topic is not of this form."""
        found = self._pattern.fullmatch(topic)
        return found.groupdict() if found else None
