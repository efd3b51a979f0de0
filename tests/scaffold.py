"""`python -m tests.scaffold domain|rule NAME` writes the files of a new domain or rule from templates."""

import re
import sys
from pathlib import Path

from tests.contract.tree import ROOT

NAME = re.compile(r"[a-z][a-z0-9_]{1,30}")
DOMAIN = """id = "{name}"
name = "{title}"
name_vi = "{title} (tiếng Việt)"
description = "What these sensors tell, and whom it helps."
description_vi = "Các cảm biến này cho biết điều gì, và giúp được ai."
colour = "#5b8e7d"

[quantities]
{name}_level_m = {{ unit = "m", name = "Level", name_vi = "Mức", min = 0, max = 10, period_s = 60 }}

[[conditions]]
id = "{name}.level_high"
kind = "{name}.high"
severity = "major"
quantity = "{name}_level_m"
name = "Level above 2 m"
name_vi = "Mức trên 2 m"
above = 2.0
clear = 1.8
for = 60

[kinds]
"{name}.high" = {{ name = "{title} high", name_vi = "{title} cao", hold_down = 60 }}
"""
CASES = """[[cases]]
says = "a level above two metres for a minute is high, and ends below 1.8"
readings = [[0, "st-1/{name}_level_m", 2.5], [60, "st-1/{name}_level_m", 2.6], [120, "st-1/{name}_level_m", 1.5]]
expect = ["60 st-1 {name}.high active major", "120 st-1 {name}.high cleared major"]
"""
SAMPLE = """{{
  "specversion": "1.0",
  "id": "poll-1795171200",
  "source": "/gateway/{name}",
  "type": "city.readings",
  "time": "2026-11-20T17:40:00+07:00",
  "data": [{{"bt": 1795171200, "n": "{name}-1/{name}_level_m", "u": "m", "v": 1.58}}]
}}
"""
PROCEDURE = """id = "{name}"
title = "{title} high"
title_vi = "{title} cao"
kinds = ["{name}.high"]

[[steps]]
id = "check"
due_minutes = 10
text = "What to look at first"
text_vi = "Việc cần xem trước tiên"

[[steps]]
id = "over"
text = "How to see that it is over"
text_vi = "Cách nhận biết đã kết thúc"
"""
RULE = '''id = "{name}"
title = "{title}"
title_vi = "{title} (tiếng Việt)"
runbook = """What to do first, and how to see that it worked."""
runbook_vi = """Việc cần làm đầu tiên, và cách nhận biết đã có kết quả."""
procedure = ["Confirm on site"]
procedure_vi = ["Xác minh tại hiện trường"]

[cause]
causes = ["power.outage"]
effects = ["traffic.signal_dark"]
same_asset = true
delay_min = 0
delay_max = 600
confidence = 0.8
'''
SCENARIO = '''"""{title}: one story in which the rule links, one in which it does not."""

import pytest

pytestmark = pytest.mark.skip("write both stories, then take this line away")


def test_{name}_links_cause_and_effect() -> None:
    raise AssertionError("a story in which the rule links")


def test_{name}_does_not_link_what_came_too_late() -> None:
    raise AssertionError("a story in which it does not")
'''
TEMPLATES = {
    "domain": {
        "city/domains/{name}.toml": DOMAIN,
        "city/procedures/{name}.toml": PROCEDURE,
        "schemas/samples/{name}.readings.json": SAMPLE,
        "tests/unit/domains/{name}.toml": CASES,
    },
    "rule": {"city/rules/{name}.toml": RULE, "tests/scenarios/test_{name}.py": SCENARIO},
}


def scaffold(what: str, name: str, root: Path) -> list[Path]:
    """Writes the files under `root` and gives them back; ValueError when the name is bad or one is there already."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name: small letters, digits and _, beginning with a letter")
    title = name.replace("_", " ").capitalize()
    files = {
        root / path.format(name=name): text.format(name=name, title=title) for path, text in TEMPLATES[what].items()
    }
    there = [path for path in files if path.exists()]
    if there:
        raise ValueError(f"{there[0]} is there already")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return list(files)


def main() -> None:
    """Prints what it wrote; exit code 1 and a sentence when it cannot."""
    if len(sys.argv) != 3 or sys.argv[1] not in TEMPLATES:
        sys.exit("usage: make domain name=flood, or make rule name=flooded_road")
    try:
        for path in scaffold(sys.argv[1], sys.argv[2], ROOT):
            print(path.relative_to(ROOT))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
