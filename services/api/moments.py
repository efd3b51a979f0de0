"""Times and days in queries: within 1970 to 2200, as everywhere here, so that every calendar can reckon them.

Times are in UTC whatever offset they came with: answers say them again, and full hours are those of UTC.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from schemas.errors import Invalid
from schemas.sentences import Sentence, say
from services.api.unfit import outside


def _time_within(at: datetime) -> datetime:
    if code := outside(at):
        raise PydanticCustomError(code, "outside 1970 to 2200")
    return at.astimezone(UTC)


def _day_within(day: date) -> date:
    _time_within(datetime(day.year, day.month, day.day, tzinfo=UTC))
    return day


def _month_within(month: str) -> str:
    _day_within(date(max(int(month[:4]), 1), 1, 1))
    return month


Time = Annotated[AwareDatetime, AfterValidator(_time_within)]
Day = Annotated[date, AfterValidator(_day_within)]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$"), AfterValidator(_month_within)]


def check_from_to(start: datetime | None, end: datetime | None) -> None:
    """Raises Invalid, naming both, where nothing lies between them: a slip must not look like a calm time."""
    _check_stretch(start, end, "from", say("not_before_to"))


def check_since_until(start: datetime | None, end: datetime | None) -> None:
    """The same for `since` and `until`."""
    _check_stretch(start, end, "since", say("not_before_until"))


def _check_stretch(start: datetime | None, end: datetime | None, field: str, said: Sentence) -> None:
    if start is not None and end is not None and start >= end:
        raise Invalid(said, field=field)
