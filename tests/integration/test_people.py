"""People on duty are told, over real mail servers and a real gateway: who, when, once, and what happens if not."""

import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from city.delivery import EMAIL, FOR_PEOPLE, MESSAGE
from city.pace import Pace
from infra.metrics import NOBODY
from infra.outbound.mail import Mailer
from infra.outbound.post import Attempt, Poster
from infra.postgres import duty_store, redelivery, webhook_store
from infra.postgres.tables import attempts, deliveries, duty, endpoints, reference
from infra.smtp_url import Smtp
from schemas.assets import Agency, City
from schemas.duty import Turn
from schemas.errors import Invalid
from schemas.incidents import Change, Due
from services.webhooks.intake import queue
from services.webhooks.letters import Person, of_one
from services.webhooks.mail import Mail, composed
from services.webhooks.message import Messages
from services.webhooks.people import UNMANNED, People
from services.webhooks.sender import Sender
from tests.integration.api_center import reference_row
from tests.integration.deliveries import change, hurry, rows, work_until
from tests.mail import PASSWORD, USER, Mailbox, serving_mail
from tests.news import news
from tests.receiver import Receiver, receiving

NOW = datetime.now(UTC)
CITY = City(
    id="town",
    name="Town",
    name_vi="Thị xã",
    time_zone="Asia/Ho_Chi_Minh",
    agencies=(Agency(id="power", name="Power"), Agency(id="transport", name="Transport")),
)
LAN, MINH, HEAD = "lan@example.org", "minh@example.org", "head@example.org"


@pytest.fixture
async def engine(engine: AsyncEngine) -> AsyncEngine:
    async with engine.begin() as connection:
        await connection.execute(reference.insert().values(reference_row("cities", "town", CITY)))
    return engine


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with serving_mail() as (mailbox, _):
        yield mailbox


@pytest.fixture
async def sender(engine: AsyncEngine, box: Mailbox) -> AsyncIterator[Sender]:
    mail = Mail(Mailer(Smtp(host="127.0.0.1", port=box.port, starttls=False)), "soc@example.org")
    async with aclosing(Poster(allow_private=True)) as http:
        forms = {EMAIL: People(engine, mail, "https://soc.example.org/"), MESSAGE: People(engine, Messages(http))}
        works = Sender(engine, forms)
        yield works
        await works.close()


async def enter(engine: AsyncEngine, name: str, **fields: Any) -> None:
    """Puts somebody on duty for the hours around now."""
    given: dict[str, Any] = {"email": f"{name.lower()}@example.org", "starts_at": NOW - timedelta(hours=4)} | fields
    turn = Turn(name=name, ends_at=NOW + timedelta(hours=4), **given)
    async with engine.begin() as connection:
        await duty_store.add(connection, f"duty-{uuid4().hex[:8]}", turn)


async def register(engine: AsyncEngine, form: str = EMAIL, **fields: Any) -> str:
    """An endpoint for people; its id."""
    wish = {"form": form, "to": ["duty"], "filters": FOR_PEOPLE, **fields}
    async with engine.begin() as connection:
        found: str = (await webhook_store.add_endpoint(connection, wish, NOW)).id
        return found


async def happen(engine: AsyncEngine, *changes: Change) -> None:
    async with engine.begin() as connection:
        await queue(connection, await webhook_store.all_endpoints(connection), changes, NOW)


def opened(incident: str = "inc-a", **fields: Any) -> Change:
    return msgspec.structs.replace(change(incident, 1, **fields), kind="opened")


def escalated(version: int, level: int, **fields: Any) -> Change:
    due = Due(at=NOW, level=level)
    made = change("inc-a", version, acknowledge_due=due, **fields)
    return msgspec.structs.replace(made, kind="escalated", deadline="acknowledge", level=level)


def resolved(version: int, **fields: Any) -> Change:
    return msgspec.structs.replace(change("inc-a", version, state="resolved", **fields), kind="resolved")


async def states(engine: AsyncEngine) -> list[str]:
    return [row.state for row in await rows(engine, deliveries)]


async def settled(engine: AsyncEngine, sender: Sender, *wanted: str) -> None:
    async def so() -> bool:
        return await states(engine) == list(wanted)

    await work_until(sender, so)


async def tried(engine: AsyncEngine, sender: Sender, times: int) -> None:
    async def so() -> bool:
        return len(await rows(engine, attempts)) == times

    await work_until(sender, so)


