"""`soc backtest`: recorded CloudEvents in, one line per incident out; no service runs."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from city.arrivals import Arrivals
from city.enrich import Catalogue
from city.graph import Graph
from infra.cities.folder import layered, read_city, read_rules, shipped
from infra.settings import load
from schemas.errors import Invalid
from schemas.senml import Fault
from services.cli.progress import Progress

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
City = Annotated[Path, typer.Option(help="The city folder.")]
Input = Annotated[Path, typer.Option("--input", help="CloudEvents as JSON lines, in the order of arrival.")]
Out = Annotated[Path, typer.Option(help="Where the incidents go, as JSON lines.")]
Rules = Annotated[Path | None, typer.Option(help="Rule files to use instead of those that ship and the folder's.")]


class Reading:
    """Feeds a file line by line; a line that cannot be taken is told and the rest goes on."""

    def __init__(self, arrivals: Arrivals, path: Path) -> None:
        """`path` of the CloudEvents."""
        self._arrivals, self._path = arrivals, path
        self.taken = self.refused = 0

    def run(self) -> None:
        """Reads it all."""
        progress = Progress("backtest", self._path.stat().st_size, "bytes")
        for number, line in self._lines(progress):
            self._take(number, line)
        self._arrivals.end()

    def _lines(self, progress: Progress) -> Iterator[tuple[int, bytes]]:
        unsaid = 0
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
                unsaid += len(line)
                if number % 100 == 0:
                    progress.add(unsaid)
                    unsaid = 0
        progress.add(unsaid)

    def _take(self, number: int, line: bytes) -> None:
        try:
            faults = self._arrivals.take(line)
        except Invalid as error:
            self.refused += 1
            self._tell(number, str(error))
            return
        self.taken += 1
        for fault in faults:
            self._tell(number, _told(fault))

    def _tell(self, number: int, what: str) -> None:
        print(f"{self._path}, line {number}: {what}", file=sys.stderr)


def _told(fault: Fault) -> str:
    return f"record {fault.record} is left out: {fault.field}: {fault.detail}"


def arrivals_of(city: Path, rules: Path | None, pack_limit: int) -> Arrivals:
    """A city with nothing known yet. Raises CityErrors if the folder or the rules are wrong."""
    folder = read_city(city)
    whole = layered(shipped(), folder)
    chosen = whole.rules if rules is None else read_rules(rules, whole)
    catalogue = Catalogue.build({folder.city.id: folder.city}, folder.assets, whole.domains, whole.limits)
    return Arrivals(catalogue, Graph(folder.assets, folder.relations.values()), list(chosen.values()), pack_limit)


@app.command()
def backtest(city: City, given: Input, out: Out, rules: Rules = None) -> None:
    """Fold recorded CloudEvents into incidents, without a running center."""
    if not given.is_file():
        raise Invalid("is no file", field=str(given))
    if out.exists() and out.samefile(given):
        raise Invalid("is the input too", field="--out")
    arrivals = arrivals_of(city, rules, load().pack_limit)
    with out.open("wb") as file:
        reading = Reading(arrivals, given)
        reading.run()
        lines = arrivals.backtest.lines()
        file.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
    told = f"{reading.taken} events taken, {reading.refused} lines refused, {len(lines)} incidents in {out}"
    print(f"backtest: {told}", file=sys.stderr)
    if reading.refused and not reading.taken:
        raise Invalid("no line of it is an event that can be taken", field=str(given))
