"""Plays the demo city into a running center; with `--out FILE` writes a seeded run and its truth instead."""

import argparse
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

from infra.cities.folder import read_city
from infra.process import run
from infra.settings import load
from schemas.errors import CenterError
from services.simulator.feed import play
from services.simulator.recording import Plan, write_run

DEFAULT_START = "2026-03-02T07:00:00+07:00"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument("--out", type=Path, help="write CloudEvents as JSON lines and end")
    parser.add_argument("--hours", type=float, default=1.0, help="length of the run written with --out")
    parser.add_argument("--seed", type=int, default=None, help="the same seed gives the same run")
    parser.add_argument("--start", type=datetime.fromisoformat, default=datetime.fromisoformat(DEFAULT_START))
    parser.add_argument("--faulty", type=float, default=0.0, help="share of sensors that send late, skewed or twice")
    parser.add_argument("--no-truth", action="store_true", help="leave out the but-for runs (one for each cause)")
    return parser.parse_args()


def main() -> None:
    """Live by default; offline with --out."""
    given = _arguments()
    if given.out is None:
        run("simulator", partial(play, seed=given.seed))
        return
    try:
        folder = read_city(load().city)
    except CenterError as error:
        sys.exit(f"simulator: {error}")
    run_of = {"start": given.start, "seconds": round(given.hours * 3600), "seed": given.seed or 0}
    plan = Plan(folder=folder, faulty=given.faulty, **run_of)
    count = write_run(plan, given.out, truth=not given.no_truth)
    sys.stdout.write(f"{count} events in {given.out}\n")


if __name__ == "__main__":
    main()
