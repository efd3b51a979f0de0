"""What stands at an address: asked for again and again, read as far as the limit, never asked for elsewhere."""

import asyncio

import httpx

from infra.outbound.guard import origin_of
from schemas.errors import Unavailable
from services.ingest.edges.health import why

LARGEST = 50_000_000
"""Bytes of an answer, unpacked."""
WHOLE_S = 120.0
"""An answer is whole within this: what goes on drop by drop is none."""
MOST_TURNS = 5
"""How often one may be sent to another place of the same server."""


class Page:
    """One address; knows the tag of its last answer, by which the next may be `304 Not Modified`."""

    def __init__(self, client: httpx.AsyncClient, url: str) -> None:
        """`client` follows no redirection by itself; what it sends with each request may be secret."""
        self._client, self._url = client, httpx.URL(url)
        self._tag = ""

    async def changed(self) -> bytes | None:
        """The answer, None if it is the last one still. Raises Unavailable saying why there is none."""
        try:
            async with asyncio.timeout(WHOLE_S):
                return await self._changed()
        except TimeoutError:
            raise Unavailable(f"no whole answer within {WHOLE_S:.0f} s") from None
        except httpx.HTTPStatusError as error:
            raise Unavailable(f"answers {error.response.status_code} {error.response.reason_phrase}".strip()) from None
        except httpx.TimeoutException as error:
            raise Unavailable(f"no answer in time: {type(error).__name__}") from None
        except (httpx.HTTPError, OSError) as error:
            raise Unavailable(why(error)) from None

    async def _changed(self) -> bytes | None:
        url = self._url
        headers = {"If-None-Match": self._tag} if self._tag else {}
        for _ in range(MOST_TURNS):
            async with self._client.stream("GET", url, headers=headers) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                if answer.next_request is None:
                    answer.raise_for_status()
                    body = await _read(answer)
                    self._tag = str(answer.headers.get("etag", ""))
                    return body
                url = self._same_server(answer.next_request.url)
        raise Unavailable(f"is redirected more than {MOST_TURNS} times, last to {_shown(url)}")

    def _same_server(self, url: httpx.URL) -> httpx.URL:
        """The address if our secrets may be sent there."""
        if origin_of(url) != origin_of(self._url):
            raise Unavailable(f"is redirected to {_shown(url)}, another server: if that is right, say so in url")
        return url


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise Unavailable(f"the answer is larger than {LARGEST} bytes")
    return bytes(body)


def _shown(url: httpx.URL) -> str:
    """Without what may be secret: user, password and query."""
    return f"{url.scheme}://{url.netloc.decode()}{url.path}"
