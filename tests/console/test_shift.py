"""A shift at the console: the checklist, what is silenced, and the hand-over to the next one."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.scene import Network, incident_of, play, raised
from tests.console.screens import fill_when, opened, row, sign_in


@pytest.fixture(scope="module")
def outage(stack: Center) -> dict[str, str]:
    """An outage that nobody has touched."""
    feeder = Network(stack).of_kind("feeder")[-1]
    play(stack, [raised("power.outage", feeder, 30, "critical")])
    return incident_of(stack, feeder)


@pytest.fixture
def supervisor(chromium: Browser, stack: Center) -> Iterator[Page]:
    """The next shift at a desk of its own."""
    context, page = opened(chromium, stack)
    sign_in(page, stack, "admin")
    yield page
    context.close()


def test_a_step_of_the_checklist_is_ticked_with_a_name_and_taken_back(
    page: Page, stack: Center, outage: dict[str, str]
) -> None:
    sign_in(page, stack)
    row(page, outage["id"])
    step = page.get_by_test_id("procedure").locator("[data-step]").first
    step.click()
    expect(step).to_be_checked()
    expect(page.get_by_test_id("procedure").locator("label.done small")).to_contain_text("operator đã làm lúc")
    assert stack.get(f"/v1/incidents/{outage['id']}")["steps_done"] == 1
    expect(page.locator(f".rows [data-incident='{outage['id']}']")).to_contain_text("bước 1/")
    step.focus()
    page.keyboard.press("Space")
    expect(step).not_to_be_checked()
    expect(page.locator("[data-due]").first).to_contain_text("xác nhận")


def test_a_silence_is_previewed_begun_and_ended(page: Page, stack: Center, outage: dict[str, str]) -> None:
    sign_in(page, stack)
    page.locator("[data-screen=silences]").click()
    page.locator("input[name=asset]").fill("no-such-asset")
    expect(page.locator("form[aria-labelledby=silence-new] [role=status]")).to_contain_text("Không đối tượng nào")
    feeders = stack.get("/v1/assets", kind="feeder", limit=500)["items"]
    name = next(one["name_vi"] for one in feeders if one["id"] == outage["root_asset"])
    page.locator("input[name=asset]").fill(name)
    expect(page.locator("form[aria-labelledby=silence-new] [role=status]")).to_contain_text("1 tín hiệu trong 1 sự cố")
    page.locator("input[name=reason]").fill("Thử máy cắt")
    assert violations(page) == []
    page.get_by_role("button", name="Bắt đầu").click()
    silence = page.locator("[data-window]").filter(has_text="Thử máy cắt")
    expect(silence).to_have_attribute("data-state", "active")
    expect(silence).to_contain_text("1 tín hiệu đang được che", timeout=20_000)
    silence.locator("[data-do=end]").press("Enter")
    expect(silence).to_contain_text("sẽ báo ngay")
    page.keyboard.press("Enter")  # pressed twice it only asks, and leaves it
    expect(silence).not_to_contain_text("sẽ báo ngay")
    silence.locator("[data-do=end]").click()
    silence.locator("[data-do=sure]").click()
    expect(silence).to_have_count(0)


def test_works_are_announced_and_stand_on_the_calendar_until_they_are_cancelled(
    page: Page, stack: Center, outage: dict[str, str]
) -> None:
    sign_in(page, stack)
    page.locator("[data-screen=silences]").click()
    page.get_by_text("Báo trước công việc theo kế hoạch").click()
    page.locator("[name=works-asset]").fill(outage["root_asset"])
    page.locator("[name=works-reason]").fill("Thay máy biến áp")
    today = page.evaluate("new Date().toLocaleDateString('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh' })")
    later = (date.fromisoformat(today) + timedelta(days=7)).isoformat()
    fill_when(page, "works-from", later, "08:00")
    said = page.locator("label").filter(has=page.locator("[name=works-from]")).locator("output")
    expect(said).to_contain_text(f"{int(later[8:])} tháng {int(later[5:7])}")
    fill_when(page, "works-to", later, "07:00")
    expect(page.get_by_text("Kết thúc trước khi bắt đầu.")).to_be_visible()
    fill_when(page, "works-to", later, "24:30")
    expect(page.locator("[name=works-to-time]")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Báo trước")).to_be_disabled()
    fill_when(page, "works-to", later, "1200")
    expect(page.locator("[name=works-to-time]")).to_have_value("12:00")
    page.get_by_role("button", name="Báo trước").press("Enter")
    works = page.locator("[data-window]").filter(has_text="Thay máy biến áp")
    expect(works).to_have_attribute("data-state", "pending")
    (known,) = (one for one in stack.get("/v1/works")["items"] if one["reason"] == "Thay máy biến áp")
    assert known["from"] == f"{later}T01:00:00Z", "the city's clock, not the browser's"
    assert known["expected_effects"] == ["*"], "works that expect nothing would be listed only"
    line = page.locator(f"[data-line='{known['id']}']")
    expect(line).to_have_count(0)
    page.locator("[data-week=after]").press("Enter")
    expect(line).to_contain_text("08:00:00")
    page.locator("[data-range=month]").press("Enter")
    expect(page.locator("#calendar-title")).to_contain_text("Tháng 01/")
    expect(page.locator("thead th")).not_to_have_count(8)
    page.locator("[data-range=week]").press("Enter")
    assert violations(page) == []
    works.locator("[data-do=end]").press("Enter")
    works.locator("[data-do=sure]").press("Enter")
    expect(works).to_have_count(0)


def test_works_that_a_feed_announces_say_what_they_are(page: Page, stack: Center, outage: dict[str, str]) -> None:
    begin = datetime.now(UTC)
    end = begin + timedelta(minutes=30)
    data = {
        "kind": "roadworks",
        "assets": [outage["root_asset"]],
        "from": begin.isoformat(),
        "to": end.isoformat(),
        "expected_effects": ["traffic.slow"],
    }
    event = {"specversion": "1.0", "id": "works-1", "source": "/test/works", "type": "work.planned", "data": data}
    assert stack.post({**event, "time": begin.isoformat()}).json()["accepted"] == 1
    sign_in(page, stack)
    page.locator("[data-screen=silences]").click()
    known = page.locator("[data-window]").filter(has_text="Thi công đường")
    expect(known).to_have_count(1)
    name = known.get_attribute("data-window")
    expect(page.locator(f"[data-line='{name}']")).to_contain_text("Thi công đường")
    page.locator("[data-screen=handover]").click()
    page.locator("form button.primary").first.click()
    shown = page.get_by_test_id("snapshot")
    expect(shown).to_contain_text("Thi công đường")
    expect(shown).not_to_contain_text("roadworks")
    page.locator("[data-screen=silences]").click()
    known.locator("[data-do=end]").press("Enter")
    known.locator("[data-do=sure]").press("Enter")
    expect(known).to_have_count(0)


def test_a_shift_is_handed_over_and_another_person_accepts_it(
    page: Page, supervisor: Page, stack: Center, outage: dict[str, str]
) -> None:
    sign_in(page, stack)
    page.locator("[data-screen=handover]").click()
    page.locator("textarea[name=notes]").fill("Theo dõi lộ cuối")
    page.locator("form button.primary").first.click()
    snapshot = page.get_by_test_id("snapshot")
    expect(snapshot).to_contain_text("Người nhận phải là người khác.")
    expect(snapshot).to_contain_text(outage["title_vi"])
    assert violations(page) == []
    page.emulate_media(media="print")
    printed = page.get_by_test_id("printed")
    expect(printed).to_contain_text(re.compile(r"\d\d/\d\d/20\d\d"))
    assert page.locator("button:visible, form:visible, #handover-list:visible").count() == 0

    supervisor.goto("/#/handover")
    taken = supervisor.get_by_test_id("snapshot")
    expect(taken).to_contain_text("Theo dõi lộ cuối")
    taken.locator("input[name=note]").fill("Đã nhận")
    taken.locator("button.primary").click()
    expect(taken).to_contain_text("admin đã nhận lúc")
    taken.get_by_role("link", name=outage["title_vi"]).first.click()
    expect(supervisor.locator("#detail-title")).to_have_text(outage["title_vi"])
    assert stack.get("/v1/handovers")["items"][0]["accepted_by"] == "admin"


def test_the_hand_over_of_another_desk_is_read_and_not_accepted(page: Page, stack: Center) -> None:
    with httpx.Client(base_url=stack.url, headers={"Origin": stack.url}) as http:
        admin = {"user": "admin", "password": stack.credentials["users"]["admin"]}
        assert http.post("/v1/session", json=admin).status_code == 200
        turn = {"name": "tuan-ca", "password": "ten or more letters"}
        assert http.post("/v1/users", json=turn | {"role": "operator", "agency": "water"}).status_code == 201
        assert http.post("/v1/session", json={"user": turn["name"], "password": turn["password"]}).status_code == 200
        given = http.post("/v1/handovers", json={"notes": "bơm số 2"}).json()["id"]
    sign_in(page, stack)
    page.locator("[data-screen=handover]").click()
    line = page.locator(f"[data-handover='{given}']")
    expect(line).to_contain_text("Cấp thoát nước")
    expect(page.get_by_test_id("snapshot")).not_to_contain_text("bơm số 2")
    line.click()
    expect(page.get_by_test_id("snapshot")).to_contain_text("bơm số 2")
    expect(page.get_by_test_id("snapshot")).to_contain_text("Bàn giao của bàn trực Cấp thoát nước")
    expect(page.get_by_test_id("snapshot").locator("form")).to_have_count(0)
