"""What is carried to one person: of one incident, or of many together, in his language."""

from collections.abc import Sequence

import msgspec

from city import together
from city.languages import Pair
from city.notices import News, body, severity, short, subject


class Person(msgspec.Struct, frozen=True):
    """Somebody to be told."""

    address: str
    """Of mail, or a telephone number."""
    name: str = ""
    language: str = "vi"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """All that a carrier may say."""

    person: Person
    center: Pair
    subject: str
    body: str
    short: str
    severity: str
    incident: str
    """Id; empty: a test, or many of them."""
    url: str


def of_one(news: News, person: Person) -> Letter:
    """A letter about one incident, or a test."""
    return Letter(
        person=person,
        center=news.center,
        subject=subject(news, person.language),
        body=body(news, person.language),
        short=short(news, person.language),
        severity=severity(news, person.language),
        incident=news.change.incident_id if news.change else "",
        url=news.url,
    )


def of_many(told: Sequence[News], person: Person, url: str) -> Letter:
    """A letter about several incidents, all of which are under `url`; about one as `of_one`."""
    if len(told) == 1:
        return of_one(told[0], person)
    return Letter(
        person=person,
        center=told[0].center,
        subject=together.subject_of(told, person.language),
        body=together.body_of(told, person.language, url),
        short=together.short_of(told, person.language),
        severity=severity(together.gravest(told)[0], person.language),
        incident="",
        url=url,
    )