async def test_whoever_is_on_duty_is_told_in_his_language_and_level_by_level(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan", agency="power")
    await enter(engine, "Minh", level=2, language="en")
    await enter(engine, "Other", agency="transport", starts_at=NOW + timedelta(hours=1))
    await register(engine, to=["duty", HEAD])
    await happen(engine, opened())
    await settled(engine, sender, "delivered")
    assert sorted(who for who, _ in box.got) == [HEAD, LAN]
    await happen(engine, escalated(2, 1, severity="minor"))
    await settled(engine, sender, "delivered", "delivered")
    first, second = box.to(LAN)
    (other,) = box.to(MINH)
    assert "Chưa ai xác nhận đúng hạn (lần 1)" in second.get_content()
    assert "Nobody has acknowledged it in time (1)" in other.get_content()
    assert "https://soc.example.org/#/live/inc-a" in other.get_content()
    assert first["References"] == second["References"] == other["In-Reply-To"] == "<inc-a@example.org>"
    assert first["Message-ID"] != second["Message-ID"] and first["To"] == "Lan <lan@example.org>"


async def test_an_endpoint_of_an_agency_tells_its_own_people_and_those_of_the_whole_city(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    for name, agency in (("Lan", "power"), ("Other", "transport"), ("Minh", None)):
        await enter(engine, name, agency=agency)
    await register(engine, agency="power")
    await happen(engine, opened(agencies=("power", "transport")), opened("inc-b", agencies=("transport",)))
    await settled(engine, sender, "delivered")
    assert sorted(who for who, _ in box.got) == [LAN, MINH]


async def test_the_end_is_told_to_those_who_know_also_when_they_are_off_duty_and_to_nobody_else(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan")
    await register(engine)
    await happen(engine, opened())
    await settled(engine, sender, "delivered")
    async with engine.begin() as connection:
        (lan,) = await duty_store.roster(connection)
        await duty_store.remove(connection, lan.id, None)
    await enter(engine, "Minh")
    await happen(engine, resolved(2), msgspec.structs.replace(resolved(2), incident_id="inc-b"))
    await settled(engine, sender, "delivered", "delivered")
    assert [who for who, _ in box.got] == [LAN, LAN]


async def test_a_full_mailbox_is_tried_again_alone_and_holds_no_escalation_back(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan")
    await enter(engine, "Minh", level=2)
    await register(engine, to=["duty", HEAD])
    box.answers[LAN] = ["451 greylisted, come again"] * 2
    await happen(engine, opened())

    await tried(engine, sender, 1)
    (attempt,) = await rows(engine, attempts)
    assert (attempt.status, attempt.response) == (451, HEAD) and "lan@example.org: 451 greyl" in attempt.error
    await happen(engine, escalated(2, 1))
    await tried(engine, sender, 2)
    assert await states(engine) == ["unsaid", "waiting"]
    assert sorted(who for who, _ in box.got) == [HEAD, HEAD, MINH]
    await hurry(engine)
    await settled(engine, sender, "unsaid", "delivered")
    assert sorted(who for who, _ in box.got) == [HEAD, HEAD, LAN, MINH], "who was told is not told again"
    assert (await rows(engine, endpoints))[0].failing_since is None


async def test_a_refused_recipient_is_not_tried_again_and_the_others_are_told(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan")
    await register(engine, to=["duty", HEAD])
    box.answers[LAN] = ["550 no such mailbox"] * 9
    await happen(engine, opened())
    await settled(engine, sender, "failed")
    assert [who for who, _ in box.got] == [HEAD]
    assert (await rows(engine, attempts))[0].error == "lan@example.org: 550 no such mailbox"
    assert (await rows(engine, endpoints))[0].failing_since is None


async def test_an_address_that_no_header_takes_keeps_no_mail_from_the_others(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    odd = "nguyen..van@example.org"
    with pytest.raises(Invalid):
        await enter(engine, "Odd", email=odd)
    await enter(engine, "Odd")
    async with engine.begin() as connection:  # as rosters may have it that were entered before this was asked
        await connection.execute(update(duty).values(email=odd))
    await enter(engine, "Lan")
    await register(engine)
    await happen(engine, opened())
    await tried(engine, sender, 1)
    assert [whom for whom, _ in box.got] == [LAN]
    assert odd in (await rows(engine, attempts))[0].error


async def test_nobody_on_duty_is_a_failure_that_says_so_and_is_counted(engine: AsyncEngine, sender: Sender) -> None:
    before = NOBODY._value.get()
    await enter(engine, "Minh", level=2)
    await enter(engine, "Phone", email="", phone="+84901234567")
    await register(engine)
    await happen(engine, opened())
    await settled(engine, sender, "failed")
    assert (await rows(engine, attempts))[0].error == UNMANNED and NOBODY._value.get() == before + 1
    assert (await rows(engine, endpoints))[0].failing_since is None


async def test_of_an_incident_that_ended_before_anybody_was_told_nothing_is_said(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan")
    await register(engine)
    await happen(engine, opened(), resolved(2))
    await settled(engine, sender, "unsaid", "unsaid")
    await happen(engine, msgspec.structs.replace(resolved(2), incident_id="inc-never"))
    assert box.got == [] and len(await states(engine)) == 2


async def test_a_test_goes_to_the_first_level_and_what_was_sent_is_sent_again_to_all(
    engine: AsyncEngine, sender: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan", agency="power")
    await enter(engine, "Minh", level=2)
    endpoint = await register(engine)
    async with engine.begin() as connection:
        probe = b'{"type":"center.test","timestamp":"2026-11-20T10:00:00Z","data":{}}'
        await webhook_store.add_probe(connection, endpoint, probe, NOW)
    await settled(engine, sender, "delivered")
    (mail,) = box.to(LAN)
    assert mail["Subject"] == "Tin thử của Trung tâm điều hành thông minh" and mail["References"] is None
    async with engine.begin() as connection:
        await redelivery.replay(connection, endpoint, (await rows(engine, deliveries))[0].id, NOW)
    await work_until(sender, lambda: len(box.got) == 2)
    assert {mail["Message-ID"] for mail in box.to(LAN)} == {mail["Message-ID"]}


async def test_in_an_exercise_nobody_is_told(engine: AsyncEngine, box: Mailbox) -> None:
    await enter(engine, "Lan")
    await register(engine)
    await happen(engine, opened())
    mail = Mail(Mailer(Smtp(host="127.0.0.1", port=box.port, starttls=False)), "soc@example.org")
    drill = Sender(engine, {EMAIL: People(engine, mail)}, exercise="Diễn tập")
    await settled(engine, drill, "withheld")
    await drill.close()
    assert box.got == []


@pytest.fixture
def gateway() -> Any:
    with receiving() as server:
        yield server


async def test_a_gateway_gets_one_post_for_each_person_in_the_form_that_it_wants(
    engine: AsyncEngine, sender: Sender, gateway: Receiver
) -> None:
    await enter(engine, "Lan", phone="+84901234567")
    await enter(engine, "Minh", email="", phone="+84907654321", language="en")
    template = {"Phone": "{phone}", "Content": "{text}", "Extra": {"name": "{name}", "about": "{incident}"}}
    await register(engine, MESSAGE, url=gateway.url, template=template, authorization="Bearer xyz")
    await happen(engine, opened(title='Outage "471"'))
    await settled(engine, sender, "delivered")
    got = [gateway.got.get(timeout=5) for _ in range(2)]
    bodies = {body["Phone"]: body for body in (json.loads(one) for _, one in got)}
    assert bodies["+84901234567"]["Content"].startswith("Lớn: Mất điện")
    assert bodies["+84907654321"]["Content"].startswith('Major: Outage "471"')
    assert bodies["+84907654321"]["Extra"] == {"name": "Minh", "about": "inc-a"}
    assert {headers["authorization"] for headers, _ in got} == {"Bearer xyz"}


def mails() -> Sequence[Any]:
    return [composed("soc@example.org", "msg_1", of_one(news(), Person(LAN)))]


def server_at(box: Mailbox, **fields: Any) -> Smtp:
    given: dict[str, Any] = {"host": "127.0.0.1", "port": box.port, "user": USER, "password": PASSWORD} | fields
    return Smtp(**given)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("first", [True, False])
async def test_mail_goes_over_tls_with_the_password(tmp_path: Path, first: bool) -> None:
    async with serving_mail(tmp_path, tls=first, starttls=not first) as (box, trust):
        server = server_at(box, tls=first, starttls=not first)
        assert await sent(server, trust) == [(250, None)]
        assert box.secured == [True]
        wrong = msgspec.structs.replace(server, password="wrong")
        ((status, verdict),) = await sent(wrong, trust)
        assert (status, verdict) == (535, "retry"), "about the server, not about the person"
        ((status, verdict),) = await sent(server, None)
        assert (status, verdict) == (None, "retry"), "nobody vouches for its certificate"
        assert len(box.got) == 1


async def test_a_server_that_offers_no_starttls_gets_nothing() -> None:
    async with serving_mail() as (box, trust):
        (attempt,) = await Mailer(server_at(box, starttls=True, user=None, password=None), trust).send(mails())
        assert attempt.error and "STARTTLS" in attempt.error and box.got == []


async def test_a_server_that_is_away_is_tried_again() -> None:
    async with serving_mail() as (box, trust):
        server = server_at(box, starttls=False, user=None, password=None)
        assert await sent(server, trust) == [(250, None)]
    assert await sent(server, trust) == [(None, "retry")]


async def sent(server: Smtp, trust: ssl.SSLContext | None) -> list[tuple[int | None, str | None]]:
    found: list[Attempt] = await Mailer(server, trust).send(mails())
    return [(one.status, one.verdict) for one in found]


async def test_a_center_without_a_mail_server_says_so_and_tries_again(engine: AsyncEngine) -> None:
    await enter(engine, "Lan")
    await register(engine)
    await happen(engine, opened())
    works = Sender(engine, {EMAIL: People(engine, Mail(None, ""))})
    await tried(engine, works, 1)
    assert await states(engine) == ["waiting"]
    assert "SOC_SMTP_URL" in (await rows(engine, attempts))[0].error
    await works.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("city.pace.EVERY", timedelta(seconds=1))


@pytest.fixture
async def measured(engine: AsyncEngine, box: Mailbox, hurried: None) -> AsyncIterator[Sender]:
    """Three messages singly."""
    mail = Mail(Mailer(Smtp(host="127.0.0.1", port=box.port, starttls=False)), "soc@example.org")
    people = People(engine, mail, "https://soc.example.org")
    works = Sender(engine, {EMAIL: people}, pace=Pace(3, timedelta(minutes=10)))
    yield works
    await works.close()


async def test_in_a_storm_the_gravest_are_told_singly_and_the_others_in_one_message(
    engine: AsyncEngine, measured: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan", agency="power")
    await enter(engine, "Minh", agency="transport", language="en")
    await register(engine)
    grave = ["critical" if number >= 28 else "major" for number in range(30)]
    storm = [opened(f"inc-{number:02}", severity=one, agencies=("power",)) for number, one in enumerate(grave)]
    of_transport = [opened("inc-t1", agencies=("transport",)), opened("inc-t2", agencies=("transport",))]
    await happen(engine, *storm, *of_transport)
    await settled(engine, measured, *["delivered"] * 32)
    *singly, together = box.to(LAN)
    assert len(singly) == 3
    assert sorted(mail["References"] for mail in singly)[1:] == ["<inc-28@example.org>", "<inc-29@example.org>"]
    assert together["Subject"] == "27 sự cố cùng lúc: Lớn 27" and together["References"] is None
    said = together.get_content()
    assert said.count("https://soc.example.org/#/live/inc-") == 10 and "Và 17 sự cố nữa: https://soc.ex" in said
    (other,) = box.to(MINH)
    assert other["Subject"] == "2 incidents at once: Major 2" and "#/live/inc-t2" in other.get_content()
    assert {row.told[0] for row in await rows(engine, deliveries) if row.incident_id[4] != "t"} == {LAN}
    assert sum("(29 at once)" in row.response for row in await rows(engine, attempts)) == 29


async def test_what_escalates_in_a_storm_waits_for_the_next_message_and_is_named_first_in_it(
    engine: AsyncEngine, measured: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan")
    await enter(engine, "Minh", level=2, language="en")
    await register(engine)
    await happen(engine, opened(), *(opened(f"inc-{number}") for number in range(9)))
    await settled(engine, measured, *["delivered"] * 10)
    before = len(box.to(LAN))
    others = [opened(f"late-{number:02}") for number in range(15)]
    await happen(engine, *others, escalated(2, 1))
    for _ in range(5):
        await measured.round()
    assert len(box.to(LAN)) == before == 4, "nothing more within the second"
    await settled(engine, measured, *["delivered"] * 26)
    (alone,) = box.to(MINH)
    assert "Nobody has acknowledged it in time (1)" in alone.get_content()
    *_, together = box.to(LAN)
    assert len(box.to(LAN)) == 5 and "Mở sự cố 15, Quá hạn 1" in together.get_content()
    assert together.get_content().index("Chưa ai xác nhận đúng hạn") < together.get_content().index("late-")


async def test_what_one_message_did_not_bring_is_tried_again_for_whom_it_did_not_reach(
    engine: AsyncEngine, measured: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan")
    await register(engine, to=["duty", HEAD])
    await happen(engine, *(opened(f"inc-{number}") for number in range(3)))
    await settled(engine, measured, *["delivered"] * 3)
    box.answers[LAN] = ["451 greylisted, come again"]
    await happen(engine, *(opened(f"late-{number}") for number in range(5)))
    await tried(engine, measured, 8)
    assert (await states(engine))[3:] == ["waiting"] * 5
    await hurry(engine)
    await settled(engine, measured, *["delivered"] * 8)
    assert (len(box.to(HEAD)), len(box.to(LAN))) == (4, 4), "who was told is not told again"


async def test_one_more_than_goes_singly_is_told_as_it_is_and_no_faster(
    engine: AsyncEngine, measured: Sender, box: Mailbox
) -> None:
    await enter(engine, "Lan")
    await register(engine)
    await happen(engine, *(opened(f"inc-{number}") for number in range(4)))
    await settled(engine, measured, *["delivered"] * 4)
    assert all(mail["References"] for mail in box.to(LAN))
    await happen(engine, opened("late"))
    for _ in range(5):
        await measured.round()
    assert len(box.got) == 4
    await settled(engine, measured, *["delivered"] * 5)
    assert box.to(LAN)[-1]["References"] == "<late@example.org>"
