"""Rules and dashboards name only metrics that exist, say what to do in both languages, and fit the scrape."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from infra.embedded.plan import MODULES
from tests.contract.exported import exported, faults, left, selectors
from tests.contract.tree import ROOT

GRAFANA = ROOT / "infra/grafana"
KNOWN = exported()
BOARDS = sorted((GRAFANA / "dashboards").glob("*.json"))
TEXTS = ("summary", "description")
LABEL = re.compile(r"\$labels\.(\w+)")
LEGEND = re.compile(r"\{\{(\w+)\}\}")


def read(name: str) -> Any:
    return yaml.safe_load((GRAFANA / name).read_text())


RULES: list[dict[str, Any]] = [rule for group in read("rules.yml")["groups"] for rule in group["rules"]]


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in BOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            yield f"{path.stem}: {panel['title']}", panel


PANELS = dict(panels())


def anchors(page: str) -> set[str]:
    """Of the headings of a page, as sites for code make them."""
    headings = re.findall(r"^#+ (.+)$", page, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(page: str, anchor: str) -> str:
    """What stands below a heading, up to the next one."""
    for part in re.split(r"^#+ ", page, flags=re.M):
        heading, _, body = part.partition("\n")
        if anchors(f"# {heading}") == {anchor}:
            return body
    return ""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_rule_names_what_exists(rule: dict[str, Any]) -> None:
    assert faults(rule["expr"], KNOWN) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_rule_is_told_in_both_languages_with_labels_that_are_left(rule: dict[str, Any]) -> None:
    told = rule["annotations"]
    assert rule["labels"]["severity"] in ("critical", "warning") and rule["for"]
    for name in TEXTS:
        assert told[name] and told[f"{name}_vi"] and told[name] != told[f"{name}_vi"]
        assert set(LABEL.findall(told[name])) == set(LABEL.findall(told[f"{name}_vi"])) <= left(rule["expr"])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_every_rule_leads_to_the_section_that_says_what_to_do(rule: dict[str, Any]) -> None:
    path, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert rule["alert"] in section((ROOT / path).read_text(), anchor)


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [rule["alert"] for rule in RULES]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("name", PANELS)
def test_every_panel_asks_for_what_exists_and_has_a_unit(name: str) -> None:
    panel = PANELS[name]
    assert panel["targets"] and panel["fieldConfig"]["defaults"]["unit"]
    for target in panel["targets"]:
        assert faults(target["expr"], KNOWN) == []
        assert set(LEGEND.findall(target["legendFormat"])) <= left(target["expr"])
        assert target["datasource"]["uid"] == read("provisioning/datasources/prometheus.yml")["datasources"][0]["uid"]


@pytest.mark.parametrize("path", BOARDS, ids=lambda path: path.stem)
def test_every_dashboard_is_one_of_its_own_whose_panels_do_not_cover_each_other(path: Any) -> None:
    boards = [json.loads(one.read_text()) for one in BOARDS]
    assert len({board["uid"] for board in boards}) == len({board["title"] for board in boards}) == len(boards) >= 2
    shown = json.loads(path.read_text())["panels"]
    assert len({panel["id"] for panel in shown}) == len(shown)
    cells = [
        (place["x"] + x, place["y"] + y)
        for place in (panel["gridPos"] for panel in shown)
        for x in range(place["w"])
        for y in range(place["h"])
    ]
    assert len(set(cells)) == len(cells) and max(x for x, _ in cells) < 24


def test_every_metric_of_the_center_is_on_a_dashboard() -> None:
    shown = {one.name for panel in PANELS.values() for target in panel["targets"] for one in selectors(target["expr"])}
    ours = {name for name in KNOWN if name.startswith("soc_") and not name.endswith(("_sum", "_count"))}
    assert ours - shown == set()


def test_the_scrape_finds_every_process_where_it_is_started() -> None:
    """`metrics_port` is the first of consecutive ones (infra/embedded/plan.py); of the API its own port tells all."""
    (job,) = read("prometheus.yml")["scrape_configs"]
    compose = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())["services"]["center"]["environment"]
    first = int(compose["SOC_METRICS_PORT"])
    ports = {name: first + number for number, name in enumerate(MODULES)} | {"api": int(compose["SOC_HTTP_PORT"])}
    scraped = {one["labels"]["process"]: one["targets"] for one in job["static_configs"]}
    assert scraped == {name: [f"center:{port}"] for name, port in ports.items() if name != "simulator"}


def test_what_is_provisioned_lies_where_compose_mounts_it() -> None:
    services = yaml.safe_load((ROOT / "infra/compose.yaml").read_text())["services"]
    mounts = [volume.split(":") for name in ("prometheus", "grafana") for volume in services[name]["volumes"]]
    inside = {target: ROOT / "infra" / source for source, target, *_ in mounts if source.startswith("./")}
    assert all(path.exists() for path in inside.values())
    (provider,) = read("provisioning/dashboards/center.yml")["providers"]
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert inside[provider["options"]["path"]] == GRAFANA / "dashboards"
    assert (GRAFANA / "dashboards" / home.rsplit("/", 1)[1]).is_file()
    for name in ("prometheus", "grafana"):
        assert re.search(r":v?\d+\.\d+\.\d+$", services[name]["image"]) and services[name]["profiles"] == ["monitoring"]


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("sum(rate(soc_reedings_total[5m]))", "no metric soc_reedings_total"),
        ('soc_ready{stage="detect"}', "soc_ready has no stage"),
        ("sum by (stage) (soc_ready)", "nothing to group by stage"),
        ("max by (route) (rate(soc_api_request_seconds_bucket[5m]) * soc_outbox_rows)", "nothing to group by route"),
    ],
)
def test_the_guard_of_names_sees_what_nobody_exports(expression: str, fault: str) -> None:
    assert faults(expression, KNOWN) == [fault]


def test_the_guard_of_sections_sees_an_anchor_that_leads_nowhere() -> None:
    page = "# A\n## A server is away, or two\nServerAway\n## B\n"
    assert section(page, "a-server-is-away-or-two") == "ServerAway\n"
    assert section(page, "a-server-is-gone") == ""
