"""Tables for spreadsheets: CSV (RFC 4180) in UTF-8 with a mark, which makes them read it as such."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Response

CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"
PLAIN = re.compile(r"[^A-Za-z0-9._-]")
"""What no header says as it is, or no file may be called."""
CALCULATED = "=+-@\t\r"
"""A text that begins with one of these is worked out as a formula (OWASP, CSV injection): it gets a quote before it."""


def in_exercise(name: str, exercise: str) -> str:
    """The name of a file, which says so if it is out of an exercise (its name; empty: it is not)."""
    return f"exercise-{exercise}-{name}" if exercise else name


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A file `name`.csv; None is an empty cell."""
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return Response(out.getvalue(), 200, file_named(f"{name}.csv"), CSV)


def file_named(name: str, how: str = "attachment") -> dict[str, str]:
    """The header that names a file; where ASCII cannot say it, also as RFC 6266 (`filename*`) has it."""
    plain = PLAIN.sub("_", name)
    whole = "" if plain == name else f"; filename*=UTF-8''{quote(name.replace('/', '_'), safe='')}"
    return {"Content-Disposition": f'{how}; filename="{plain}"{whole}'}


def as_sheet_too(given: dict[str, Any]) -> dict[str, Any]:
    """What `gives` made, and that the same may be had as CSV."""
    given["responses"][given["status_code"]]["content"]["text/csv"] = {"schema": {"type": "string"}}
    return given


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in CALCULATED and value else value
