"""Which signals silences and planned works cover: pure; it decides nothing about incidents."""

from city.suppression.calendar import Calendar
from city.suppression.standing import Standing
from city.suppression.wishes import EVERY_EFFECT, Author, checked_match, checked_window, checked_works, planned, works

__all__ = [
    "EVERY_EFFECT",
    "Author",
    "Calendar",
    "Standing",
    "checked_match",
    "checked_window",
    "checked_works",
    "planned",
    "works",
]
