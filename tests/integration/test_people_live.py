"""From an escalation to the mail, over a running center."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.center import Center, running_center
from tests.contract.tree import ROOT
from tests.mail import Mailbox, mail_in_a_thread
from tests.waiting import until

LAN, MINH = "lan@example.org", "minh@example.org"
DEADLINES = "\n[deadlines.critical]\nacknowledge_s = 3\n"


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mail_in_a_thread() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def center(box: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """A town in which three seconds are long, with a mail server."""
    city = tmp_path_factory.mktemp("city") / "town"
    shutil.copytree(ROOT / "tests" / "scenarios" / "town", city)
    with (city / "city.toml").open("a") as file:
        file.write(DEADLINES)
    settings = {
        "SOC_CITY": str(city),
        "SOC_SMTP_URL": f"smtp://127.0.0.1:{box.port}",
        "SOC_MAIL_FROM": "soc@example.org",
        "SOC_PUBLIC_URL": "https://soc.example.org",
    }
    with running_center(tmp_path_factory.mktemp("people"), **settings) as running:
        yield running


def on_duty(center: Center, name: str, **fields: Any) -> None:
    now = datetime.now(UTC)
    hours = {"starts_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(hours=8)).isoformat()}
    turn = {"name": name, "email": f"{name.lower()}@example.org", **hours, **fields}
    made = center.http.post("/v1/duty", json=turn)
    assert made.status_code == 201, made.text


def test_what_nobody_acknowledges_is_mailed_to_the_next_level_and_its_end_to_those_who_know(
    center: Center, box: Mailbox
) -> None:
    on_duty(center, "Lan")
    on_duty(center, "Minh", level=2, language="en")
    made = center.http.post("/v1/webhooks", json={"form": "email", "description": "mail"})
    assert (made.status_code, made.json()["secret"], made.json()["to"]) == (201, None, ["duty"]), made.text
    outage = {"specversion": "1.0", "id": "1", "source": "/test", "type": "signal.raised"}
    data = {"asset": "f1", "kind": "power.outage", "severity": "critical"}
    center.post({**outage, "time": datetime.now(UTC).isoformat(), "data": data})
    until(lambda: box.to(MINH), "the escalation in the mailbox of the second level", 60)
    (first, *_), (told, *_) = box.to(LAN), box.to(MINH)
    (incident,) = center.incidents()
    assert first["Subject"].startswith("Nghiêm trọng: ") and "Mở sự cố" in first.get_content()
    text = told.get_content()
    assert "Nobody has acknowledged it in time (1)" in text and "Why: " in text and "What to do: " in text
    assert f"https://soc.example.org/#/live/{incident['id']}" in text
    assert first["References"] == told["References"] == f"<{incident['id']}@example.org>"
    closing = {"command": "resolve", "version": incident["version"], "note": "power is back"}
    answer = center.http.post(f"/v1/incidents/{incident['id']}/commands", json=closing)
    assert answer.status_code == 200, answer.text
    until(lambda: "Resolved" in box.to(MINH)[-1].get_content(), "the end of it", 60)
    until(lambda: "Đã khắc phục" in box.to(LAN)[-1].get_content(), "the end of it", 60)


def test_who_was_told_stands_at_the_delivery(center: Center) -> None:
    (endpoint,) = center.get("/v1/webhooks")["items"]
    path = f"/v1/webhooks/{endpoint['id']}/deliveries"
    until(lambda: center.get(path)["items"][0]["state"] == "delivered", "what both have read is written down")
    newest, *_ = center.get(path)["items"]
    assert (sorted(newest["told"]), newest["status"]) == ([LAN, MINH], 250)
