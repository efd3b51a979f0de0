"""`message`: one POST for each person to a gateway of short messages (SMS, Zalo), in the form that it wants."""

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Row

from city.delivery import MESSAGE, WAYS
from city.template import filled
from infra.outbound.post import Attempt, Poster
from services.webhooks.forms import AGENT
from services.webhooks.letters import Letter


class Messages:
    """Carries through the gateway of the endpoint."""

    way = WAYS[MESSAGE]

    def __init__(self, http: Poster) -> None:
        """`http` dials what the guard lets it."""
        self._http = http

    async def carry(self, endpoint: Row[Any], message: str, letters: Sequence[Letter]) -> list[Attempt]:
        """All at once."""
        headers = {"content-type": "application/json", "user-agent": AGENT}
        if endpoint.authorization:
            headers["authorization"] = endpoint.authorization
        return await asyncio.gather(
            *(self._http.post(endpoint.url, composed(endpoint.template, letter), headers) for letter in letters)
        )


def composed(template: Any, letter: Letter) -> bytes:
    """The body for one person."""
    values = {
        "phone": letter.person.address,
        "text": letter.short,
        "name": letter.person.name,
        "incident": letter.incident,
        "severity": letter.severity,
        "url": letter.url,
    }
    return msgspec.json.encode(filled(template, values))
