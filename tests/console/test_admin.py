"""The screens of administration and of agencies and integrators: people, keys, audit, webhooks."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center, free_port
from tests.console.screens import DESK, PHONE, opened, sign_in
from tests.console.test_figures import choose
from tests.console.test_live import violations

PERSON, PASSWORD = "thuy", "mua mua he xanh"


@pytest.fixture(scope="module", autouse=True)
def no_endpoint_is_left(stack: Center) -> Iterator[None]:
    yield
    for one in stack.get("/v1/webhooks")["items"]:
        stack.http.delete(f"/v1/webhooks/{one['id']}")


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
    expect(admin.get_by_role("alert")).to_contain_text("last admin")
    expect(line).to_contain_text("Quản trị viên")


def test_a_key_is_shown_once_and_revoked_and_the_audit_tells_of_it(admin: Page, stack: Center) -> None:
    admin.locator("[data-tab=keys]").press("Enter")
    admin.locator("[name=key-name]").fill("Màn hình phòng họp")
    admin.get_by_role("button", name="Tạo khóa").press("Enter")
    secret = admin.get_by_test_id("secret").input_value()
    assert re.fullmatch(r"soc_\S{30,}", secret)
    assert violations(admin) == []
    admin.get_by_role("button", name="Đã lưu").click()
    expect(admin.get_by_test_id("secret")).to_have_count(0)
    line = admin.locator("[data-key]").filter(has_text="Màn hình phòng họp")
    line.locator("[data-do=ask]").press("Enter")
    line.locator("[data-do=revoke]").press("Enter")
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


def test_an_endpoint_is_registered_told_and_told_again(admin: Page, stack: Center) -> None:
    choose(admin, "hooks")
    admin.get_by_text("Đăng ký địa chỉ nhận").click()
    admin.locator("[name=hook-url]").fill("ftp://127.0.0.1/")
    admin.get_by_role("button", name="Đăng ký", exact=True).press("Enter")
    expect(admin.locator("[name=hook-url]")).to_have_attribute("aria-invalid", "true")
    admin.locator("[name=hook-url]").fill(f"http://127.0.0.1:{free_port()}/hook")
    admin.locator("[name=hook-description]").fill("Sở Xây dựng")
    admin.locator("[name=hook-severity]").fill("critical, awful")
    admin.get_by_role("button", name="Đăng ký", exact=True).press("Enter")
    expect(admin.locator("[name=hook-severity]")).to_have_attribute("aria-invalid", "true")
    admin.locator("[name=hook-severity]").fill("critical, major")
    assert violations(admin) == []
    admin.get_by_role("button", name="Đăng ký", exact=True).press("Enter")
    assert admin.get_by_test_id("secret").input_value().startswith("whsec_")
    card = admin.locator("[data-endpoint]").filter(has_text="Sở Xây dựng")
    expect(card).to_contain_text("severity: critical, major")
    card.locator("[data-do=test]").press("Enter")
    expect(card.get_by_text("Đang gửi thử")).to_be_visible()
    card.locator("[data-do=deliveries]").press("Enter")
    told = card.locator("[data-delivery]").first
    told.locator("[data-do=look]").press("Enter")
    expect(card.locator("pre")).to_contain_text("center.test")
    assert violations(admin) == []
    told.locator("[data-do=again]").press("Enter")
    expect(
        card.get_by_role("status").or_(card.get_by_role("alert")).filter(has_text=re.compile(r"\S")).first
    ).to_be_visible()
    card.locator("[data-do=disable]").press("Enter")
    expect(card).to_contain_text("tắt từ")
    card.locator("[data-do=rotate]").press("Enter")
    card.locator("[data-do=sure]").press("Enter")
    expect(admin.get_by_test_id("secret")).to_be_visible()
    card.locator("[data-do=remove]").press("Enter")
    card.locator("[data-do=sure]").press("Enter")
    expect(card).to_have_count(0)


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
