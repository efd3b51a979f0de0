"""The body of a request: read within the limit, unpacked where it is gzip (RFC 9110 §8.4)."""

import zlib

from starlette.requests import Request

from schemas.sentences import say
from services.ingest.problems import Refused

PLAIN, GZIP = {"", "identity"}, {"gzip", "x-gzip"}
BOM = b"\xef\xbb\xbf"
"""Says that what follows is UTF-8, as text of Windows does; what is read here is that anyway (RFC 8259 §8.1)."""
TAKEN = {"Accept-Encoding": "gzip, identity"}


class Unpacking:
    """Bytes as they come, unpacked up to the limit."""

    def __init__(self, coding: str, limit: int) -> None:
        """`coding` as the header has it, `limit` in bytes after unpacking. Raises Refused for another than gzip."""
        if coding not in PLAIN | GZIP:
            said = say("content_encoding", given=coding)
            raise Refused(415, said, headers=TAKEN, field="content-encoding")
        self._stream = zlib.decompressobj(wbits=31) if coding in GZIP else None
        self._limit, self._size = limit, 0
        self._parts: list[bytes] = []

    def take(self, part: bytes) -> None:
        """The next bytes. Raises Refused for more than the limit, and for what is no gzip."""
        part = self._unpacked(part)
        self._size += len(part)
        if self._size > self._limit:
            raise too_large(self._limit)
        self._parts.append(part)

    def _unpacked(self, part: bytes) -> bytes:
        if self._stream is None:
            return part
        try:
            part = self._stream.decompress(part, self._limit - self._size + 1)
        except zlib.error:
            raise _not_gzip() from None
        if self._stream.unused_data:
            raise _not_gzip()
        return part

    def whole(self) -> bytes:
        """All of it. Raises Refused where the end of gzip is missing."""
        if self._stream is not None and not self._stream.eof:
            raise _not_gzip()
        return b"".join(self._parts).removeprefix(BOM)


def too_large(limit: int) -> Refused:
    """The answer to a body of more than so many bytes."""
    return Refused(413, say("body_too_large", limit=limit), limit=limit)


def _not_gzip() -> Refused:
    return Refused(400, say("not_gzip"), field="content-encoding")


async def read(request: Request, limit: int) -> bytes:
    """The body, unpacked. Raises Refused: 413 beyond `limit` bytes, 415 and 400 for a coding that is not taken."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > limit:
        raise too_large(limit)
    unpacking = Unpacking(request.headers.get("content-encoding", "").strip().lower(), limit)
    async for part in request.stream():
        unpacking.take(part)
    return unpacking.whole()
