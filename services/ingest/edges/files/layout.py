"""Reads a station's text file as its layout says: bad lines set apart, the others become readings."""

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from city.braces import filled
from schemas.edges import Edge, Layout
from schemas.errors import Invalid
from schemas.readings import MEASURING
from schemas.sentences import say
from services.ingest.edges.fields import local_ms, senml_s, written_number
from services.ingest.edges.files.folders import composed
from services.ingest.edges.intake import Fault, Message, readings

AT_MOST = 2_000
"""Readings in one event."""


class LayoutReader:
    """Reads the files of one edge."""

    def __init__(self, edge: Edge, layout: Layout) -> None:
        self._edge, self._layout = edge, layout
        self._name = re.compile(composed(layout.name))
        self._zone = ZoneInfo(layout.time_zone)

    def read(self, name: str, body: bytes) -> Message:
        """The message of a file; the same bytes give the same event ids. What cannot be read is in its faults."""
        message = Message(origin=name, repeatable=True)
        try:
            lines = self._lines(body)
            named = self._named(name)
        except Invalid as error:
            message.faults.append(Fault(body, error.said, error.field))
            return message
        records: list[dict[str, Any]] = []
        for line in lines:
            try:
                records.append(self._record(line, named))
            except Invalid as error:
                message.faults.append(Fault(line.encode(), error.said, error.field))
        digest = blake2b(body, digest_size=6).hexdigest()
        message.events = [
            readings(self._edge, f"{name}#{digest}-{number}", records[start : start + AT_MOST])
            for number, start in enumerate(range(0, len(records), AT_MOST))
        ]
        if not records and not message.faults:
            message.faults.append(Fault(body, say("no_line")))
        return message

    def _lines(self, body: bytes) -> list[str]:
        try:
            text = body.decode(self._layout.encoding)
        except UnicodeDecodeError:
            raise Invalid(say("not_encoding", encoding=self._layout.encoding)) from None
        lines = text.removeprefix("\ufeff").splitlines()[self._layout.skip_lines :]
        return [line for line in lines if line.strip()]

    def _named(self, name: str) -> dict[str, str]:
        found = self._name.fullmatch(composed(name))
        if found is None:
            raise Invalid(say("file_name", name=name), field="name")
        return {key: text for key, text in found.groupdict().items() if text is not None}

    def _record(self, line: str, named: Mapping[str, str]) -> dict[str, Any]:
        layout = self._layout
        cells = [cell.strip() for cell in line.split(layout.separator)]
        if len(cells) < len(layout.columns):
            raise Invalid(say("columns", given=len(cells), wanted=len(layout.columns)))
        row = {**named, **dict(zip(layout.columns, cells, strict=False))}
        quantity = layout.parameters.get(row["parameter"])
        if quantity is None:
            raise Invalid(say("no_parameter", given=row["parameter"][:40]), field="parameter")
        record = {
            "n": f"{filled(layout.sensor, row)}/{quantity}",
            "v": self._value(row["value"]),
            "t": senml_s(local_ms(row["time"], layout.time_format, self._zone), "time"),
        }
        return {**record, **dict(self._more(row))}

    def _value(self, text: str) -> float:
        other = "," if self._layout.decimal == "." else "."
        if other in text:
            raise Invalid(say("decimal", given=text[:40], wanted=self._layout.decimal), field="value")
        return written_number(text, "value", self._layout.decimal)

    def _more(self, row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        layout = self._layout
        if "unit" in row:
            unit = layout.units.get(row["unit"])
            if unit is None:
                raise Invalid(say("no_unit_known", given=row["unit"][:40]), field="unit")
            yield "u", unit
        if "state" in layout.columns:
            state = layout.states.get(row["state"])
            if state is None:
                raise Invalid(say("no_state", given=row["state"][:40]), field="state")
            if state != MEASURING:
                yield "quality", state
