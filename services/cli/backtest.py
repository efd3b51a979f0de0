"""`soc backtest`: recorded CloudEvents in, one line per incident out; no service runs."""

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
from infra.terminal import either, tell
from schemas.errors import Invalid
from schemas.sentences import joined, say
from services.cli.apart import in_process
from services.cli.progress import Progress
from services.cli.recordings import opened
from services.cli.spoken import App

app = App()
City = Annotated[Path, typer.Option(help="help_city_folder")]
Input = Annotated[Path, typer.Option("--input", help="help_backtest_input")]
Out = Annotated[Path, typer.Option(help="help_backtest_out")]
Rules = Annotated[Path | None, typer.Option(help="help_backtest_rules")]

APART_BYTES = 1_000_000
"""From this size of the recording on, its stages run in processes of their own."""


def model(city: Path, rules: Path | None) -> tuple[Catalogue, Folding]:
    """A city of which nothing is known yet. Raises CityErrors if the folder or the rules are wrong."""
    folder = read_city(city)
    whole = layered(shipped(), folder)
    chosen = whole.rules if rules is None else read_rules(rules, whole, folder.relations.values())
    built = Catalogue.build({folder.city.id: folder.city}, folder.assets, whole.domains, whole.limits)
    catalogue = as_recorded(built)
    return catalogue, Folding(catalogue, Graph(folder.assets, folder.relations.values()), chosen.values())


def _fold(folding: Folding, path: Path, size: int, stages: Iterable[Detected]) -> Taken:
    """Folds it all; tells how far of `size` bytes it is, and on standard error what could not be taken."""
    whole, progress = Taken(), Progress("backtest", size, say("unit_bytes"))
    for one in stages:
        for found in one.found:
            folding.take(found)
        taken = one.taken
        for note in taken.notes:
            where = say("in_line", path=path, number=note.line)
            tell(joined([where, either(note.what, note.what_vi)], ": "), aside=True)
        whole.events += taken.events
        whole.refused += taken.refused
        progress.add(taken.bytes)
    return whole


def _stages(catalogue: Catalogue, lines: Iterable[bytes], apart: bool) -> Iterator[Detected]:
    """A recording from its bytes to signals; `apart`: in processes of their own."""
    stretches = Arrivals(catalogue, load().pack_limit).stretches(lines)
    signals = detected(catalogue, in_process(stretches, Stretch) if apart else stretches)
    return in_process(signals, Detected) if apart else signals


@app.add("backtest", help="help_backtest")
def backtest(city: City, given: Input, out: Out, rules: Rules = None) -> None:
    """Fold recorded CloudEvents into incidents, without a running center."""
    with opened(given) as recording:
        if out.exists() and out.samefile(given):
            raise Invalid(say("out_is_input"), field="--out")
        catalogue, folding = model(city, rules)
        if not out.parent.is_dir():
            raise Invalid(say("no_folder_at", path=out.parent), field="--out")
        size = given.stat().st_size - recording.tell()
        with out.open("ab") as file:  # what is there stays until what replaces it is whole
            taken = _fold(folding, given, size, _stages(catalogue, recording, size >= APART_BYTES))
            lines = folding.lines()
            if out.is_file():
                file.truncate(0)
            file.writelines(msgspec.json.encode(line) + b"\n" for line in lines)
    done = say("backtest_done", events=taken.events, refused=taken.refused, incidents=len(lines), path=out)
    tell(joined(["backtest", done], ": "), aside=True)
    if taken.refused and not taken.events:
        raise Invalid(say("no_line_taken"), field=str(given))
