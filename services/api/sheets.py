"""Tables for spreadsheets: CSV (RFC 4180) in UTF-8 with a mark, which makes them read it as such."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Response

CSV = "text/csv; charset=utf-8"
MARK = "\ufeff"
CALCULATED = "=+-@\t\r"
"""A text that begins with one of these is worked out as a formula (OWASP, CSV injection): it gets a quote before it."""


def sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A file `name`.csv; None is an empty cell."""
    out = io.StringIO()
    out.write(MARK)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return Response(out.getvalue(), 200, {"Content-Disposition": f'attachment; filename="{name}.csv"'}, CSV)


def as_sheet_too(given: dict[str, Any]) -> dict[str, Any]:
    """What `gives` made, and that the same may be had as CSV."""
    given["responses"][given["status_code"]]["content"]["text/csv"] = {"schema": {"type": "string"}}
    return given


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in CALCULATED and value else value
