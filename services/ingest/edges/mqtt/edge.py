"""Subscribes at a broker; acknowledges a message only once Kafka has what it brought."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

import aiomqtt
from aiomqtt.client import ProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from infra.clock import now_ms
from infra.secrets import secret
from schemas.edges import Mqtt
from schemas.errors import Unavailable
from schemas.sentences import say
from services.ingest.edges.health import why
from services.ingest.edges.intake import Intake, Message
from services.ingest.edges.mqtt.messages import Reader, Received

QOS = 1
AT_A_TIME = 1000
GATHER_S = 0.01
KEEPALIVE_S = 30
FAILURE = 0x80
"""From here on a code of SUBACK is a refusal, in each version of MQTT."""


async def run(intake: Intake) -> None:
    """Takes messages until the connection is lost. Raises Unavailable saying why."""
    mqtt = intake.edge.mqtt
    assert mqtt is not None
    try:
        async with _client(intake, mqtt) as client:
            refused = await _subscribed(client, mqtt, _readers(intake))
            intake.health.now("connected", refused)
            await _take_all(client, intake, refused)
    except aiomqtt.MqttError as error:
        raise Unavailable(why(error.__cause__ or error)) from None


def _readers(intake: Intake) -> list[Reader]:
    mqtt = intake.edge.mqtt
    return [Reader(intake.edge, topic) for topic in mqtt.topics] if mqtt else []


def _client(intake: Intake, mqtt: Mqtt) -> aiomqtt.Client:
    client = aiomqtt.Client(
        mqtt.host,
        mqtt.port,
        username=mqtt.username or None,
        password=secret(mqtt.password) or None,
        identifier=mqtt.client_id or f"soc-{intake.edge.id}",
        tls_context=_trust(mqtt) if mqtt.tls else None,
        keepalive=KEEPALIVE_S,
        **_session(mqtt),
    )
    client._client.manual_ack_set(True)
    return client


def _trust(mqtt: Mqtt) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=mqtt.ca_file or None)
    except OSError as error:
        said = say("certificates_unread", file=mqtt.ca_file, reason=error.strerror or error)
        raise Unavailable(said) from None


def _session(mqtt: Mqtt) -> dict[str, Any]:
    """A session that the broker keeps while we are away, and how much it may send ahead of our acknowledgements."""
    if mqtt.version == "3.1.1":
        return {"protocol": ProtocolVersion.V311, "clean_session": False}
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = mqtt.session_s
    properties.ReceiveMaximum = mqtt.window
    return {"protocol": ProtocolVersion.V5, "clean_start": False, "properties": properties}


async def _subscribed(client: aiomqtt.Client, mqtt: Mqtt, readers: list[Reader]) -> str:
    """Which subscriptions the broker refuses, for people; empty if none. Raises Unavailable if it refuses all."""
    answers: Sequence[Any] = await client.subscribe([(reader.filter, _qos(mqtt)) for reader in readers])
    refused = [
        f"{reader.filter}: {answer if mqtt.version == '5' else 'refused'}"
        for reader, answer in zip(readers, answers, strict=True)
        if getattr(answer, "value", answer) >= FAILURE
    ]
    if not refused:
        return ""
    told = say("subscriptions_refused", refused=len(refused), of=len(readers), which=", ".join(refused))
    if len(refused) == len(readers):
        raise Unavailable(told)
    return told


def _qos(mqtt: Mqtt) -> Any:
    return SubscribeOptions(qos=QOS) if mqtt.version == "5" else QOS


async def _take_all(client: aiomqtt.Client, intake: Intake, refused: str) -> None:
    readers = _readers(intake)
    while True:
        found = [await anext(client.messages)]
        await asyncio.sleep(GATHER_S)
        while len(found) < AT_A_TIME and len(client.messages):
            found.append(await anext(client.messages))
        now = now_ms()
        messages = [message for one in found if (message := _read(readers, one, now)) is not None]
        await intake.take(messages)
        intake.health.now("connected", refused)
        for one in found:
            client._client.ack(one.mid, one.qos)


def _read(readers: list[Reader], one: aiomqtt.Message, now: int) -> Message | None:
    payload = one.payload if isinstance(one.payload, bytes) else str(one.payload or "").encode()
    received = Received(now, one.mid, one.retain)
    found = (reader.read(one.topic.value, payload, received) for reader in readers)
    return next((message for message in found if message is not None), None)
