"""The changelogs of the streams on a real Kafka: compacted soon, also where an earlier version made them."""

from kafka.admin import ConfigResource, ConfigResourceType, NewTopic

from infra.kafka.admin import admin
from infra.kafka.changelogs import CONFIG, ensure_changelog
from tests.servers import Servers


def configured(bootstrap: str, name: str) -> dict[str, str]:
    with admin(bootstrap) as client:
        found = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    return {key: one["value"] for key, one in found["topic"][name].items() if key in CONFIG}


def test_a_changelog_is_made_to_be_compacted_within_minutes(shared_servers: Servers) -> None:
    assert ensure_changelog(shared_servers.kafka, "changelog-new", 2)
    assert configured(shared_servers.kafka, "changelog-new") == CONFIG
    assert not ensure_changelog(shared_servers.kafka, "changelog-new", 2)


def test_one_of_an_earlier_version_is_so_from_the_next_start_on(shared_servers: Servers) -> None:
    before = {"cleanup.policy": "compact", "min.compaction.lag.ms": "86400000"}
    with admin(shared_servers.kafka) as client:
        client.create_topics([NewTopic("changelog-old", 2, 1, topic_configs=before)])
    assert not ensure_changelog(shared_servers.kafka, "changelog-old", 2)
    assert configured(shared_servers.kafka, "changelog-old") == CONFIG
