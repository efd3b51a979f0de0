"""Reads the nodes that the settings name; needs the extra `opcua`."""

from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.client.client import Client
from asyncua.ua.uaerrors import UaError

from infra.clock import now_ms
from infra.secrets import secret
from schemas.edges import Node, OpcUa
from schemas.errors import Invalid, Unavailable
from schemas.sentences import say
from schemas.times import to_ms
from services.ingest.edges.fields import senml_s
from services.ingest.edges.health import why
from services.ingest.edges.intake import Fault, Intake
from services.ingest.edges.polling import Answer, poll

PATIENCE_S = 10.0


async def run(intake: Intake) -> None:
    """Asks until the server does not answer. Raises Unavailable saying why."""
    opcua = intake.edge.opcua
    assert opcua is not None
    client = Client(opcua.url, timeout=PATIENCE_S)
    if opcua.username:
        client.set_user(opcua.username)
        client.set_password(secret(opcua.password))
    try:
        if opcua.security:
            await client.set_security_string(opcua.security)
        async with client:
            nodes = [client.get_node(node.node) for node in opcua.nodes]

            async def ask() -> Answer:
                return _answer(opcua, await client.read_attributes(nodes))

            await poll(intake, ask, opcua.poll_s)
    except (UaError, OSError, TimeoutError) as error:
        raise Unavailable(why(error)) from None


def _answer(opcua: OpcUa, values: list[ua.DataValue]) -> Answer:
    answer = Answer(origin=opcua.url, at_ms=now_ms(), records=[], faults=[])
    for node, value in zip(opcua.nodes, values, strict=True):
        try:
            fault = _fault(node, value)
            if fault is None:
                answer.records.append(_record(node, value, answer.at_ms))
        except Invalid as error:
            fault = Fault(node.node.encode(), error.said, node.node)
        if fault is not None:
            answer.faults.append(fault)
    return answer


def _fault(node: Node, value: ua.DataValue) -> Fault | None:
    if value.StatusCode is not None and not value.StatusCode.is_good():
        return Fault(node.node.encode(), say("server_says", status=value.StatusCode.name), node.node)
    found = value.Value.Value if value.Value is not None else None
    if not isinstance(found, int | float):
        return Fault(node.node.encode(), say("number_but", kind=type(found).__name__), node.node)
    return None


def _record(node: Node, value: ua.DataValue, now: int) -> dict[str, Any]:
    at: datetime | None = value.SourceTimestamp
    at_ms = now if at is None else to_ms(at if at.tzinfo else at.replace(tzinfo=UTC))
    found = float(value.Value.Value)  # type: ignore[union-attr]  # _fault has looked
    unit = {"u": node.unit} if node.unit else {}
    return {"n": f"{node.sensor}/{node.quantity}", "v": found, "t": senml_s(at_ms, None), **unit}
