"""`soc backtest`: recorded CloudEvents in, one line per incident out; no service runs."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from city.arrivals import Arrivals, Detected, Stretch, Taken, as_recorded, detected
from city.backtest import Folding
from city.enrich import Catalogue
from city.graph import Graph
from infra.cities.folder import layered, read_city, read_rules, shipped
from infra.settings import load
from schemas.errors import Invalid
from services.cli.apart import in_process
from services.cli.progress import Progress

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
City = Annotated[Path, typer.Option(help="The city folder.")]
Input = Annotated[Path, typer.Option("--input", help="CloudEvents as JSON lines, in the order of arrival.")]
Out = Annotated[Path, typer.Option(help="Where the incidents go, as JSON lines.")]
Rules = Annotated[Path | None, typer.Option(help="Rule files to use instead of those that ship and the folder's.")]

APART_BYTES = 1_000_000
"""From this size of the recording on, its stages run in processes of their own."""


def model(city: Path, rules: Path | None) -> tuple[Catalogue, Folding]:
    """A city of which nothing is known yet. Raises CityErrors if the folder or the rules are wrong."""
    folder = read_city(city)
    whole = layered(shipped(), folder)
    chosen = whole.rules if rules is None else read_rules(rules, whole)
    built = Catalogue.build({folder.city.id: folder.city}, folder.assets, whole.domains, whole.limits)
    catalogue = as_recorded(built)
    return catalogue, Folding(catalogue, Graph(folder.assets, folder.relations.values()), chosen.values())


def _fold(folding: Folding, path: Path, given: Iterable[Detected]) -> Taken:
    """Folds it all; tells how far it is, and on standard error what could not be taken."""
    whole, progress = Taken(), Progress("backtest", path.stat().st_size, "bytes")
    for one in given:
        for found in one.found:
            folding.take(found)
        taken = one.taken
        for note in taken.notes:
            print(f"{path}, line {note.line}: {note.what}", file=sys.stderr)
        whole.events += taken.events
        whole.refused += taken.refused
        progress.add(taken.bytes)
    return whole


def _stages(catalogue: Catalogue, path: Path, pack_limit: int) -> Iterator[Detected]:
    """A recording from its bytes to signals."""
    apart = path.stat().st_size >= APART_BYTES
    stretches = _read(catalogue, path, pack_limit)
    signals = detected(catalogue, in_process(stretches, Stretch) if apart else stretches)
    return in_process(signals, Detected) if apart else signals


def _read(catalogue: Catalogue, path: Path, pack_limit: int) -> Iterator[Stretch]:
    with path.open("rb") as file:
        yield from Arrivals(catalogue, pack_limit).stretches(file)


@app.command()
def backtest(city: City, given: Input, out: Out, rules: Rules = None) -> None:
    """Fold recorded CloudEvents into incidents, without a running center."""
    if not given.is_file():
        raise Invalid("is no file", field=str(given))
    if out.exists() and out.samefile(given):
        raise Invalid("is the input too", field="--out")
    catalogue, folding = model(city, rules)
    with out.open("wb") as file:
        taken = _fold(folding, given, _stages(catalogue, given, load().pack_limit))
        lines = folding.lines()
        file.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
    told = f"{taken.events} events taken, {taken.refused} lines refused, {len(lines)} incidents in {out}"
    print(f"backtest: {told}", file=sys.stderr)
    if taken.refused and not taken.events:
        raise Invalid("no line of it is an event that can be taken", field=str(given))
