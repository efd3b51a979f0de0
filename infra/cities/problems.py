"""What is wrong with a city folder: every problem at once, each with its file, place and field."""

import msgspec

from schemas.errors import Invalid
from schemas.sentences import Sentence, joined


class Problem(msgspec.Struct, frozen=True):
    """One fault of a city folder."""

    file: str
    """Relative to the folder."""
    place: str
    """`line 7`, `feature "loop-3"`, `condition "flood.level"`; empty when it is the file as a whole."""
    field: str
    message: str

    @property
    def said(self) -> Sentence:
        """File, place, field and what is wrong, as one line."""
        return joined([part for part in (self.file, self.place, self.field, self.message) if part], ": ")

    def __str__(self) -> str:
        return str(self.said)


class CityErrors(Invalid):
    """The city folder is not valid; nothing of it was loaded."""

    def __init__(self, problems: list[Problem]) -> None:
        """`problems` in the order found; the text of the error is one line for each."""
        self.problems = problems
        super().__init__(joined([problem.said for problem in problems], "\n"))


class Problems(list[Problem]):
    """Collects problems while a folder is read."""

    def add(self, file: str, place: str, field: str, message: str) -> None:
        """Notes one."""
        self.append(Problem(file, place, field, message))

    def end(self) -> None:
        """Raises CityErrors if there is any."""
        if self:
            raise CityErrors(list(self))
