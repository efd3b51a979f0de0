"""The screens of administration and of agencies and integrators: people, keys, audit, webhooks."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from standardwebhooks import Webhook

from tests.center import Center, free_port
from tests.console.axe import violations
from tests.console.screens import DESK, PHONE, choose, fill_when, opened, sign_in
from tests.receiver import Receiver, receiving

PERSON, PASSWORD = "thuy", "mua mua he xanh"


@pytest.fixture(scope="module", autouse=True)
def no_endpoint_is_left(stack: Center) -> Iterator[None]:
    yield
    for one in stack.get("/v1/webhooks")["items"]:
        stack.http.delete(f"/v1/webhooks/{one['id']}")


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
def admin(page: Page, stack: Center) -> Page:
    sign_in(page, stack, "admin")
    choose(page, "admin")
    return page


def test_a_person_is_added_signs_in_and_is_shut_out(admin: Page, chromium: Browser, stack: Center) -> None:
    expect(admin.locator("[data-user=operator]")).to_contain_text("Trực ban")
    admin.locator("[data-new=user]").press("Enter")
    admin.locator("[name=user-name]").fill("operator")
    admin.locator("[name=user-password]").fill(PASSWORD)
    admin.get_by_role("button", name="Thêm", exact=True).click()
    expect(admin.get_by_role("alert")).to_contain_text("operator")
    expect(admin.locator("[name=user-name]")).to_have_attribute("aria-invalid", "true")
    admin.locator("[name=user-name]").fill(PERSON)
    admin.locator("[name=user-role]").select_option("viewer")
    assert violations(admin) == []
    admin.locator("[name=user-password]").press("Enter")
    expect(admin.get_by_text(f"{PERSON} được đăng nhập.")).to_be_visible()
    stack.credentials["users"][PERSON] = PASSWORD
    context, theirs = opened(chromium, stack, DESK)
    sign_in(theirs, stack, PERSON)
    theirs.goto("/#/admin")
    expect(theirs.get_by_text("dành cho quản trị viên")).to_be_visible()
    expect(theirs.locator("[data-screen=admin]")).to_have_count(0)
    line = admin.locator(f"[data-user={PERSON}]")
    line.get_by_role("button").press("Enter")
    admin.locator("[data-do=out]").click()
    expect(line).to_contain_text("bị khóa")
    theirs.reload()
    expect(theirs.locator("input[name=user]")).to_be_visible()
    context.close()


def test_the_last_admin_is_told_that_he_must_stay(admin: Page) -> None:
    line = admin.locator("[data-user=admin]")
    line.get_by_role("button").click()
    admin.locator("[name=user-role]").select_option("viewer")
    admin.get_by_role("button", name="Lưu").click()
    expect(admin.get_by_role("alert")).to_contain_text("quản trị viên cuối cùng")
    expect(line).to_contain_text("Quản trị viên")


def test_a_key_is_shown_once_and_revoked_and_the_audit_tells_of_it(admin: Page, stack: Center) -> None:
    made = stack.soc("keys", "create", "Điều độ nước", "--role", "viewer", "--agency", "water")
    assert made.returncode == 0, made.stderr
    assert re.search(r"viewer +water +Điều độ nước", stack.soc("keys", "list").stdout)
    admin.locator("[data-tab=keys]").press("Enter")
    expect(admin.locator("[data-key]").filter(has_text="Điều độ nước")).to_contain_text("Cấp thoát nước")
    admin.locator("[name=key-name]").fill("Màn hình phòng họp")
    admin.locator("[name=key-agency]").select_option("power")
    admin.get_by_role("button", name="Tạo khóa").press("Enter")
    secret = admin.get_by_test_id("secret").input_value()
    assert re.fullmatch(r"soc_\S{30,}", secret)
    assert violations(admin) == []
    admin.get_by_role("button", name="Đã lưu").click()
    expect(admin.get_by_test_id("secret")).to_have_count(0)
    line = admin.locator("[data-key]").filter(has_text="Màn hình phòng họp")
    expect(line).to_contain_text("Điện lực")
    line.locator("[data-do=revoke]").press("Enter")
    expect(line.get_by_role("button", name="Thôi")).to_be_focused()
    line.locator("[data-do=sure]").press("Enter")
    expect(line).to_have_count(0)
    admin.locator("[data-tab=audit]").press("Enter")
    admin.locator("[name=action]").fill("key.")
    admin.get_by_role("button", name="Tìm").press("Enter")
    expect(admin.locator("[data-deed='key.revoked']").first).to_contain_text("Màn hình phòng họp")
    expect(admin.locator("[data-deed]:not([data-deed^='key.'])")).to_have_count(0)
    assert violations(admin) == []
    with admin.expect_download() as table:
        admin.get_by_role("link", name="Dạng CSV").click()
    assert "key.made" in table.value.path().read_text()


def card_of(page: Page, name: str) -> Locator:
    """The endpoint of this name."""
    return page.locator("[data-endpoint]").filter(has_text=name)


def tick(form: Page | Locator, name: str, *values: str) -> None:
    """Opens a filter and ticks in it, by keyboard."""
    form.locator(f"[data-filter={name}] summary").press("Enter")
    for value in values:
        form.locator(f"[name=hook-{name}][value='{value}']").press("Space")


def register(page: Page, url: str, agency: str | None = None) -> None:
    """Through the form, which says first what is wrong."""
    page.get_by_text("Đăng ký địa chỉ nhận").click()
    page.locator("[name=hook-url]").fill("ftp://192.0.2.1/")
    page.get_by_role("button", name="Đăng ký", exact=True).press("Enter")
    expect(page.locator("[name=hook-url]")).to_have_attribute("aria-invalid", "true")
    page.locator("[name=hook-url]").fill(url)
    page.locator("[name=hook-description]").fill("Sở Xây dựng")
    if agency:
        page.locator("[name=hook-agency]").select_option(agency)
    tick(page, "severity", "critical", "major")
    tick(page, "kinds", "opened", "resolved")
    assert violations(page) == []
    page.get_by_role("button", name="Đăng ký", exact=True).press("Enter")


def test_an_endpoint_is_registered_told_and_told_again(admin: Page, receiver: Receiver) -> None:
    choose(admin, "hooks")
    register(admin, receiver.url, "water")
    expect(admin.get_by_test_id("secret")).to_be_focused()
    secret = admin.get_by_test_id("secret").input_value()
    card = card_of(admin, "Sở Xây dựng")
    expect(card).to_contain_text("Mức độ: Nghiêm trọng, Lớn")
    expect(card).to_contain_text("Chỉ phần của")
    expect(card).to_contain_text("Loại thay đổi: Mở sự cố, Đã khắc phục")
    card.locator("[data-do=test]").press("Enter")
    expect(card.get_by_text("Đang gửi thử")).to_be_visible()
    expect(card.locator("[data-do=test]")).to_be_focused()
    headers, body = receiver.got.get(timeout=20)
    assert Webhook(secret).verify(body, headers)["type"] == "center.test"
    card.locator("[data-do=deliveries]").press("Enter")
    told = card.locator("[data-delivery]").filter(has_text="test-")
    expect(told).to_have_attribute("data-state", "delivered")
    expect(told).to_contain_text("204")
    told.locator("[data-do=look]").press("Enter")
    expect(card.locator("pre")).to_contain_text("center.test")
    assert violations(admin) == []
    told.locator("[data-do=again]").press("Enter")
    assert receiver.got.get(timeout=20)[0]["webhook-id"] == headers["webhook-id"]
    expect(told).to_have_attribute("data-state", "delivered")
    fill_when(card, "again-since", "2026-01-01", "0:00")
    card.locator("form").get_by_role("button", name="Gửi lại").press("Enter")
    assert receiver.got.get(timeout=20)[0]["webhook-id"] == headers["webhook-id"]
    card.locator("[name=delivery-state]").select_option("failed")
    expect(told).to_have_count(0)
    card.locator("[data-do=disable]").press("Enter")
    expect(card).to_contain_text("admin đã tắt")
    expect(card.locator("form").get_by_role("button", name="Gửi lại")).to_be_disabled()
    card.locator("[data-do=rotate]").press("Enter")
    card.locator("[data-do=sure]").press("Enter")
    fresh = admin.get_by_test_id("secret")
    expect(fresh).not_to_have_value(secret)
    expect(fresh).to_be_focused()
    secret = fresh.input_value()
    admin.get_by_text("Đăng ký địa chỉ nhận").click()
    admin.locator("[name=hook-form]").select_option("message")
    admin.locator("[name=hook-url]").fill(receiver.url)
    admin.get_by_role("button", name="Đăng ký", exact=True).press("Enter")
    expect(card_of(admin, "Tin nhắn")).to_be_visible()
    expect(fresh).to_have_value(secret)
    card.locator("[data-do=remove]").press("Enter")
    card.locator("[data-do=sure]").press("Enter")
    expect(card).to_have_count(0)


def test_an_endpoint_that_does_not_answer_says_what_waits(admin: Page, stack: Center, receiver: Receiver) -> None:
    wish = {"url": receiver.url, "description": "Tổ trực", "filters": {"agency": ["power"]}}
    assert stack.http.post("/v1/webhooks", json=wish).status_code == 201
    choose(admin, "hooks")
    card = card_of(admin, "Tổ trực")
    card.locator("[data-do=edit]").press("Enter")
    expect(card.locator("[data-filter=agency] summary")).to_contain_text("Điện lực")
    area = next(one for one in stack.get("/v1/areas")["items"] if len(one["zones"]) > 1)
    tick(card, "zone", *area["zones"][:1])
    card.locator("[name=hook-area]").select_option(area["id"])
    expect(card.locator("[name=hook-zone]:checked")).to_have_count(len(area["zones"]))
    tick(card, "domain", "power", "air")
    card.locator("[name=hook-domain][value=air]").press("Space")
    card.locator("[name=hook-url]").fill(f"http://127.0.0.1:{free_port()}/")
    assert violations(admin) == []
    card.locator("[name=hook-url]").press("Enter")
    expect(card).to_contain_text("Đã lưu thay đổi.")
    kept = next(one for one in stack.get("/v1/webhooks")["items"] if one["description"] == "Tổ trực")["filters"]
    assert kept == {"agency": ["power"], "domain": ["power"], "zone": kept["zone"]}
    assert sorted(kept["zone"]) == sorted(area["zones"])
    card.locator("[data-do=test]").press("Enter")
    expect(card.locator("[data-waiting='1']")).to_be_visible()
    card.locator("[data-do=deliveries]").press("Enter")
    tested = card.locator("[data-delivery]").filter(has_text="test-")
    expect(tested).to_have_attribute("data-state", "waiting")
    expect(tested).to_contain_text("Connect")
    admin.locator("[data-tab=agencies]").press("Enter")
    expect(admin.locator("[data-agency=power]")).to_contain_text("Tổ trực")
    assert violations(admin) == []


def test_an_endpoint_says_which_of_its_filters_the_city_does_not_have(admin: Page, stack: Center) -> None:
    wish = {"url": "http://127.0.0.1:9/", "description": "Báo cáo", "filters": {"domain": ["power", "tides"]}}
    assert stack.http.post("/v1/webhooks", json=wish).status_code == 201
    choose(admin, "hooks")
    mark = card_of(admin, "Báo cáo").locator("[data-unknown]")
    expect(mark).to_have_text("▲ Không có trong thành phố: Lĩnh vực: tides")
    assert violations(admin) == []
    card = card_of(admin, "Báo cáo")
    card.locator("[data-do=edit]").press("Enter")
    tick(card, "domain", "tides")
    card.locator("[name=hook-url]").press("Enter")
    expect(mark).to_have_count(0)


def test_the_bar_is_no_wider_than_a_page_of_1280(admin: Page) -> None:
    for width in (1280, 1100):
        admin.set_viewport_size({"width": width, "height": 800})
        choose(admin, "hooks")
        assert admin.evaluate("document.documentElement.scrollWidth") <= width


def test_an_edit_of_an_endpoint_leaves_what_another_changed_meanwhile(admin: Page, stack: Center) -> None:
    wish = {"url": "http://127.0.0.1:9/", "description": "Ca đêm", "filters": {"severity": ["major"]}}
    made = stack.http.post("/v1/webhooks", json=wish).json()
    choose(admin, "hooks")
    card = card_of(admin, "Ca đêm")
    card.locator("[data-do=edit]").press("Enter")
    card.locator("[name=hook-description]").fill("Ca đêm 2")
    theirs = {"filters": {"severity": ["critical"]}, "url": "http://127.0.0.1:9/theirs"}
    assert stack.http.patch(f"/v1/webhooks/{made['id']}", json=theirs).status_code == 200
    card.locator("[name=hook-description]").press("Enter")
    expect(card_of(admin, "Ca đêm 2")).to_be_visible()
    now = stack.get(f"/v1/webhooks/{made['id']}")
    assert (now["description"], now["filters"], now["url"]) == ("Ca đêm 2", *theirs.values())


def test_both_are_read_in_english_light_and_on_a_phone(chromium: Browser, stack: Center) -> None:
    context, page = opened(chromium, stack, PHONE)
    sign_in(page, stack, "admin")
    page.get_by_test_id("language").click()
    page.get_by_role("button", name="Light").click()
    for address, title in (
        ("admin/users", "People"),
        ("admin/keys", "Keys"),
        ("admin/audit", "Audit"),
        ("hooks/webhooks", "Webhooks"),
        ("hooks/agencies", "Agencies"),
    ):
        page.goto(f"/#/{address}")
        expect(page.locator(".page h3").first).to_have_text(title)
        expect(page.get_by_text("Loading")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], address
        assert violations(page) == [], address
    context.close()


def test_a_supervisor_of_an_agency_has_webhooks_of_his_own_and_nothing_of_the_whole_city(
    chromium: Browser, stack: Center, receiver: Receiver
) -> None:
    hook = {"url": receiver.url, "description": "Tổ trực"}
    assert stack.http.post("/v1/webhooks", json=hook).status_code == 201
    stack.soc("users", "add", "dung", "--role", "supervisor", "--agency", "water", "--password", PASSWORD)
    stack.credentials["users"]["dung"] = PASSWORD
    context, page = opened(chromium, stack, DESK)
    sign_in(page, stack, "dung")
    expect(page.locator("[data-screen=admin]")).to_have_count(0)
    for address in ("admin", "rules/rules"):
        page.goto(f"/#/{address}")
        expect(page.get_by_text("liên quan đến toàn thành phố")).to_be_visible()
    expect(page.locator("[data-new]")).to_have_count(0)
    page.goto("/#/sources/letters")
    expect(page.locator("[data-tab=sensors]")).to_be_visible()
    expect(page.locator("[data-tab=letters]")).to_have_count(0)
    choose(page, "hooks")
    expect(page.get_by_text("Chưa có địa chỉ nào")).to_be_visible()
    register(page, receiver.url)
    expect(page.locator("[name=hook-agency]")).to_have_count(0)
    expect(card_of(page, "Sở Xây dựng")).to_contain_text("Chỉ phần của")
    assert violations(page) == []
    context.close()
