"""What endpoints of each form are made of: which fields they have, and what these may say."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
from sqlalchemy import Row

from city.delivery import EMAIL, FOR_PEOPLE, MESSAGE, WEBHOOK
from city.template import checked as checked_template
from infra.outbound.guard import origin_of, vetted_addresses
from infra.settings import Settings
from schemas.duty import EMAIL as ADDRESS
from schemas.duty import ON_DUTY, PHONE
from schemas.errors import Invalid
from schemas.sentences import say
from services.api.webhook_shapes import EndpointChange, Wish, checked

FIELDS = {WEBHOOK: ("url",), EMAIL: ("to",), MESSAGE: ("url", "to", "template", "authorization")}
"""Form → which of these fields its endpoints have; what there is of `description` and `filters` all have."""
REQUIRED = ("url", "template")
OWN = ("url", "to", "template", "authorization")
"""Where, whom and how it tells."""
KEPT_BACK = ("template", "authorization")
"""They may hold secrets of a gateway; the audit says that they were changed."""
MOST_NAMED, LONGEST_HEADER = 50, 4_000
HEADER = re.compile(rf"(?=.{{1,{LONGEST_HEADER}}}\Z)[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


async def made(wish: Wish, settings: Settings) -> dict[str, Any]:
    """The columns of a new endpoint. Raises Invalid naming the field."""
    if wish.form == EMAIL and settings.smtp is None:
        raise Invalid(say("needs_mail"), field="form")
    usual = {} if wish.form == WEBHOOK else FOR_PEOPLE
    filters = usual if wish.filters is msgspec.UNSET else checked(wish.filters)
    given = _given(wish)
    for name in REQUIRED:
        if name in FIELDS[wish.form] and name not in given:
            raise Invalid(say("required"), field=name)
    if "to" in FIELDS[wish.form]:
        given.setdefault("to", [ON_DUTY])
    await _check(wish.form, given, settings)
    return {"form": wish.form, "description": wish.description, "filters": filters, **given}


async def changed(wish: EndpointChange, form: str, settings: Settings) -> dict[str, Any]:
    """The columns that a change of an endpoint of this form sets. Raises Invalid naming the field."""
    filters = {} if wish.filters is msgspec.UNSET else {"filters": checked(wish.filters)}
    given = _given(wish)
    await _check(form, given, settings)
    described = {} if wish.description is msgspec.UNSET else {"description": wish.description}
    return {**given, **described, **filters}


def moved(values: dict[str, Any], before: Row[Any]) -> dict[str, Any]:
    """The columns that a change of an endpoint sets: the header for a gateway does not go to another server."""
    if not before.authorization or "url" not in values:
        return values
    there, elsewhere = (origin_of(httpx.URL(url)) for url in (before.url, values["url"]))
    return values if there == elsewhere else {"authorization": None, **values}


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as the audit has them."""
    return {name: name if name in KEPT_BACK else value for name, value in values.items()}


def _given(wish: Wish | EndpointChange) -> dict[str, Any]:
    return {name: value for name in OWN if (value := getattr(wish, name)) is not msgspec.UNSET}


async def _check(form: str, given: dict[str, Any], settings: Settings) -> None:
    for name in given:
        if name not in FIELDS[form]:
            raise Invalid(say("not_of_form", form=form), field=name)
    if "to" in given:
        _check_to(form, given["to"])
    if "template" in given:
        checked_template(given["template"])
    if (header := given.get("authorization")) and not HEADER.fullmatch(header):
        raise Invalid(say("not_header", most=LONGEST_HEADER), field="authorization")
    if "url" in given:
        await vetted_addresses(given["url"], allow_private=settings.webhook_allow_private)


def _check_to(form: str, named: list[str]) -> None:
    if not 0 < len(named) <= MOST_NAMED:
        raise Invalid(say("to_nobody", most=MOST_NAMED), field="to")
    pattern, code = (ADDRESS, "not_email") if form == EMAIL else (PHONE, "not_phone")
    for one in named:
        if one != ON_DUTY and not pattern.fullmatch(one):
            raise Invalid(say(code), field="to")
