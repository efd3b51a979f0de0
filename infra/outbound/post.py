"""One POST to exactly a vetted address, with limits on time and answer."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpcore
import httpx
import msgspec

from infra.outbound.guard import Resolve, checked_url, resolved, vetted
from schemas.errors import Invalid

TIMEOUT_S = 15.0
DIAL_S = 4.0
MOST_DIALLED = 3
"""So long an address may take to answer before the next one of its name is dialled, and so many are."""
KEPT_OPEN_S = 5.0
KEPT_OPEN = 20
"""Idle connections are kept so long, and at most so many."""
EXCERPT_BYTES = 1_000
REASON_LETTERS = 300
UNANSWERED = (httpcore.ConnectError, httpcore.ConnectTimeout, TimeoutError)
FAILURES = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt to tell somebody."""

    status: int | None
    """Of HTTP, or of SMTP."""
    error: str | None
    duration_ms: int
    response: str = ""
    """At most the first 1,000 bytes of the answer."""
    retry_after: str | None = None
    verdict: str | None = None
    """`city.delivery`'s, where the status does not say it."""
    told: tuple[str, ...] = ()
    """Addresses and numbers of people whom it reached."""


def kept(reason: str) -> str:
    """Of a reason what fits into the log of attempts and a database can keep."""
    return reason.encode("utf-8", "replace").decode().replace("\x00", "")[:REASON_LETTERS]


class Dialler(httpcore.AnyIOBackend):
    """Dials the vetted addresses of a name; everything above it has the name: `Host`, TLS, whose a connection is."""

    def __init__(self, *, allow_private: bool, resolve: Resolve) -> None:
        """`allow_private` lifts the address guard."""
        self._allow_private = allow_private
        self._resolve = resolve

    async def connect_tcp(self, host: str, port: int, *rest: Any, **more: Any) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of `host` that answers, all found and vetted now. Raises Invalid if one of
        them is not public, and what httpcore raises for the last one.
        """
        found = await vetted(host, port, allow_private=self._allow_private, resolve=self._resolve)
        *before, last = found[:MOST_DIALLED]
        for address in before:
            with contextlib.suppress(*UNANSWERED):
                async with asyncio.timeout(DIAL_S):
                    return await super().connect_tcp(address, port, *rest, **more)
        return await super().connect_tcp(last, port, *rest, **more)


class Poster:
    """POSTs to where the guard lets it; follows no redirect, keeps no cookie, takes no proxy from the environment."""

    def __init__(
        self, *, allow_private: bool, trust: ssl.SSLContext | None = None, resolve: Resolve = resolved
    ) -> None:
        """`allow_private` lifts the address guard; `trust`: what certificates are checked by, else Mozilla's roots."""
        self._allow_private = allow_private
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust or httpx.create_ssl_context(trust_env=False),
            max_connections=None,  # the sender bounds them by endpoint: a slow one takes none from another
            max_keepalive_connections=KEPT_OPEN,
            keepalive_expiry=KEPT_OPEN_S,
            network_backend=Dialler(allow_private=allow_private, resolve=resolve),
        )

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._pool.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Attempt:
        """POSTs `body` to the vetted address of `url`; never raises for what the other side does."""
        started = time.monotonic()
        found: dict[str, Any] = {"status": None, "error": None}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await self._send(checked_url(url, allow_private=self._allow_private), body, headers, found)
        except TimeoutError:
            found["error"] = f"no complete answer within {TIMEOUT_S:.0f} s"
        except Invalid as refusal:
            found["error"] = refusal.detail
        except FAILURES as failure:
            found["error"] = kept(f"{type(failure).__name__}: {failure}")
        return Attempt(**found, duration_ms=round((time.monotonic() - started) * 1000))

    async def _send(self, url: httpx.URL, body: bytes, headers: Mapping[str, str], found: dict[str, Any]) -> None:
        """Puts into `found` what comes back, as far as it comes."""
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        named = [("host", url.netloc.decode()), ("accept", "*/*"), *headers.items()]
        async with self._pool.stream("POST", target, headers=named, content=body) as response:
            found["status"] = response.status
            found["retry_after"] = _header(response, b"retry-after")
            found["response"] = await _excerpt(response)


def _header(response: httpcore.Response, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in response.headers if name.lower() == wanted), None)


async def _excerpt(response: httpcore.Response) -> str:
    taken = b""
    async for chunk in response.aiter_stream():
        taken += chunk
        if len(taken) >= EXCERPT_BYTES:
            break
    return taken[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\x00", "")
