"""The screen of sources: edges, sensors and what is wrong with them, dead letters mended and sent again."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from kafka import KafkaProducer
from playwright.sync_api import Browser, Locator, Page, Route, expect

from schemas.topics import INBOX
from tests.center import Center
from tests.console.axe import violations
from tests.console.scene import play, raised
from tests.console.screens import PHONE, choose, opened, sign_in
from tests.waiting import until

STRANGER, NEWCOMER = "unknown-gauge-7", "new/gauge-8"
FAR = {"category": "noise", "lon": 106.61, "lat": 1096.4, "text": "ồn quá"}
"""A report whose latitude is no latitude."""


@pytest.fixture(scope="module")
def troubles(stack: Center) -> str:
    """A silent sensor, one that nobody registered, and a dead letter; the id of the silent one."""
    silent: str = next(one["id"] for one in stack.get("/v1/sensors", limit=500)["items"] if one["registered"])
    play(stack, [raised("sensor.silent", silent, 60, "warning")])
    now = datetime.now(UTC)
    event = {"specversion": "1.0", "source": "/test/sources", "time": now.isoformat()}
    pack = [{"n": f"{name}/stage_m", "u": "m", "v": 1.2, "t": now.timestamp()} for name in (STRANGER, NEWCOMER)]
    assert stack.post({**event, "id": "s1", "type": "city.readings", "data": pack}).json()["accepted"] == 1
    producer = KafkaProducer(bootstrap_servers=json.loads(stack.soc("status", "--json").stdout)["kafka"])
    producer.send(INBOX, json.dumps({**event, "id": "s2", "type": "report.created", "data": FAR}).encode()).get(20)
    producer.close()
    until(lambda: stack.get("/v1/dead-letters", topic=INBOX)["items"], "the dead letter")
    until(lambda: len(stack.get("/v1/sensors", registered="false")["items"]) >= 2, "the unregistered sensors")
    until(lambda: stack.get("/v1/signals", kind="sensor.silent", asset=silent)["items"], "the silent sensor")
    return silent


def test_sensors_in_trouble_come_first_and_say_why(page: Page, stack: Center, troubles: str) -> None:
    sign_in(page, stack)
    choose(page, "sources")
    edges = stack.get("/v1/sources")["items"]
    expect(page.locator("[data-edge]")).to_have_count(len(edges))
    expect(page.locator(f"[data-edge='{edges[0]['id']}']")).to_contain_text(edges[0]["name_vi"])
    assert violations(page) == []
    page.locator("[data-tab=sensors]").press("Enter")
    page.locator("[data-wish=silent]").press("Enter")
    line = page.locator(f"[data-sensor='{troubles}']")
    expect(line).to_contain_text("im lặng")
    expect(line.get_by_role("link", name="vì sao")).to_be_visible()
    page.locator("[data-wish=strange]").press("Enter")
    expect(page.locator(f"[data-sensor='{STRANGER}']")).to_contain_text("chưa đăng ký")
    page.locator("input[name=sensor]").fill("khong co")
    expect(page.get_by_text("Không có cảm biến nào như vậy.")).to_be_visible()
    assert violations(page) == []
    page.locator("input[name=sensor]").fill("")
    page.locator("[data-wish=silent]").click()
    line.get_by_role("link").click()
    expect(page.locator("#detail-title")).to_be_visible()


def adoption_of(page: Page, sensor: str, wish: str) -> Locator:
    """The unfolded form of a sensor, by keyboard."""
    page.goto("/#/sources/sensors")
    page.locator(f"[data-wish={wish}]").press("Enter")
    page.locator(f"[data-sensor='{sensor}'] [data-do=adopt]").press("Enter")
    form = page.locator(f"[data-adoption='{sensor}']")
    expect(form).to_contain_text(re.compile(r"1[.,]2 m"))
    return form


def test_an_unregistered_sensor_is_adopted_and_given_back(page: Page, stack: Center, troubles: str) -> None:
    sign_in(page, stack, "admin")
    form = adoption_of(page, NEWCOMER, "strange")
    save = form.get_by_role("button", name="Tiếp nhận", exact=True)
    form.locator("[name=name_vi]").fill("Trạm mới")
    form.locator("[name=name]").fill("New gauge")
    expect(save).to_be_disabled()
    form.locator("[name=measures]").fill("reach-nowhere")
    save.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("reach-nowhere")
    expect(form.locator("[name=measures]")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    form.locator("[name=position]").fill("106.648, 10.979")
    offer = form.locator("[data-offer=reach-sai-gon-08]")
    expect(offer).to_contain_text("km")
    offer.press("Enter")
    save.press("Enter")
    expect(page.get_by_text("Đã tiếp nhận Trạm mới")).to_be_visible()
    known = stack.get(f"/v1/sensors/{quote(NEWCOMER, safe='')}")
    assert (known["measures"], known["position"], known["registered"]) == ("reach-sai-gon-08", [106.648, 10.979], True)
    page.get_by_test_id("language").click()
    form = adoption_of(page, NEWCOMER, "adopted")
    assert violations(page) == []
    form.locator("[data-do=give-back]").press("Enter")
    form.locator("[data-do=sure]").press("Enter")
    expect(page.get_by_text(f"{NEWCOMER} is as the city folder has it again.")).to_be_visible()
    page.get_by_test_id("language").click()


def test_who_may_not_adopt_sees_what_a_sensor_reports_and_who_may(page: Page, stack: Center, troubles: str) -> None:
    sign_in(page, stack)
    form = adoption_of(page, STRANGER, "strange")
    expect(form).to_contain_text("Trưởng ca, quản trị viên và bên tích hợp")
    expect(form.locator("[name=observes]")).to_be_disabled()
    expect(form.get_by_role("button")).to_have_count(0)
    assert violations(page) == []


def test_a_dead_letter_is_mended_and_sent_again(page: Page, stack: Center, troubles: str) -> None:
    sign_in(page, stack)
    page.goto("/#/sources/letters")
    letter = page.locator("[data-letter]").filter(has_text="lat").first
    expect(letter).to_contain_text("nằm ngoài khoảng -90 … 90 độ")
    letter.get_by_role("button", name="Mở").press("Enter")
    text = letter.locator("textarea")
    expect(text).not_to_have_value("")
    assert violations(page) == []
    text.fill(text.input_value().replace("1096.4", "10.964"))
    letter.get_by_role("button", name="Gửi bản đã sửa").click()
    expect(letter.get_by_text("Đã gửi lại.")).to_be_visible()
    expect(letter).to_contain_text("đã gửi lại")
    until(lambda: stack.get("/v1/signals", kind="report.noise")["items"], "the report that was mended")


def test_more_dead_letters_than_at_first_are_shown_when_asked_for(page: Page, stack: Center, troubles: str) -> None:
    asked: list[str] = []

    def crowded(route: Route) -> None:
        asked.append(route.request.url.rpartition("=")[2])
        route.fulfill(json=route.fetch().json() | ({"next": "x"} if len(asked) < 3 else {}))

    sign_in(page, stack)
    page.route("**/v1/dead-letters?*", crowded)
    page.goto("/#/sources/letters")
    letter = page.locator("[data-letter]").filter(has_text="lat").first
    expect(letter).to_contain_text("lat: ")
    page.get_by_role("button", name="Xem thêm").press("Enter")
    expect(page.get_by_text("bản tin mới nhất")).to_be_visible()
    page.get_by_role("button", name="Tải lại").press("Enter")
    expect(page.get_by_text("bản tin mới nhất")).to_have_count(0)
    assert asked == ["100", "1000", "1000"]


def test_letters_that_were_left_out_are_told_of_and_not_offered(page: Page, stack: Center, troubles: str) -> None:
    def crowded(route: Route) -> None:
        found = route.fetch().json()
        found["items"][0]["left_out"] = 12
        route.fulfill(json=found)

    sign_in(page, stack)
    page.route("**/v1/dead-letters?*", crowded)
    page.goto("/#/sources/letters")
    letter = page.locator("[data-letter]").first
    expect(letter).to_contain_text(re.compile("."))
    expect(letter.get_by_role("button")).to_have_count(0)


def test_a_viewer_reads_dead_letters_and_sends_none(page: Page, stack: Center, troubles: str) -> None:
    sign_in(page, stack, "viewer")
    page.goto("/#/sources/letters")
    letter = page.locator("[data-letter]").first
    letter.get_by_role("button", name="Mở").click()
    expect(letter.locator("textarea")).to_have_attribute("readonly", "")
    expect(letter.get_by_role("button")).to_have_count(1)


def test_sources_are_read_in_english_light_and_on_a_phone(chromium: Browser, stack: Center, troubles: str) -> None:
    context, page = opened(chromium, stack, PHONE)
    sign_in(page, stack)
    page.get_by_test_id("language").click()
    page.get_by_role("button", name="Light").click()
    for tab, title in (("edges", "Connections"), ("sensors", "Sensors"), ("letters", "Dead letters")):
        page.goto(f"/#/sources/{tab}")
        expect(page.locator(".page h3").first).to_have_text(title)
        expect(page.locator(".page [role=status]")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert violations(page) == []
    context.close()
