"""The screen of duty: who is, when nobody is, and how turns are entered, changed and ended; endpoints for people."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.screens import PHONE, choose, fill_when, opened, sign_in
from tests.receiver import receiving

SAIGON = ZoneInfo("Asia/Ho_Chi_Minh")
NAME = "Phạm Thị Trực"


@pytest.fixture
def admin(page: Page, stack: Center) -> Page:
    for one in stack.get("/v1/duty")["items"]:
        stack.http.delete(f"/v1/duty/{one['id']}")
    sign_in(page, stack, "admin")
    choose(page, "duty")
    return page


def test_a_turn_is_entered_seen_now_and_in_the_week_changed_and_ended(admin: Page, stack: Center) -> None:
    watch = admin.locator("[data-watch=power]")
    expect(admin.get_by_text("Chưa có ca trực nào")).to_be_visible()
    expect(watch).to_have_count(0)
    assert violations(admin) == []
    admin.locator("[data-new=duty]").press("Enter")
    admin.locator("[name=duty-name]").fill(NAME)
    admin.locator("[name=duty-agency]").select_option("power")
    now = datetime.now(UTC).astimezone(SAIGON)
    begin = max(now - timedelta(hours=2), now.replace(hour=0, minute=0))  # yesterday's turn would be the week's eighth
    for name, when in (("duty-from", begin), ("duty-to", begin + timedelta(hours=6))):
        fill_when(admin, name, f"{when:%Y-%m-%d}", f"{when:%H:%M}")
    admin.locator("[name=duty-repeats]").select_option("FREQ=DAILY")
    admin.locator("[name=duty-phone]").fill("0901234567")
    admin.locator("[name=duty-phone]").press("Enter")
    expect(admin.locator("[name=duty-phone]")).to_have_attribute("aria-invalid", "true")
    expect(admin.get_by_role("alert")).to_contain_text("+84901234567")
    assert violations(admin) == []
    admin.locator("[name=duty-phone]").fill("+84901234567")
    admin.locator("[name=duty-phone]").press("Enter")
    expect(admin.get_by_text(f"Đã lưu ca trực của {NAME}.")).to_be_visible()
    expect(watch).to_contain_text(NAME)
    expect(watch).to_contain_text("Không ai trực từ")
    expect(admin.get_by_test_id("week").get_by_text(NAME)).to_have_count(7)
    (kept,) = stack.get("/v1/duty")["items"]
    assert (kept["repeats"], kept["agency"], kept["level"]) == ("FREQ=DAILY", "power", 1)
    line = admin.locator(f"[data-duty={kept['id']}]")
    expect(line).to_contain_text("hằng ngày")
    for place in (watch, line):  # a number, and no endpoint for messages
        expect(place).to_contain_text("chưa có kênh nào báo được")
    line.locator("[data-do=edit]").press("Enter")
    expect(admin.locator("[name=duty-from]")).to_have_value(f"{begin:%Y-%m-%d}")
    admin.locator("[name=duty-level]").select_option("2")
    admin.get_by_role("button", name="Lưu", exact=True).press("Enter")
    expect(watch).to_contain_text("Cấp 2")
    expect(watch).to_contain_text("Không ai trực, đến")  # level 2 is not told at once
    line.locator("[data-do=end]").press("Enter")
    line.locator("[data-do=sure]").press("Enter")
    expect(line).to_have_count(0)
    assert stack.get("/v1/duty")["items"] == []


def test_endpoints_for_people_are_registered_and_a_center_without_mail_says_how_it_gets_it(
    admin: Page, stack: Center
) -> None:
    choose(admin, "hooks")
    admin.get_by_text("Đăng ký địa chỉ nhận").click()
    admin.locator("[name=hook-form]").select_option("email")
    expect(admin.locator("[data-filter=kinds]")).to_contain_text("Quá hạn")
    admin.get_by_role("button", name="Đăng ký", exact=True).press("Enter")
    expect(admin.get_by_role("alert")).to_contain_text("SOC_SMTP_URL")
    admin.locator("[name=hook-form]").select_option("message")
    admin.locator("[name=hook-template]").fill("{")
    expect(admin.get_by_text("Mẫu không phải JSON.")).to_be_visible()
    admin.locator("[name=hook-template]").fill('{"to": "{phone}", "message": "{text}"}')
    admin.locator("[name=hook-to]").fill("+84901234567")
    assert violations(admin) == []
    with receiving() as gateway:
        admin.locator("[name=hook-url]").fill(gateway.url)
        admin.locator("[name=hook-description]").fill("SMS của tổ trực")
        admin.locator("[name=hook-description]").press("Enter")
        card = admin.locator("[data-endpoint]").filter(has_text="SMS của tổ trực")
        expect(card.locator("[data-do=rotate]")).to_have_count(0)
        card.locator("[data-do=test]").press("Enter")
        _, body = gateway.got.get(timeout=20)
        assert b"+84901234567" in body and "Tin thử".encode() in body
        card.locator("[data-do=deliveries]").press("Enter")
        trial = card.locator("[data-delivery]").filter(has_text="test-")  # incidents of other tests are told too
        expect(trial).to_have_attribute("data-state", "delivered")
        trial.locator("[data-do=look]").press("Enter")
        expect(card).to_contain_text("Đã đến: +84901234567")
    assert violations(admin) == []
    card.locator("[data-do=remove]").press("Enter")
    card.locator("[data-do=sure]").press("Enter")
    expect(card).to_have_count(0)


def test_it_is_read_in_english_light_and_on_a_phone_and_operators_change_nothing(
    chromium: Browser, stack: Center
) -> None:
    context, page = opened(chromium, stack, PHONE)
    sign_in(page, stack)
    page.get_by_test_id("language").click()
    page.get_by_role("button", name="Light").click()
    page.goto("/#/duty")
    expect(page.locator("#duty-roster")).to_have_text("Turns of duty")
    expect(page.locator("[data-new=duty]")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert violations(page) == []
    context.close()


def test_an_address_leads_to_its_incident(page: Page, stack: Center) -> None:
    now = datetime.now(UTC).isoformat()
    event = {"specversion": "1.0", "id": now, "source": "/test/duty", "type": "signal.raised", "time": now}
    stack.post({**event, "data": {"asset": "duty-feeder", "kind": "power.outage", "severity": "minor"}})
    sign_in(page, stack)
    line = page.locator(".rows [data-incident]").filter(has_text="duty-feeder")
    incident = line.get_attribute("data-incident")
    page.goto(f"/#/live/{incident}")
    expect(page.locator(".detail")).to_contain_text("Quy trình xử lý")
    expect(page.locator(".detail")).to_contain_text("duty-feeder")
