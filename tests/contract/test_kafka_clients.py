"""Every client of Kafka is given the cluster, with TLS and user, never its address alone (ADR 0071)."""

import ast
from collections.abc import Iterator

from tests.contract.tree import ROOT, code

MADE_IN = {
    "AIOKafkaAdminClient": {"infra/kafka/lag.py"},
    "AIOKafkaConsumer": set(),
    "AIOKafkaProducer": set(),
    "KafkaAdminClient": {"infra/kafka/admin.py"},
    "KafkaConsumer": set(),
    "KafkaProducer": set(),
    "faust.App": {"streams/app.py"},
}
"""Class of a client → where it may be made; the rest go through infra/kafka/clients.py, which derives its own."""
KNOW_THE_ADDRESS = {
    "infra/settings.py",
    "infra/embedded/addresses.py",
    "infra/embedded/awaited.py",
    "infra/embedded/start.py",
    "services/cli/prepare.py",
}
"""Who asks whether there is an address, or tells it to people."""


def bare(source: str, path: str) -> Iterator[str]:
    """What in a module would reach Kafka, or have it reached, without what the settings say of TLS and users."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            whole = ast.unparse(node.func)
            called = whole if whole in MADE_IN else whole.rpartition(".")[2]
            if called in MADE_IN and path not in MADE_IN[called]:
                yield f"{path}:{node.lineno} makes a {called}"
            if any(word.arg == "bootstrap_servers" for word in node.keywords):
                yield f"{path}:{node.lineno} names bootstrap_servers"
        if isinstance(node, ast.Attribute) and node.attr == "kafka_bootstrap" and path not in KNOW_THE_ADDRESS:
            yield f"{path}:{node.lineno} takes the address: settings.kafka has everything"


def test_no_client_is_made_of_the_address_alone() -> None:
    assert [fault for path in code() for fault in bare((ROOT / path).read_text(), str(path))] == []


def test_the_guard_sees_an_address_that_is_passed_on_and_a_client_of_its_own() -> None:
    source = "writer = producer(settings.kafka_bootstrap)\nother = AIOKafkaProducer(bootstrap_servers='k:1')\n"
    assert len(list(bare(source, "services/relay/publisher.py"))) == 3
