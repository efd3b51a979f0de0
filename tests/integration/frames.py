"""Frames of the live stream, as a client reads them."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from websockets.asyncio.client import connect

from tests.integration.api_center import KEY, Api


async def sse(api: Api, headers: dict[str, str] | None = None, **query: Any) -> AsyncGenerator[dict[str, Any], None]:
    """Frames of a stream as (id, frame) in one dictionary."""
    async with api.http.stream("GET", "/v1/live", params=query, headers=headers or {}) as answer:
        assert answer.status_code == 200
        number = None
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                number = int(line[4:])
            if line.startswith("data: "):
                yield {"id": number, **json.loads(line[6:])}
                number = None


async def socket(api: Api, query: str = "", **headers: str) -> AsyncGenerator[dict[str, Any], None]:
    url = f"{api.url.replace('http', 'ws')}/v1/live/ws{query}"
    sent = headers or {"Authorization": f"Bearer {KEY}"}
    async with connect(url, additional_headers=sent, proxy=None) as opened:
        async for text in opened:
            yield json.loads(text)


async def first(frames: AsyncIterator[dict[str, Any]], name: str, count: int = 1) -> list[dict[str, Any]]:
    """The first `count` frames of a name."""
    found = []
    async with asyncio.timeout(20):
        async for frame in frames:
            if frame["frame"] == name:
                found.append(frame)
                if len(found) == count:
                    break
    return found
