"""The list at work: several incidents at once, groups, saved views, and what a search finds."""

import pytest
from playwright.sync_api import Page, expect

from tests.center import Center
from tests.console.scene import Network, incident_of, play, raised
from tests.console.screens import sign_in
from tests.waiting import until


@pytest.fixture(scope="module")
def mains(stack: Center) -> list[dict[str, str]]:
    """Four bursts that have nothing to do with each other."""
    names = Network(stack).of_kind("water_main")[-12::3]
    play(stack, [raised("water.burst", name, 60 + number) for number, name in enumerate(names)])
    return [incident_of(stack, name) for name in names]


def acknowledged(stack: Center, incidents: list[dict[str, str]]) -> bool:
    """Whether the server has it from the operator for each of them."""
    found = [stack.get(f"/v1/incidents/{one['id']}")["acknowledged_by"] for one in incidents]
    return found == ["operator"] * len(incidents)


def test_several_are_acknowledged_by_mouse_and_by_keyboard(
    page: Page, stack: Center, mains: list[dict[str, str]]
) -> None:
    sign_in(page, stack)
    page.locator("#search").fill("vo ong")
    for one in mains[:2]:
        page.locator(f"[data-pick='{one['id']}']").check()
    page.locator("[data-together=acknowledge]").click()
    expect(page.locator("[data-together]")).to_have_count(0)
    assert acknowledged(stack, mains[:2])

    for one in mains[2:]:
        page.locator("#search").fill(one["id"])
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.keyboard.press("a")
    expect(page.locator("[data-together]")).to_have_count(0)
    until(lambda: acknowledged(stack, mains[2:]), "two more are acknowledged", 10)


def test_what_changed_meanwhile_stays_picked_and_is_told(
    page: Page, stack: Center, mains: list[dict[str, str]]
) -> None:
    feeder = Network(stack).of_kind("feeder")[-2]
    play(stack, [raised("power.outage", feeder, 30, "critical")])
    incident = incident_of(stack, feeder)
    sign_in(page, stack)
    page.locator("#search").fill(incident["id"])
    page.locator(f"[data-pick='{incident['id']}']").check()

    def after_somebody_else(route: object) -> None:
        version = stack.get(f"/v1/incidents/{incident['id']}")["version"]
        stack.http.post(
            f"/v1/incidents/{incident['id']}/commands", json={"command": "note", "note": "?", "version": version}
        )
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/v1/incidents/commands", after_somebody_else, times=1)
    page.locator("[data-together=acknowledge]").click()
    expect(page.locator(".picks [role=status]")).to_contain_text("1 sự cố chưa xác nhận được")
    expect(page.locator(f"[data-pick='{incident['id']}']")).to_be_checked()
    page.locator("[data-together=acknowledge]").click()
    expect(page.locator("[data-together]")).to_have_count(0)


def test_a_saved_view_brings_filter_and_groups_back_after_a_reload(
    page: Page, stack: Center, mains: list[dict[str, str]]
) -> None:
    sign_in(page, stack)
    page.locator(".filters summary").click()
    page.locator("select[name=owner]").select_option("nobody")
    page.locator("select[name=grouping]").select_option("domain")
    page.get_by_role("group", name="Lĩnh vực").get_by_role("button", name="Cấp nước").click()
    expect(page.locator(".rows .group")).to_have_count(1)
    expect(page.locator(".rows .group")).to_contain_text("Cấp nước")
    page.locator("input[name=view]").fill("Nước")
    page.keyboard.press("Enter")
    page.reload()
    expect(page.locator(".rows li").first).to_be_visible(timeout=15_000)
    page.locator(".filters summary").click()
    page.locator("[data-view='Nước']").click()
    expect(page.locator(".rows .group")).to_contain_text("Cấp nước")
    expect(page.locator("select[name=owner]")).to_have_value("nobody")


def test_a_search_knows_the_names_of_zones(page: Page, stack: Center, mains: list[dict[str, str]]) -> None:
    incident = mains[0]
    zone = stack.get(f"/v1/assets/{incident['zones'][0]}")
    sign_in(page, stack)
    page.locator("#search").fill(zone["name_vi"])
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_be_visible()


def test_a_viewer_cannot_pick(page: Page, stack: Center, mains: list[dict[str, str]]) -> None:
    sign_in(page, stack, "viewer")
    expect(page.locator(".rows li").first).to_be_visible()
    expect(page.locator("[data-pick]")).to_have_count(0)
