"""Recordings as CloudEvents in order of time: JSON lines as they are, CSV by the `replay.toml` beside it."""

import codecs
import csv
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader, TextIOWrapper
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from schemas.errors import Invalid
from schemas.ids import digest
from schemas.refusals import refusal
from schemas.sentences import Sentence, say
from schemas.times import rfc3339

MAPPING = "replay.toml"
GZIP = b"\x1f\x8b"
"""How a compressed file begins (RFC 1952)."""
Event = dict[str, Any]
Where = tuple[Path, int]
"""File and line."""


class Recorded(msgspec.Struct, frozen=True):
    """One event and when it was recorded."""

    at: datetime
    event: Event


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column of a CSV recording."""

    column: str
    sensor: str
    """Id of the sensor; `{name}` stands for the value of another column."""
    quantity: str
    unit: str


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`replay.toml`: how the rows of CSV recordings beside it become readings."""

    source: str
    time: str
    """The column of the time, ISO 8601; local to `time_zone` where it has no offset."""
    time_zone: str = "UTC"
    missing: tuple[str, ...] = ("",)
    columns: tuple[Column, ...]


def opened(path: Path) -> BufferedReader:
    """A recording, behind the mark that some programs put before UTF-8. Raises Invalid if compressed or no file."""
    if not path.is_file():
        raise Invalid(say("no_such_file"), field=str(path))
    file = path.open("rb")
    begins = file.peek(len(codecs.BOM_UTF8))
    if begins.startswith(GZIP):
        file.close()
        raise Invalid(say("recorded_compressed"), field=str(path))
    if begins.startswith(codecs.BOM_UTF8):
        file.read(len(codecs.BOM_UTF8))
    return file


def recorded(path: Path) -> Iterator[Recorded]:
    """The events of a file in its order. Raises Invalid naming file, line and what is wrong."""
    return _rows(path) if path.suffix.lower() == ".csv" else _lines(path)


def _lines(path: Path) -> Iterator[Recorded]:
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield _line(line, (path, number))


def _line(line: bytes, where: Where) -> Recorded:
    try:
        event = msgspec.json.decode(line, type=dict[str, Any])
        given = event.get("recordedtime") or event.get("time")
        at = datetime.fromisoformat(str(given))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise Invalid(say("no_recorded_event"), field=_told(where)) from None
    if at.tzinfo is None:
        raise Invalid(say("recorded_needs_offset"), field=_told(where))
    try:
        when = rfc3339(at)
    except OverflowError:
        raise Invalid(say("recorded_no_time", given=given), field=_told(where)) from None
    return Recorded(at, {"recordedtime": when, **event})


def mapping_of(path: Path) -> Mapping:
    """The mapping beside a CSV recording. Raises Invalid."""
    beside = path.parent / MAPPING
    try:
        return msgspec.convert(tomllib.loads(beside.read_text(encoding="utf-8-sig")), Mapping)
    except OSError:
        raise Invalid(say("csv_needs_mapping", name=MAPPING), field=str(path)) from None
    except UnicodeDecodeError:
        raise Invalid(say("not_utf8"), field=str(beside)) from None
    except tomllib.TOMLDecodeError as error:
        raise Invalid(say("not_toml", reason=error), field=str(beside)) from None
    except msgspec.ValidationError as error:
        raise refusal(error, str(beside)) from None


def _rows(path: Path) -> Iterator[Recorded]:
    """One pack for each time: consecutive rows of one time travel together. Raises Invalid."""
    try:
        yield from _packs(path)
    except UnicodeDecodeError:
        raise Invalid(say("not_utf8"), field=str(path)) from None
    except csv.Error as error:
        raise Invalid(say("not_csv", reason=error), field=str(path)) from None


def _packs(path: Path) -> Iterator[Recorded]:
    with TextIOWrapper(opened(path), encoding="utf-8", newline="") as file:
        mapping = mapping_of(path)
        rows = csv.DictReader(file, restkey="", restval="")
        _check_header(path, mapping, list(rows.fieldnames or []))
        timed = ((_time((path, rows.line_num), row, mapping), rows.line_num, row) for row in rows)
        for at, group in groupby(timed, key=lambda told: told[0]):
            records = [record for _, line, row in group for record in _readings((path, line), row, mapping)]
            if records:
                yield Recorded(at, _pack(at, records, mapping, path.name))


def _check_header(path: Path, mapping: Mapping, header: list[str]) -> None:
    absent = [name for name in (mapping.time, *(one.column for one in mapping.columns)) if name not in header]
    if absent:
        raise Invalid(say("csv_no_column", column=absent[0]), field=say("in_line", path=path, number=1))


def _told(where: Where) -> Sentence:
    return say("in_line", path=where[0], number=where[1])


def _time(where: Where, row: dict[str, str], mapping: Mapping) -> datetime:
    try:
        at = datetime.fromisoformat(row[mapping.time])
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(mapping.time_zone))).astimezone(UTC)
    except (ValueError, OverflowError, ZoneInfoNotFoundError):
        raise Invalid(say("recorded_no_time", given=row[mapping.time]), field=_told(where)) from None


def _readings(where: Where, row: dict[str, str], mapping: Mapping) -> Iterator[dict[str, Any]]:
    for column in mapping.columns:
        text = row[column.column]
        if text.strip() in mapping.missing:
            continue
        name = f"{_sensor(where, row, column)}/{column.quantity}"
        try:
            yield {"n": name, "u": column.unit, "v": float(text)}
        except ValueError:
            raise Invalid(say("csv_no_number", column=column.column, given=text), field=_told(where)) from None


def _sensor(where: Where, row: dict[str, str], column: Column) -> str:
    try:
        return column.sensor.format_map(row)
    except (LookupError, ValueError, AttributeError):
        raise Invalid(say("csv_no_sensor", sensor=column.sensor), field=_told(where)) from None


def _pack(at: datetime, records: list[dict[str, Any]], mapping: Mapping, name: str) -> Event:
    """Its id says what it holds: a time may come again in a file, and files in two folders may have one name."""
    records[0]["bt"] = at.timestamp()
    when = rfc3339(at)
    return {
        "specversion": "1.0",
        "type": "city.readings",
        "id": f"{name}/{when}/{digest(msgspec.json.encode(records).decode())}",
        "source": mapping.source,
        "time": when,
        "recordedtime": when,
        "datacontenttype": "application/json",
        "data": records,
    }
