"""How an endpoint of each form is told; what comes back is an attempt, whatever the other side does."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Row
from standardwebhooks import Webhook

from infra.outbound.post import Attempt, Poster

AGENT = "smart-operations-center/0.1"


class Form(Protocol):
    """A form of endpoints."""

    async def tell(self, endpoint: Row[Any], delivery: Row[Any], now: datetime) -> Attempt | None:
        """One attempt at one delivery; None if there is nobody whom it concerns."""


@runtime_checkable
class Together(Form, Protocol):
    """A form that can tell of many at once."""

    async def tell_together(self, endpoint: Row[Any], told: Sequence[Row[Any]], now: datetime) -> list[Attempt | None]:
        """As `tell` for each of several deliveries, in their order."""


def signature_headers(secrets: Sequence[str], message: str, body: bytes, now: datetime) -> dict[str, str]:
    """Standard Webhooks headers over exactly `body`: one `v1` signature for each live secret."""
    signatures = [Webhook(secret).sign(message, now, body.decode()) for secret in secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": AGENT,
    }


class Signed:
    """`webhook`: the stored bytes, signed."""

    def __init__(self, http: Poster) -> None:
        """`http` dials what the guard lets it."""
        self._http = http

    async def tell(self, endpoint: Row[Any], delivery: Row[Any], now: datetime) -> Attempt:
        """One signed POST."""
        headers = signature_headers(endpoint.secrets, delivery.message_id, delivery.body, now)
        return await self._http.post(endpoint.url, delivery.body, headers)
