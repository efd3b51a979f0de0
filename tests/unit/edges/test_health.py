"""How an edge does is told when it changes, to those who read logs and to those who watch metrics."""

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.ingest.edges.health import FAILED, Health, why


def away() -> float | None:
    return REGISTRY.get_sample_value("soc_edge_away", {"edge": "gateway"})


def test_each_reason_of_a_failure_is_logged_once_and_the_failure_dates_from_the_first() -> None:
    health = Health("gateway")
    with capture_logs() as told:
        for state, detail in (
            ("connected", ""),
            (FAILED, "Connection refused"),
            (FAILED, "Connection refused"),
            (FAILED, "Not authorized"),
            ("connected", "one of two"),
            ("connected", ""),
        ):
            since = health.told.since_ms
            health.now(state, detail)
            assert health.told.since_ms == since or detail != "Not authorized"
    assert [(each["state"], each["detail"]) for each in told] == [
        ("connected", ""),
        (FAILED, "Connection refused"),
        (FAILED, "Not authorized"),
        ("connected", "one of two"),
    ]


def test_why_an_edge_is_away_is_said_in_both_languages() -> None:
    health, said = Health("gateway"), []
    for reason in (why(TimeoutError()), why(ConnectionRefusedError(111, "Connection refused")), "", "words of others"):
        health.now(FAILED, reason)
        said.append((health.told.detail, health.told.detail_vi))
    assert said == [
        ("no answer in time", "không trả lời kịp thời hạn"),
        ("no connection: [Errno 111] Connection refused", "không kết nối được: [Errno 111] Connection refused"),
        ("", ""),
        ("words of others", "words of others"),
    ]


def test_an_edge_that_failed_is_a_metric_until_it_is_there_no_more() -> None:
    health, seen = Health("gateway"), []
    for state in ("connected", FAILED, "waiting"):
        health.now(state)
        seen.append(away())
    assert seen == [0.0, 1.0, 0.0], "what waits for Kafka is not away"
    health.end()
    health.end()
    assert away() is None
