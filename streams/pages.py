"""Offset-stamped pages on a changelog: state that is exact after kill -9, rebalances and frozen workers.

A page is written with the stamp (epoch, offset covered); after the pages of a flush comes the meta record of their
input partition, which names the stamp of every page. A new owner reads the meta record with the highest stamp and
exactly the pages that it names: a half-written flush and the late writes of a frozen worker count for nothing.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

FORMAT = 1
META = "meta"


class Stamp(NamedTuple):
    """Which owner wrote, and up to which offset of the input it had read. Compares as (epoch, offset)."""

    epoch: int
    offset: int


class Page(msgspec.Struct, frozen=True, array_like=True):
    """A page as it lies in the changelog."""

    format: int
    epoch: int
    offset: int
    body: bytes


class Meta(msgspec.Struct, frozen=True, array_like=True):
    """The last record of a flush: the stamp of every page that makes up the state."""

    format: int
    epoch: int
    offset: int
    pages: dict[str, tuple[int, int]]


class Restored(NamedTuple):
    """The state of an input partition: its stamp, its pages, and the stamp of each page."""

    stamp: Stamp
    pages: dict[str, bytes]
    stamps: dict[str, Stamp]


NOTHING = Restored(Stamp(0, -1), {}, {})

_encode = msgspec.msgpack.Encoder().encode
_decode_page = msgspec.msgpack.Decoder(Page).decode
_decode_meta = msgspec.msgpack.Decoder(Meta).decode


class Record(NamedTuple):
    """Key and value for the changelog; the partition is the input's."""

    key: bytes
    value: bytes | None


def _key(topic: str, page: str) -> bytes:
    return f"{topic}|{page}".encode()


def flush_records(topic: str, stamp: Stamp, dirty: Mapping[str, bytes], stamps: Mapping[str, Stamp]) -> list[Record]:
    """What a flush writes, meta last; `stamps` are those of all pages after it. An empty body deletes a page."""
    found = [
        Record(_key(topic, name), _encode(Page(FORMAT, stamp.epoch, stamp.offset, body)) if body else None)
        for name, body in dirty.items()
    ]
    named = {name: (held.epoch, held.offset) for name, held in stamps.items()}
    meta = Meta(FORMAT, stamp.epoch, stamp.offset, named)
    return [*found, Record(_key(topic, META), _encode(meta))]


def stamps_after(stamps: Mapping[str, Stamp], dirty: Mapping[str, bytes], stamp: Stamp) -> dict[str, Stamp]:
    """The stamps of all pages once the dirty ones are written at `stamp`."""
    merged = {**stamps, **dict.fromkeys(dirty, stamp)}
    return {name: held for name, held in merged.items() if dirty.get(name, b"x")}


class PageReader:
    """Folds a changelog: for each input partition the newest meta record and the pages it may still need."""

    def __init__(self) -> None:
        self._metas: dict[tuple[int, str], Meta] = {}
        self._pages: dict[tuple[int, str], dict[str, dict[Stamp, bytes]]] = {}
        self.ignored = 0
        """Records of owners that were no longer the owner."""

    def take(self, partition: int, records: Iterable[Record]) -> None:
        """Fold records of a changelog partition, in order; ones of another format are passed over."""
        for record in records:
            topic, _, name = record.key.decode().rpartition("|")
            if record.value is None:
                continue
            if name == META:
                self._take_meta((partition, topic), _decode_meta(record.value))
            else:
                page = _decode_page(record.value)
                held = self._pages.setdefault((partition, topic), {}).setdefault(name, {})
                held[Stamp(page.epoch, page.offset)] = page.body

    def _take_meta(self, source: tuple[int, str], meta: Meta) -> None:
        present = self._metas.get(source)
        if meta.format != FORMAT:
            return
        if present is not None and (meta.epoch, meta.offset) < (present.epoch, present.offset):
            self.ignored += 1
            return
        self._metas[source] = meta
        self._forget(source, meta)

    def _forget(self, source: tuple[int, str], meta: Meta) -> None:
        """Drop the versions that no meta record can name any more."""
        pages = self._pages.get(source, {})
        for name in list(pages):
            oldest = meta.pages.get(name, (meta.epoch, meta.offset + 1))
            pages[name] = {stamp: body for stamp, body in pages[name].items() if stamp >= Stamp(*oldest)}
            if not pages[name]:
                del pages[name]

    def restored(self, topic: str, partition: int) -> Restored:
        """The state of an input partition; NOTHING (offset −1) where none was written or pages are missing."""
        meta = self._metas.get((partition, topic))
        if meta is None:
            return NOTHING
        held = self._pages.get((partition, topic), {})
        stamps = {name: Stamp(*stamp) for name, stamp in meta.pages.items()}
        missing = [name for name, stamp in stamps.items() if stamp not in held.get(name, {})]
        if missing:
            raise LookupError(f"{topic}/{partition}: pages {missing} are named but not there")
        return Restored(
            Stamp(meta.epoch, meta.offset), {name: held[name][stamp] for name, stamp in stamps.items()}, stamps
        )
