"""`python -m tests.bench`: runs every bench module, prints its figures beside their aims, writes them to
`.run/reports/bench.json`.
"""

import argparse
import importlib
import json
import os
import pkgutil
from collections.abc import Callable
from pathlib import Path

import tests.bench
from tests.bench.aims import verdicts

REPORT = Path(".run/reports/bench.json")


def _benches() -> dict[str, Callable[[], object]]:
    """Modules of tests.bench by name: `run()` gives the figures of each."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name != "__main__")
    found = {name: importlib.import_module(f"tests.bench.{name}") for name in names}
    return {name: module.run for name, module in found.items() if hasattr(module, "run")}


def main() -> None:
    """Runs those that are named, or all."""
    benches = _benches()
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(benches)}; none: all")
    names = parser.parse_args().names
    if unknown := sorted({*names} - benches.keys()):
        parser.error(f"no bench {', '.join(unknown)}: there are {', '.join(benches)}")
    figures = json.loads(REPORT.read_text()) if names and REPORT.exists() else {}
    chosen = names or list(benches)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(chosen, 1):
        print(f"{number}/{len(chosen)} {name}, at a load of {os.getloadavg()[0]:.1f}", flush=True)
        figures[name] = benches[name]()
        print(json.dumps(figures[name], indent=2), flush=True)
        REPORT.write_text(json.dumps(figures, indent=2) + "\n")
    print("\n".join(verdicts({name: figures[name] for name in chosen})))
    print(f"written to {REPORT}")


if __name__ == "__main__":
    main()
