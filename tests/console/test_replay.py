"""The past on the same screens: an hour, its changes, and a changed rule beside it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.scene import Network, incident_of, play, raised
from tests.console.screens import PHONE, opened, sign_in
from tests.waiting import until

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OVER = ("done", "failed", "cancelled")


@pytest.fixture(scope="module")
def outage(stack: Center) -> dict[str, Any]:
    """A feeder's trip with its effects, then acknowledged: three moments of one hour to look back at."""
    until(lambda: datetime.now(UTC).minute < 59, "a new hour, which it begins with", 70)
    network = Network(stack)
    feeder = network.feeders_with_signals()[15]
    play(stack, network.trip(feeder))
    found = incident_of(stack, feeder, 4)

    def acknowledged() -> dict[str, Any] | None:
        now = stack.get(f"/v1/incidents/{found['id']}")
        wish = {"command": "acknowledge", "version": now["version"]}
        answer = stack.http.post(f"/v1/incidents/{found['id']}/commands", json=wish)
        return answer.json() if answer.status_code == 200 else None

    return until(acknowledged, "the outage is acknowledged")


def hour(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y-%m-%dT%H")


def seek(page: Page, at: str) -> None:
    """Moves the slider to a moment, just after it."""
    moment = int(datetime.fromisoformat(at).timestamp() * 1000) + 1000
    page.locator("input[name=moment]").evaluate(
        "(slider, at) => { slider.value = at; slider.dispatchEvent(new Event('input', { bubbles: true })) }", moment
    )


def only(page: Page, incident: dict[str, Any]) -> Locator:
    """Its line in a list of nothing else: of a long list only a part is drawn."""
    page.locator("#search").fill(incident["root_asset"])
    return page.locator(f".rows [data-incident='{incident['id']}']")


def told(stack: Center, incident: str, kind: str) -> dict[str, Any]:
    """The first change of a kind."""
    found: list[dict[str, Any]] = stack.get(f"/v1/incidents/{incident}/timeline")["items"]
    return next(one for one in found if one["kind"] == kind)


def test_an_hour_is_shown_again_with_what_was_known_then(page: Page, stack: Center, outage: dict[str, Any]) -> None:
    first, last = (told(stack, outage["id"], kind) for kind in ("opened", "acknowledged"))
    sign_in(page, stack)
    page.goto(f"/#/replay/{hour(datetime.fromisoformat(first['at']))}")
    expect(page.get_by_test_id("play")).to_be_enabled(timeout=15_000)
    row = only(page, outage)
    expect(row).to_have_count(0)
    seek(page, last["at"])
    expect(row).to_contain_text("Đã xác nhận")
    row.click()
    expect(page.get_by_test_id("why").first).to_be_visible(timeout=15_000)
    expect(page.locator("[data-command]")).to_have_count(0)
    expect(page.get_by_text("Đang xem quá khứ, chỉ đọc.").last).to_be_visible()
    seek(page, (datetime.fromisoformat(first["at"]) - timedelta(seconds=3)).isoformat())
    expect(row).to_have_count(0)
    page.get_by_role("link", name="Về hiện tại").click()
    expect(row).to_be_visible()


def test_it_plays_pauses_and_steps_by_keyboard(page: Page, stack: Center, outage: dict[str, Any]) -> None:
    first = told(stack, outage["id"], "opened")
    sign_in(page, stack)
    page.goto(f"/#/replay/{hour(datetime.fromisoformat(first['at']))}")
    expect(page.get_by_test_id("play")).to_be_enabled(timeout=15_000)
    moment = page.get_by_test_id("moment")
    begin = moment.inner_text()
    page.keyboard.press("ArrowRight")
    expect(moment).to_contain_text(":01:00")
    page.keyboard.press(",")
    page.keyboard.press("ArrowLeft")
    expect(moment).to_have_text(begin)
    page.keyboard.press("]")
    expect(page.locator("select[name=speed]")).to_have_value("60")
    page.keyboard.press(" ")
    expect(page.get_by_test_id("play")).to_contain_text("Dừng")
    expect(moment).not_to_have_text(begin)
    page.keyboard.press(" ")
    expect(page.get_by_test_id("play")).to_contain_text("Phát")
    seek(page, (datetime.fromisoformat(first["at"]) - timedelta(seconds=3)).isoformat())
    page.keyboard.press(".")
    expect(page.locator(".rows [data-incident]").first).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("#detail-title")).not_to_have_text("Chi tiết")


