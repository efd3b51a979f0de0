"""Dead letters go again: whole to where they stood, what people write through the inbox, and never past the judge."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from infra.kafka.clients import consumer
from infra.kafka.cluster import cluster_of
from infra.kafka.dead_letters import Origin, letter_of, send_dead_letter
from infra.postgres.tables import dead_letters
from schemas.dead_letters import DeadLetter, decode_dead_letter
from schemas.errors import Invalid
from schemas.topics import FIXED, INBOX, LINKS, SIGNALS
from services.cli import dead_letters as cli
from tests.integration.api_center import NOW, Api, running_api
from tests.servers import Servers
from tests.truth import sender

EVENT = '{"specversion": "1.0", "id": "7", "source": "/edges/gateways", "type": "report.created", "data": {}}'
"""The inbox can read it, whatever it says of it."""


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        yield running


async def refused(api: Api, topic: str, value: bytes, offset: int, stage: str = "recorder") -> str:
    """A letter; where to replay it."""
    letter = {"topic": topic, "partition": 1, "offset": offset, "stage": stage, "reason": "is required"}
    await api.put(dead_letters, {**letter, "at": NOW, "key": b"k", "value": value, "value_size": len(value)})
    return f"/v1/dead-letters/{topic}/1/{offset}"


async def stored(api: Api, topic: str) -> dict[int, list[bytes]]:
    """The values of a topic, by partition."""
    return {number: [one.value for one in records] for number, records in (await records_of(api, topic)).items()}


async def records_of(api: Api, topic: str) -> dict[int, list[ConsumerRecord]]:
    """The records of a topic, by partition."""
    (known,) = (one for one in FIXED if one.name == topic)
    partitions = [TopicPartition(topic, number) for number in range(known.partitions)]
    source = consumer(api.center.settings.kafka_bootstrap)
    await source.start()
    try:
        source.assign(partitions)
        ends = await source.end_offsets(partitions)
        await source.seek_to_beginning(*partitions)
        found: dict[int, list[ConsumerRecord]] = {one.partition: [] for one in partitions}
        for one in partitions:
            while await source.position(one) < ends[one]:
                records = await source.getmany(one, timeout_ms=200)
                found[one.partition] += records.get(one, [])
        return found
    finally:
        await source.stop()


@pytest.mark.parametrize("topic", [LINKS, SIGNALS])
async def test_what_an_operator_writes_never_goes_to_an_internal_topic(api: Api, topic: str) -> None:
    path, before = await refused(api, topic, b"{}", 7), await stored(api, topic)
    async with aclosing(await api.login("operator")) as operator:
        answer = await operator.post(f"{path}/replay", json={"text": EVENT})
    assert (answer.status_code, answer.json()["topic"]) == (200, INBOX), answer.text
    assert await stored(api, topic) == before
    arrived = [one for records in (await records_of(api, INBOX)).values() for one in records]
    (resent, *_) = [one for one in arrived if one.value == EVENT.encode()]
    assert dict(resent.headers) == {"content-type": b"application/cloudevents+json; charset=UTF-8"}


async def test_the_original_bytes_go_to_where_they_stood(api: Api) -> None:
    path = await refused(api, LINKS, b"the very bytes", 8)
    answer = await api.http.post(f"{path}/replay")
    assert (answer.status_code, answer.json()["topic"]) == (200, LINKS), answer.text
    resent = (await records_of(api, LINKS))[1][-1]
    assert (resent.value, resent.headers) == (b"the very bytes", ()), "links are no CloudEvents"
    assert (await api.http.get(path)).json()["replayed_at"] is not None
    (line,) = (await api.http.get("/v1/audit", params={"subject": f"{LINKS}/1/8"})).json()["items"]
    assert (line["by"], line["address"], line["detail"]) == (
        "integrator",
        "127.0.0.1",
        {"topic": LINKS, "corrected": False},
    )


async def test_what_the_inbox_cannot_read_needs_a_corrected_text(api: Api) -> None:
    path = await refused(api, "edges.gateways", b"level;12,4", 9)
    for body, language, said in ((None, "en", "give as text"), ({"text": "level;12.4"}, "vi", "hãy đưa")):
        answer = await api.http.post(f"{path}/replay", json=body, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "letter_no_event", "text")
        assert said in answer.json()["detail"]
    assert (await api.http.get(path)).json()["replayed_at"] is None
    mended = await api.http.post(f"{path}/replay", json={"text": EVENT})
    assert (mended.status_code, mended.json()["topic"]) == (200, INBOX), mended.text


async def test_the_command_line_reads_only_the_letters_that_it_shows(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap = api.center.settings.kafka_bootstrap
    async with sender(bootstrap) as to:
        for offset in range(5):
            await send_dead_letter(to, letter_of(Origin(INBOX, 3, offset, None, b"{}"), "ingest", Invalid("is wrong")))
    last = await cli._read(cluster_of(bootstrap), None, 5)
    assert [letter.offset for letter in last.values()] == list(range(5))
    read: list[bytes] = []

    def decode(value: bytes) -> DeadLetter:
        read.append(value)
        return decode_dead_letter(value)

    monkeypatch.setattr(cli, "decode_dead_letter", decode)
    first = min(last)
    assert await cli._read(cluster_of(bootstrap), first, 1) == {first: last[first]}
    assert len(read) == 1


async def test_a_row_that_stands_for_many_says_so_and_is_not_sent_again(api: Api) -> None:
    row = {"topic": "edges.a", "partition": -1, "offset": 3600, "stage": "ingest", "reason": "12 more in this hour"}
    await api.put(dead_letters, {**row, "at": NOW, "value_size": 0, "left_out": 12})
    path = "/v1/dead-letters/edges.a/-1/3600"
    assert (await api.http.get(path)).json()["left_out"] == 12
    for body in (None, {"text": EVENT}):
        answer = await api.http.post(f"{path}/replay", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "letter_of_many"), answer.text


async def test_what_two_stages_refused_is_two_letters(api: Api) -> None:
    for stage in ("telemetry", "detect"):
        path = await refused(api, "city.readings.air.v1", b"{}", 8, stage)
    listed = (await api.http.get("/v1/dead-letters", params={"topic": "city.readings.air.v1"})).json()["items"]
    found = [(await api.http.get(f"/v1/dead-letters/{one['id']}")).json() for one in listed]
    assert [one["stage"] for one in found] == [one["stage"] for one in listed] == ["telemetry", "detect"]
    assert (await api.http.get(path)).json()["stage"] == "detect"
    assert (await api.http.get(f"{path}/recorder")).status_code == 404


async def test_an_event_of_an_edge_goes_to_the_inbox_as_it_is(api: Api) -> None:
    path = await refused(api, "edges.gateways", EVENT.encode(), 10)
    answer = await api.http.post(f"{path}/replay")
    assert (answer.status_code, answer.json()["topic"]) == (200, INBOX), answer.text
