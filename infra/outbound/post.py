"""One POST to exactly the vetted address, with limits on time and answer."""

import asyncio
import time
from collections.abc import Mapping

import httpx
import msgspec

from infra.outbound.guard import vetted_address
from schemas.errors import Invalid

TIMEOUT_S = 15.0
EXCERPT_BYTES = 1_000
REASON_LETTERS = 300


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one POST."""

    status: int | None
    error: str | None
    duration_ms: int
    response: str = ""
    """At most the first 1,000 bytes of the answer."""
    retry_after: str | None = None


def kept(reason: str) -> str:
    """Of a reason what fits into the log of attempts and a database can keep."""
    return reason.encode("utf-8", "replace").decode().replace("\x00", "")[:REASON_LETTERS]


def client() -> httpx.AsyncClient:
    """A client that follows no redirect and takes no proxy from the environment."""
    return httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)


async def _excerpt(response: httpx.Response) -> str:
    taken = b""
    async for chunk in response.aiter_raw():
        taken += chunk
        if len(taken) >= EXCERPT_BYTES:
            break
    return taken[:EXCERPT_BYTES].decode("utf-8", "replace").replace("\x00", "")


async def _send(
    http: httpx.AsyncClient, url: str, address: str, body: bytes, headers: Mapping[str, str]
) -> httpx.Response:
    parsed = httpx.URL(url)
    named = {**headers, "host": parsed.netloc.decode()}
    request = http.build_request("POST", parsed.copy_with(host=address), content=body, headers=named)
    request.extensions["sni_hostname"] = parsed.raw_host.decode()
    return await http.send(request, stream=True)


async def post(
    http: httpx.AsyncClient, url: str, body: bytes, headers: Mapping[str, str], *, allow_private: bool
) -> Attempt:
    """POSTs `body` to the vetted address of `url`; never raises for what the other side does."""
    started = time.monotonic()
    status, error, excerpt, wish = None, None, "", None
    try:
        async with asyncio.timeout(TIMEOUT_S):
            address = await vetted_address(url, allow_private=allow_private)
            response = await _send(http, url, address, body, headers)
            try:
                status, wish = response.status_code, response.headers.get("retry-after")
                excerpt = await _excerpt(response)
            finally:
                await response.aclose()
    except TimeoutError:
        error = f"no complete answer within {TIMEOUT_S:.0f} s"
    except Invalid as refusal:
        error = refusal.detail
    except httpx.HTTPError as failure:
        error = kept(f"{type(failure).__name__}: {failure}")
    duration = round((time.monotonic() - started) * 1000)
    return Attempt(status=status, error=error, duration_ms=duration, response=excerpt, retry_after=wish)
