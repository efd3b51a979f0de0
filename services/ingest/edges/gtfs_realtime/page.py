"""What stands at an address: asked for again and again, read as far as the limit, never asked for elsewhere."""

import asyncio

import httpx

from city.delivery import retry_after_s
from infra.clock import utc_now
from infra.outbound.guard import origin_of
from schemas.errors import Unavailable
from schemas.sentences import say
from services.ingest.edges.health import Later, why

LARGEST = 50_000_000
"""Bytes of an answer, unpacked."""
WHOLE_S = 120.0
"""An answer is whole within this: what goes on drop by drop is none."""
LONGEST_ASKED_S = 3600.0
"""A `Retry-After` of more is a slip, or as good as no feed: it is asked for anew after an hour."""
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
            raise Unavailable(say("no_whole_answer", seconds=f"{WHOLE_S:.0f}")) from None
        except httpx.HTTPStatusError as error:
            raise refused(error.response) from None
        except httpx.TimeoutException as error:
            raise Unavailable(say("no_answer_in_time_of", kind=type(error).__name__)) from None
        except httpx.ConnectError as error:
            raise Unavailable(say("no_connection", reason=why(error))) from None
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
        raise Unavailable(say("redirected_often", most=MOST_TURNS, to=_shown(url)))

    def _same_server(self, url: httpx.URL) -> httpx.URL:
        """The address if our secrets may be sent there."""
        if origin_of(url) != origin_of(self._url):
            raise Unavailable(say("redirected_elsewhere", to=_shown(url)))
        return url


def refused(answer: httpx.Response) -> Unavailable:
    """What an answer says that is no success, with the time that it asks for (`Retry-After`)."""
    status = f"{answer.status_code} {answer.reason_phrase}".strip()
    after_s = retry_after_s(answer.headers.get("retry-after"), utc_now())
    if not after_s:
        return Unavailable(say("answers", status=status))
    after_s = min(after_s, LONGEST_ASKED_S)
    return Later(say("answers_later", status=status, seconds=f"{after_s:.0f}"), after_s)


async def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > LARGEST:
            raise Unavailable(say("answer_too_large", most=LARGEST))
    return bytes(body)


def _shown(url: httpx.URL) -> str:
    """Without what may be secret: user, password and query."""
    return f"{url.scheme}://{url.netloc.decode()}{url.path}"
