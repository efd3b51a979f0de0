"""The Faust apps: one per stage, with the settings that were tried (docs/decisions/0006)."""

from collections.abc import Awaitable, Callable
from typing import Any

import faust

from infra.kafka.changelogs import ensure_changelog
from infra.kafka.cluster import Cluster
from infra.settings import Settings
from streams.heartbeats import begin_with_membership

SESSION_S = 6.0
FLUSH_S = 1.0


def create_app(name: str, settings: Settings) -> faust.App:
    """An app of consumer group `center-<name>`: raw bytes, memory store, no standby, no web server, no declaring."""
    directory = settings.run_path / f"faust-{name}"
    directory.mkdir(parents=True, exist_ok=True)
    begin_with_membership()
    return faust.App(
        f"center-{name}",
        broker=f"aiokafka://{settings.kafka.bootstrap}",
        broker_credentials=_credentials(settings.kafka),
        store="memory://",
        key_serializer="raw",
        value_serializer="raw",
        web_enabled=False,
        autodiscover=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_session_timeout=SESSION_S,
        broker_heartbeat_interval=SESSION_S / 4,
        broker_commit_interval=FLUSH_S,
        broker_request_timeout=20.0,
        consumer_auto_offset_reset="earliest",
        producer_compression_type="lz4",
        stream_recovery_delay=0.0,
        stream_wait_empty=False,
        table_standby_replicas=0,
        datadir=str(directory),
    )


def _credentials(cluster: Cluster) -> Any:
    """What Faust's own clients bring along. Raises Invalid naming the setting."""
    given = cluster.options()
    context = given.get("ssl_context")
    if cluster.has_user:
        user, password = given["sasl_plain_username"], given["sasl_plain_password"]
        return faust.SASLCredentials(
            username=user, password=password, mechanism=cluster.sasl_mechanism, ssl_context=context
        )
    return faust.SSLCredentials(context) if cluster.has_tls else None


def changelog_name(name: str) -> str:
    """The changelog topic of an app's pages."""
    return f"center-{name}-pages-changelog"


def pages_table(app: faust.App, name: str, partitions: int, on_record: Callable[[Any], Awaitable[None]]) -> Any:
    """The table whose changelog holds the pages; its own data is never read: there a late write wins."""
    return app.Table(
        "pages",
        partitions=partitions,
        key_type=bytes,
        value_type=bytes,
        on_changelog_event=on_record,
        help=f"stamped pages of {name}",
    )


def prepare(name: str, settings: Settings, partitions: int) -> None:
    """Creates the changelog before Faust looks for it: its first start would race with its own declaration."""
    ensure_changelog(settings.kafka, changelog_name(name), partitions)
