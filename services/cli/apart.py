"""A stage of a long command in a process of its own, so that several processors share the work."""

import multiprocessing
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

import msgspec

from schemas.errors import Unavailable
from schemas.sentences import say

T = TypeVar("T")
END = b""
"""Follows the last item."""
AHEAD_BYTES = 1 << 20
"""So much a stage may be ahead, besides the item in its hands: one takes longer now and then, and none shall wait."""


class _Received(Iterator[T]):
    """Items of the other process, as they come."""

    def __init__(self, reader: Connection, kind: type[T]) -> None:
        self._reader, self._decoder = reader, msgspec.msgpack.Decoder(kind)

    def __next__(self) -> T:
        try:
            received = self._reader.recv_bytes()
        except EOFError:
            raise Unavailable(say("process_gone")) from None
        if received == END:
            raise StopIteration
        return self._decoder.decode(received)

    def release(self) -> None:
        """Another process reads on."""
        self._reader.close()


def in_process(items: Iterable[T], kind: type[T]) -> Iterator[T]:
    """The same items, each made in a new process while the one before is used here; `kind` as msgspec encodes it.

    `items` may be those of another such process. Where processes cannot be forked, they are made here.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        return iter(items)
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    _widen(writer)
    context.Process(target=_send, args=(items, reader, writer), daemon=True).start()
    writer.close()
    if isinstance(items, _Received):
        items.release()
    return _Received(reader, kind)


def _widen(pipe: Connection) -> None:
    import fcntl  # where processes can be forked

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):  # more than this user may have: as it was
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, AHEAD_BYTES)


def _send(items: Iterable[T], reader: Connection, writer: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    reader.close()
    encoder = msgspec.msgpack.Encoder()
    try:
        for item in items:
            writer.send_bytes(encoder.encode(item))
        writer.send_bytes(END)
    except BrokenPipeError:
        pass  # nobody wants the rest
