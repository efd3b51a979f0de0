"""Offset-stamped pages on a changelog: state that is exact after kill -9, rebalances and frozen workers.

A page is written with the stamp (epoch, offset covered); after the pages of a flush comes the meta record of their
input partition, which names the stamp of every page. A new owner reads the meta record with the highest stamp and
exactly the pages that it names: a half-written flush and the late writes of a frozen worker count for nothing.

The changelog is compacted, so that a restart does not read a day of it (ADR 0074). Of every key Kafka keeps the last
record only, so each owner has keys of its own, two for each page by turns: what the last meta record names is never
the one that is overwritten. A new owner's first flush is whole; then the keys of those before it are taken away.
"""

import re
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
    epoch: int = 0
    """The highest that anything was written in, named or not."""
    keys: tuple[bytes, ...] = ()
    """All that lie there, by whomever."""


NOTHING = Restored(Stamp(0, -1), {}, {})

_encode = msgspec.msgpack.Encoder().encode
_decode_page = msgspec.msgpack.Decoder(Page).decode
_decode_meta = msgspec.msgpack.Decoder(Meta).decode


class Record(NamedTuple):
    """Key and value for the changelog; the partition is the input's."""

    key: bytes
    value: bytes | None


_KEY = re.compile(r"([^|]*)\|(.*?)(?:\|\d+){0,2}")
"""Topic and name; behind them epoch and turn, which records of before have not."""


class PageWriter:
    """What the owner of an input partition writes to the changelog, flush by flush."""

    def __init__(self, topic: str, restored: Restored, generation: int) -> None:
        """Goes on from what was `restored`, in an epoch of its own: also where an owner of an earlier `generation` of
        the group (from 1) restored the same, froze before it wrote anything and does so now.
        """
        self.epoch = restored.epoch + generation
        self._topic = topic
        self._stamps = dict(restored.stamps)
        self._turns: dict[str, int] = {}
        self._carried: Mapping[str, bytes] = restored.pages
        """Written by owners before, until the first flush writes them anew."""
        self._outdated = list(restored.keys)
        """Keys that nothing names once the next flush is whole."""
        self._unnamed: list[bytes] = []
        """Keys that nothing names."""

    def flush(self, offset: int, dirty: Mapping[str, bytes]) -> list[Record]:
        """The state up to `offset`: what is to be taken away, changed pages (an empty one is no longer), meta last.

        To be called again only when all of it lies in the changelog.
        """
        stamp, gone = Stamp(self.epoch, offset), [Record(key, None) for key in self._unnamed]
        pages, self._carried = {**self._carried, **dirty}, {}
        self._unnamed, self._outdated, written = self._outdated, [], list[Record]()
        for name, body in pages.items():
            if body:
                written.append(Record(self._next_key(name), _encode(Page(FORMAT, *stamp, body))))
                self._stamps[name] = stamp
            else:
                self._unnamed += [self._key(name, turn) for turn in (0, 1)]
                self._stamps.pop(name, None)
                self._turns.pop(name, None)
        named = {name: (held.epoch, held.offset) for name, held in self._stamps.items()}
        meta = Record(f"{self._topic}|{META}|{self.epoch}".encode(), _encode(Meta(FORMAT, *stamp, named)))
        return [*gone, *written, meta]

    def _next_key(self, name: str) -> bytes:
        """By turns, so that the version before stays until a meta record names the next one."""
        turn = self._turns[name] = 1 - self._turns.get(name, 1)
        return self._key(name, turn)

    def _key(self, name: str, turn: int) -> bytes:
        return f"{self._topic}|{name}|{self.epoch}|{turn}".encode()


class PageReader:
    """Folds a changelog: for each input partition the newest meta record and the pages it may still need."""

    def __init__(self) -> None:
        self._metas: dict[tuple[int, str], Meta] = {}
        self._pages: dict[tuple[int, str], dict[str, dict[Stamp, bytes]]] = {}
        self._epochs: dict[tuple[int, str], int] = {}
        self._keys: dict[tuple[int, str], dict[bytes, None]] = {}
        self.ignored = 0
        """Records of owners that were no longer the owner."""

    def take(self, partition: int, records: Iterable[Record]) -> None:
        """Fold records of a changelog partition, in order; ones of another format are passed over."""
        for record in records:
            found = _KEY.fullmatch(record.key.decode())
            if found is None:
                continue
            topic, name = found.groups()
            source = partition, topic
            keys = self._keys.setdefault(source, {})
            if record.value is None:
                keys.pop(record.key, None)
                continue
            keys[record.key] = None
            if name == META:
                meta = _decode_meta(record.value)
                epoch = meta.epoch
                self._take_meta(source, meta)
            else:
                page = _decode_page(record.value)
                epoch = page.epoch
                held = self._pages.setdefault(source, {}).setdefault(name, {})
                held[Stamp(page.epoch, page.offset)] = page.body
            self._epochs[source] = max(epoch, self._epochs.get(source, 0))

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
        source = partition, topic
        meta, left = self._metas.get(source), (self._epochs.get(source, 0), tuple(self._keys.get(source, ())))
        if meta is None:
            return NOTHING._replace(epoch=left[0], keys=left[1])
        held = self._pages.get(source, {})
        stamps = {name: Stamp(*stamp) for name, stamp in meta.pages.items()}
        missing = [name for name, stamp in stamps.items() if stamp not in held.get(name, {})]
        if missing:
            raise LookupError(f"{topic}/{partition}: pages {missing} are named but not there")
        pages = {name: held[name][stamp] for name, stamp in stamps.items()}
        return Restored(Stamp(meta.epoch, meta.offset), pages, stamps, *left)
