"""`python -m infra.cities.building FOLDER` draws the files of a city folder anew from its `plan.toml`."""

import sys
import tomllib
from pathlib import Path

from infra.cities.building.sheets import draw


def main() -> None:
    """Writes each file of the drawing into the folder named on the command line."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "infra/cities/binh-duong")
    for name, text in draw(tomllib.loads((folder / "plan.toml").read_text())).items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
