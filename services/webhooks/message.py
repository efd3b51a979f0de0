"""`message`: one POST for each person to a gateway of short messages (SMS, Zalo), in the form that it wants."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row

from city.notices import News, severity, short
from city.template import filled
from infra.outbound.post import Attempt, Poster
from services.webhooks.forms import AGENT
from services.webhooks.people import Person


class Messages:
    """Carries through the gateway of the endpoint."""

    way = "phone"

    def __init__(self, http: Poster) -> None:
        """`http` dials what the guard lets it."""
        self._http = http

    async def carry(self, endpoint: Row[Any], message: str, news: News, people: Sequence[Person]) -> list[Attempt]:
        """All at once."""
        headers = {"content-type": "application/json", "user-agent": AGENT}
        if endpoint.authorization:
            headers["authorization"] = endpoint.authorization
        return await asyncio.gather(
            *(self._http.post(endpoint.url, composed(endpoint.template, news, person), headers) for person in people)
        )


def composed(template: Any, news: News, person: Person) -> bytes:
    """The body for one person."""
    values = {
        "phone": person.address,
        "text": short(news, person.language),
        "name": person.name,
        "incident": news.change.incident_id if news.change else "",
        "severity": severity(news, person.language),
        "url": news.url,
    }
    return msgspec.json.encode(filled(template, values))
