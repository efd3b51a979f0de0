"""The screen of rules and limits: read in words, edited as forms, tried on the past, put into force, taken back."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.screens import DESK, PHONE, choose, opened, sign_in

CONDITION = "waste.leachate_near_the_rim"
"""Nothing here measures leachate: whatever it says disturbs no other lane."""
RULE = "noise_from_one_place"


@pytest.fixture(scope="module", autouse=True)
def other(stack: Center) -> Iterator[httpx.Client]:
    """Another editor; whatever these tests leave edited is taken back in the end."""
    with httpx.Client(base_url=stack.url) as http:
        answer = http.post("/v1/session", json={"user": "admin", "password": stack.credentials["users"]["admin"]})
        assert answer.status_code == 200, answer.text
        yield http
        for one in stack.get("/v1/edits")["items"]:
            assert http.delete(f"/v1/{one['name']}/{one['id']}").status_code == 200


@pytest.fixture
def editor(page: Page, stack: Center) -> Page:
    sign_in(page, stack, "admin")
    choose(page, "rules")
    return page


def condition(stack: Center) -> dict[str, Any]:
    found: dict[str, Any] = stack.get(f"/v1/conditions/{CONDITION}")
    return found


def edit(page: Page) -> None:
    """Opens the form of the condition."""
    page.goto(f"/#/rules/conditions%2F{CONDITION}")
    page.locator("[data-do=edit]").press("Enter")


def back(page: Page) -> None:
    """Takes the edit back, which asks first."""
    page.locator("[data-do=back]").press("Enter")
    page.locator("[data-do=sure]").press("Enter")


def test_everybody_reads_a_rule_in_words_and_viewers_edit_nothing(page: Page, stack: Center) -> None:
    sign_in(page, stack, "viewer")
    choose(page, "rules")
    expect(page.get_by_text("Chỉ trưởng ca và quản trị viên được sửa.")).to_be_visible()
    page.get_by_role("searchbox").fill("mat dien lam ngung")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("[data-row=outage_darkens]").press("Enter")
    expect(page.locator("#row-title")).to_be_focused()
    said = page.locator("article .said")
    expect(said).to_contain_text("Mất điện gây ra đèn tín hiệu tắt, bơm ngừng hoặc mất điện")
    expect(said).to_contain_text("theo “cấp điện cho” (1–8 chặng)")
    expect(page.locator("[data-do=edit], [data-new]")).to_have_count(0)
    assert violations(page) == []
    page.get_by_test_id("language").click()
    expect(said).to_contain_text("Power outage causes traffic signal dark")
    page.get_by_test_id("related").locator("summary").click()
    page.get_by_role("link", name="Lamps draw no current").click()
    expect(said).to_contain_text("Lamp current below")
    page.locator("[data-tab=limits]").press("Enter")
    permit = page.locator("[data-row^='effluent.cod@outfall-vsip-1/']")
    expect(permit).to_contain_text(re.compile(r"COD of effluent.* · Demo permit"))
    page.get_by_role("searchbox").fill("QCVN 05")
    page.locator("[data-row]").first.click()
    expect(page.locator("article")).to_contain_text("QCVN 05:2023/BTNMT")
    page.goto("/#/rules/rules%2Fno_such_rule")
    expect(page.get_by_role("alert")).to_contain_text("no_such_rule")


def test_a_condition_is_put_into_force_and_taken_back(editor: Page, stack: Center, other: httpx.Client) -> None:
    before = condition(stack)
    edit(editor)
    expect(editor.locator("[data-do=save]")).to_be_disabled()
    editor.locator("[data-do=leave]").click()
    editor.locator("[data-do=switch]").press("Enter")
    expect(editor.locator("[name='enabled']")).not_to_be_checked()
    editor.locator("[name='enabled']").check()
    editor.locator("[name='for']").fill(str(before["for"] + 120))
    expect(editor.get_by_text("1 trường khác với bản đang có hiệu lực")).to_be_visible()
    editor.locator("[data-do=save]").press("Enter")
    expect(editor.get_by_text("Đã có hiệu lực.")).to_be_visible()
    assert condition(stack)["for"] == before["for"] + 120
    expect(editor.locator("[data-changed='for']")).to_be_visible()
    editor.locator("[data-wish=edit]").press("Enter")
    expect(editor.locator("[data-row]")).to_have_count(1)
    assert violations(editor) == []
    given = {name: value for name, value in condition(stack).items() if name not in {"domain", "origin", "revision"}}
    assert other.put(f"/v1/conditions/{CONDITION}", json=given | {"for": before["for"] + 180}).status_code == 200
    back(editor)
    expect(editor.get_by_role("alert")).to_contain_text("đã thay đổi từ đó; hãy đọc lại")
    expect(editor.locator("article")).to_contain_text(f"{before['for'] + 180:g}")
    back(editor)
    expect(editor.get_by_text("Đã thu hồi bản sửa")).to_be_visible()
    expect(editor.locator("#row-title")).to_be_focused()
    assert condition(stack)["for"] == before["for"]


def test_of_two_editors_of_one_domain_only_those_of_one_condition_meet(
    editor: Page, stack: Center, other: httpx.Client
) -> None:
    mine, theirs = condition(stack), stack.get("/v1/conditions/waste.bin_full")
    edit(editor)
    expect(editor.locator("#form-title")).to_be_focused()
    editor.locator("[name='for']").fill(str(mine["for"] + 60))
    put = {name: value for name, value in theirs.items() if name not in {"domain", "origin", "revision"}}
    assert other.put(f"/v1/conditions/{theirs['id']}", json=put | {"hold_down": 99}).status_code == 200
    editor.locator("[data-do=save]").press("Enter")
    expect(editor.get_by_text("Đã có hiệu lực.")).to_be_visible()
    assert condition(stack)["for"] == mine["for"] + 60
    editor.locator("[data-do=edit]").press("Enter")
    editor.locator("[name='name']").fill("Mine")
    put = {name: value for name, value in condition(stack).items() if name not in {"domain", "origin", "revision"}}
    assert other.put(f"/v1/conditions/{CONDITION}", json=put | {"for": mine["for"] + 90}).status_code == 200
    editor.locator("[data-do=save]").press("Enter")
    expect(editor.locator(".notice [data-changed]")).to_have_count(2)
    editor.locator("[data-do=keep]").press("Enter")
    expect(editor.locator("[name='for']")).to_have_value(str(mine["for"] + 90).removesuffix(".0"))
    expect(editor.locator("[name='name']")).to_have_value("Mine")
    editor.locator("[data-tab=limits]").press("Enter")
    editor.get_by_test_id("unsaved").get_by_role("button").press("Enter")
    for name in (CONDITION, theirs["id"]):
        assert other.delete(f"/v1/conditions/{name}").status_code == 200


def test_what_is_wrong_stands_beside_its_field_and_saves_nothing(editor: Page, stack: Center) -> None:
    edit(editor)
    editor.locator("[name='quantity']").fill("gone_q")
    editor.locator("[data-do=try]").click()
    field = editor.locator("[name='quantity']")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(editor.locator("[id='fault-quantity']")).to_contain_text("gone_q")
    assert violations(editor) == []
    editor.locator("[data-row]").first.click()
    expect(editor.get_by_test_id("unsaved")).to_contain_text(CONDITION)
    choose(editor, "areas")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    editor.once("dialog", answer)
    editor.reload()
    assert asked == ["beforeunload"], "the draft is asked about, on another screen too"
    edit(editor)
    editor.locator("[name='quantity']").fill("gone_q")
    editor.locator("[data-row]").first.click()
    assert violations(editor) == []
    editor.get_by_role("link", name="Tiếp tục").click()
    expect(field).to_have_value("gone_q")
    editor.locator("[data-do=leave]").click()
    expect(editor.locator("article")).to_be_visible()
    assert condition(stack)["origin"] != "edit"


def test_an_edit_is_tried_on_the_past_and_the_second_of_two_editors_loses_nothing(
    editor: Page, stack: Center, other: httpx.Client
) -> None:
    rule = stack.get(f"/v1/rules/{RULE}")
    editor.goto(f"/#/rules/rules%2F{RULE}")
    editor.locator("[data-do=edit]").click()
    editor.locator("[name='title']").fill("Mine")
    editor.locator("[data-do=try]").press("Enter")
    expect(editor.get_by_test_id("trial").get_by_text(re.compile("0 khác biệt"))).to_be_visible(timeout=60_000)
    span = re.compile(r"\d\d/\d\d/\d{4} [\d:]+ đến \d\d/\d\d/\d{4} ")
    expect(editor.get_by_test_id("trial").get_by_text(span)).to_be_visible()
    body = {name: value for name, value in rule.items() if name not in ("origin", "revision")}
    assert other.put(f"/v1/rules/{RULE}", json=body | {"margin": 0.07}).status_code == 200
    editor.locator("[data-do=save]").click()
    told = editor.locator(".notice")
    expect(told).to_be_visible()
    expect(told.locator("[data-changed='margin']")).to_contain_text("0,07")
    expect(told.locator("[data-changed='title']")).to_contain_text("Mine")
    assert violations(editor) == []
    editor.locator("[data-do=keep]").press("Enter")
    expect(editor.locator("[name='title']")).to_have_value("Mine")
    expect(editor.locator("[name='margin']")).to_have_value("0.07")
    expect(editor.get_by_text("Chưa thử nội dung đang ghi")).to_be_visible()
    editor.locator("[data-do=save]").click()
    expect(editor.get_by_text("Đã có hiệu lực.")).to_be_visible()
    saved = stack.get(f"/v1/rules/{RULE}")
    assert (saved["title"], saved["margin"]) == ("Mine", 0.07)


def test_a_limit_is_added_and_is_gone_once_taken_back(chromium: Browser, stack: Center) -> None:
    context, page = opened(chromium, stack, DESK)
    sign_in(page, stack, "admin")
    page.get_by_test_id("language").click()
    page.get_by_role("button", name="Light").click()
    page.goto("/#/rules/limits")
    page.locator("[data-row]").first.press("Enter")
    expect(page.locator("article")).to_be_visible()
    page.locator("[data-new=limits]").press("Enter")
    row = {"key": "waste.leachate_highest", "asset": "", "valid_from": "2031-01-01", "value": "2.5", "unit": "m"}
    for name, value in row.items():
        page.locator(f"[name='{name}']").fill(value)
    page.locator("[name='legal_ref']").fill("Permit 7/GP")
    assert violations(page) == []
    page.locator("[data-do=save]").click()
    expect(page.get_by_text("It is in force.")).to_be_visible()
    expect(page.locator("article")).to_contain_text("Permit 7/GP")
    expect(page.locator("#row-title")).to_have_text("Highest level of leachate")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    back(page)
    expect(page.get_by_text("The edit was taken back")).to_be_visible()
    assert not [one for one in stack.get("/v1/limits")["items"] if one["legal_ref"] == "Permit 7/GP"]
    context.close()
