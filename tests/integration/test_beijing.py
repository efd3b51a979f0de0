"""Recorded air of Beijing: one smog incident, every real gap a silence; folded alone and on the real stack."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from city.backtest import Backtest
from city.enrich import Catalogue
from city.graph import Graph
from city.judge import Judge
from infra.cities.folder import layered, read_city, shipped
from schemas.cloudevents import decode_structured
from schemas.readings import Pack, Run
from schemas.times import to_ms
from services.cli.recordings import recorded
from tests.center import Center, running_center
from tests.contract.tree import ROOT
from tests.waiting import until

CITY = ROOT / "infra/cities/beijing-air"
FILE = CITY / "recordings/2016-12.csv"
SMOG = ("2016-12-16", "2016-12-22")


def gaps() -> int:
    """Runs of three and more missing values of one station and pollutant, counted in the file itself."""
    runs: Counter[tuple[str, str]] = Counter()
    found = 0
    with FILE.open() as file:
        for row in csv.DictReader(file):
            for pollutant in ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3"):
                key = (row["station"], pollutant)
                runs[key] = 0 if row[pollutant] else runs[key] + 1
                found += runs[key] == 3
    return found


def fold() -> list[dict[str, Any]]:
    folder = read_city(CITY)
    whole = layered(shipped(), folder)
    catalogue = Catalogue.build({folder.city.id: folder.city}, folder.assets, whole.domains, whole.limits)
    test = Backtest(catalogue, Graph(folder.assets, folder.relations.values()), whole.rules.values())
    judge = Judge(catalogue, 50_000)
    for one in recorded(FILE):
        now_ms = to_ms(one.at)
        taken = judge.accept(decode_structured(msgspec.json.encode(one.event)), now_ms)
        for (domain, zone), columns in taken.columns.items():
            run = Run(taken.source, taken.id, len(columns.names), now_ms, now_ms)
            test.pack(Pack(domain, zone, columns.names, columns.times, columns.values, [run]))
        test.tick(now_ms)
    return test.lines()


def test_the_recording_has_forty_five_gaps_of_three_hours() -> None:
    assert gaps() == 45


def test_folded_alone_the_smog_is_one_incident_and_every_gap_a_silence() -> None:
    lines = fold()
    smog = [one for one in lines if one["kind"] == "air.unhealthy" and overlaps(one["opened_at"], one["resolved_at"])]
    assert [one["root_asset"] for one in smog] == ["beijing-air"]
    assert len({signal["asset"] for signal in smog[0]["signals"]}) == 12
    assert sum(signal["kind"] == "sensor.silent" for one in lines for signal in one["signals"]) == gaps()


def overlaps(opened: str, resolved: str | None) -> bool:
    return opened < SMOG[1] and (resolved or "9999") > SMOG[0]


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    with running_center(tmp_path_factory.mktemp("beijing"), SOC_CITY=str(CITY)) as running:
        yield running


def every(center: Center, kind: str) -> list[dict[str, Any]]:
    """All incidents of a kind that were not merged away, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = center.get("/v1/incidents", limit=200, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page.get("next_cursor") or page.get("next") or page.get("cursor")
    return [one for one in found if one["kind"] == kind and not one["merged_into"]]


def silences(center: Center) -> int:
    found = every(center, "sensor.silent")
    signals = [one for incident in found for one in center.get(f"/v1/incidents/{incident['id']}/signals")["items"]]
    return len({one["id"] for one in signals if one["kind"] == "sensor.silent"})


def told(center: Center) -> int:
    """As `silences`, asked at once: whether waiting is over."""
    return len(center.get("/v1/signals", kind="sensor.silent", limit=1000)["items"])


def unresolved(center: Center) -> list[str]:
    """Air incidents that began before the smog ended and that the recorder's clock has not yet resolved."""
    early = [one for one in every(center, "air.unhealthy") if one["opened_at"] < SMOG[1]]
    return [one["id"] for one in early if one["resolved_at"] is None]


def test_on_the_real_stack_the_smog_is_one_incident_and_every_gap_a_silence(center: Center) -> None:
    sent = center.soc(
        "replay", str(Path(FILE)), "--speed", "max", "--url", center.url, "--key", center.key, seconds=240
    )
    assert sent.returncode == 0, sent.stderr
    assert "744 events taken, 0 refused" in sent.stderr
    until(lambda: told(center) >= gaps(), "every gap is a silence", seconds=240, every=0.5)
    assert silences(center) == gaps()
    until(lambda: not unresolved(center), "what ended before the smog's end is resolved", 60, every=1)
    smog = [one for one in every(center, "air.unhealthy") if overlaps(one["opened_at"], one["resolved_at"])]
    assert [one["root_asset"] for one in smog] == ["beijing-air"]
