"""How much a request may bring: bodies are counted as they come, so that none fills the memory, before login too."""

from fastapi import HTTPException
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from schemas.sentences import say


def within(scope: Scope, receive: Receive, limit: int) -> Receive:
    """`receive` that raises 413 before it hands on more than `limit` bytes, or any of what is announced as more."""
    announced = Headers(scope=scope).get("content-length", "")
    too_long = announced.isdecimal() and int(announced) > limit
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if message["type"] == "http.request" and (too_long or size > limit):
            raise HTTPException(413, say("body_too_long", limit=limit))
        return message

    return counted
