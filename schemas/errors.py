"""The four errors of the center; an exception's docstring is its message to people."""

from typing import Any

from schemas.sentences import Sentence, joined


class CenterError(Exception):
    """Something went wrong."""

    def __init__(self, said: str = "", *, field: str | None = None) -> None:
        """`said` is one sentence for a person; `field` is the dotted path of what is wrong, if one is.

        What may reach somebody over HTTP is a Sentence (schemas/sentences), which knows itself in each language.
        """
        self.said = said or (self.__doc__ or "")
        self.detail = str(self.said)
        """In English, as logs, dead letters and the command line have it."""
        self.field = field
        super().__init__(f"{field}: {self.detail}" if field else self.detail)

    @property
    def whole(self) -> Sentence:
        """The field, if one is wrong, and what is wrong, as people at a terminal read it."""
        return joined([part for part in (self.field, self.said) if part], ": ")


class Invalid(CenterError):
    """The input is not valid. It is never retried: HTTP 422 at the edge, a dead letter behind it."""


class Unknown(CenterError):
    """There is nothing with this id. HTTP 404."""


class Conflict(CenterError):
    """Somebody changed it in between; read it again. HTTP 409."""

    def __init__(self, said: str = "", *, field: str | None = None, current: Any = None) -> None:
        """`current` is what it is now, for the answer."""
        super().__init__(said, field=field)
        self.current = current


class Unavailable(CenterError):
    """A server that this needs does not answer at the moment; retry with backoff. HTTP 503."""