def test_an_hour_that_is_not_over_ends_now_and_tells_what_came_meanwhile(
    page: Page, stack: Center, outage: dict[str, Any]
) -> None:
    sign_in(page, stack)
    now = datetime.now(UTC)
    page.goto(f"/#/replay/{hour(now)}")
    expect(page.get_by_test_id("play")).to_be_enabled(timeout=15_000)
    feeder = Network(stack).feeders_with_signals()[17]
    play(stack, [raised("power.outage", feeder, 5, "critical")])
    row = only(page, incident_of(stack, feeder))
    end = (now + timedelta(hours=1)).isoformat()

    def came() -> int | None:
        seek(page, end)
        return row.count() or None

    until(came, "what came is read too", 30)
    shown = datetime.strptime(page.get_by_test_id("moment").inner_text(), "%d/%m/%Y %H:%M:%S").replace(tzinfo=ZONE)
    assert now <= shown <= datetime.now(UTC) + timedelta(seconds=2)


def test_an_hour_that_cannot_be_read_shows_nothing_of_another_one(
    page: Page, stack: Center, outage: dict[str, Any]
) -> None:
    at = datetime.fromisoformat(outage["updated_at"])
    sign_in(page, stack)
    page.goto(f"/#/replay/{hour(at)}")
    expect(page.get_by_test_id("play")).to_be_enabled(timeout=15_000)
    seek(page, at.isoformat())
    expect(page.locator(".rows [data-incident]").first).to_be_visible()
    page.route("**/v1/changes*", lambda route: route.abort())
    page.get_by_role("button", name="Giờ trước").click()
    expect(page.locator(".replay [role=alert]")).to_contain_text("Máy chủ không trả lời")
    seek(page, (at - timedelta(minutes=30)).isoformat())
    expect(page.get_by_test_id("play")).to_be_disabled()
    assert page.locator(".list [data-incident]").count() == 0
    expect(page.locator(".list")).not_to_contain_text("Vào lúc đó")
    page.unroute("**/v1/changes*")
    page.locator(".replay [role=alert] button").click()
    expect(page.get_by_test_id("play")).to_be_enabled()
    page.goto("/#/replay/2020-01-01T05")
    expect(page.locator(".list")).to_contain_text("Vào lúc đó không có sự cố nào được ghi nhận.")


def test_a_changed_rule_stands_beside_the_hour(page: Page, stack: Center, outage: dict[str, Any]) -> None:
    """Without the rule by which dark signals belong to the outage, more than one incident would have opened."""
    links = stack.get(f"/v1/incidents/{outage['id']}/links")["items"]
    rule = next(one["rule"] for one in links if one["kind"] == "cause" and one["cause"] == outage["root_signal"])
    start = datetime.fromisoformat(outage["opened_at"]) - timedelta(minutes=1)
    wish = {"without": [rule], "from": start.isoformat(), "to": datetime.now(UTC).isoformat()}
    answer = stack.http.post("/v1/backtests", json=wish)
    assert answer.status_code == 202, answer.text
    path = f"/v1/backtests/{answer.json()['id']}"
    done = until(lambda: found if (found := stack.get(path))["state"] in OVER else None, "the backtest is over", 60)
    assert done["state"] == "done"
    sign_in(page, stack, "admin")
    page.goto(f"/#/replay/{hour(datetime.fromisoformat(outage['opened_at']))}")
    page.get_by_test_id("backtests").click()
    expect(page.locator("[data-difference]").filter(has_text=outage["title_vi"]).first).to_be_visible()
    expect(page.locator("aside")).to_contain_text(rule)
    assert violations(page) == []


def test_who_may_not_see_backtests_is_told(page: Page, stack: Center) -> None:
    sign_in(page, stack, "viewer")
    page.goto("/#/replay")
    page.get_by_test_id("backtests").click()
    expect(page.locator("aside [role=alert]")).to_contain_text("việc này cần một trong các vai trò")


def test_the_replay_works_on_a_phone_in_english_and_light(
    chromium: Browser, stack: Center, outage: dict[str, Any]
) -> None:
    context, page = opened(chromium, stack, PHONE)
    sign_in(page, stack)
    page.get_by_test_id("language").click()
    page.get_by_role("button", name="Light").click()
    last = told(stack, outage["id"], "acknowledged")
    page.goto(f"/#/replay/{hour(datetime.fromisoformat(last['at']))}")
    expect(page.get_by_role("heading", name="Replay")).to_be_visible()
    expect(page.get_by_test_id("play")).to_be_enabled(timeout=15_000)
    seek(page, last["at"])
    expect(only(page, outage)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert violations(page) == []
    context.close()
