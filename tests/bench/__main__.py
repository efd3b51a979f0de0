"""`python -m tests.bench`: runs every bench module, prints its figures and writes them to `.run/reports/bench.json`."""

import importlib
import json
import pkgutil
import sys
from pathlib import Path

import tests.bench

REPORT = Path(".run/reports/bench.json")


def main(names: list[str]) -> None:
    """`names` are modules of tests.bench; none: all. A module's `run()` gives its figures by name."""
    found = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__) if module.name != "__main__")
    figures = json.loads(REPORT.read_text()) if names and REPORT.exists() else {}
    for name in names or found:
        module = importlib.import_module(f"tests.bench.{name}")
        if not hasattr(module, "run"):
            continue
        figures[name] = module.run()
        print(name, json.dumps(figures[name], indent=2), flush=True)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"written to {REPORT}")


if __name__ == "__main__":
    main(sys.argv[1:])
