"""Every metric of the processes, declared once with its help text; they import them from here."""

from prometheus_client import Counter, Gauge, start_http_server

from infra.settings import Settings

READINGS = Counter("soc_readings_total", "Readings and events that Kafka has acknowledged to ingest")
REFUSED = Counter("soc_requests_refused_total", "Requests that ingest refused, by HTTP status", ["status"])
DEAD_LETTERS = Counter("soc_dead_letters_total", "Records that could not be taken, by who refused them", ["stage"])
EDGE_RECORDS = Counter(
    "soc_edge_records_total", "Readings and events of edges, by what became of them", ["edge", "outcome"]
)
EDGE_AWAY = Gauge("soc_edge_away", "1 while what an edge asks or listens to is away, or lets nobody in", ["edge"])
EDGE_FILES_PASSED_OVER = Gauge(
    "soc_edge_files_passed_over", "Files of a folder that cannot be read or put away and are tried again", ["edge"]
)
SIGNALS = Counter(
    "soc_signals_total", "Signals raised or cleared by detect; kinds that no domain describes are `other`", ["kind"]
)
RECORDED = Counter("soc_recorded_total", "Records that the recorder has written to PostgreSQL", ["topic"])
AWAITED = Gauge("soc_recorder_waits", "1 while the recorder waits for PostgreSQL with records of a topic", ["topic"])
PUBLISHED = Counter("soc_published_total", "Rows of the outbox that the relay has published", ["topic"])
ATTEMPTS = Counter(
    "soc_webhook_attempts_total", "Attempts to deliver to an endpoint, by HTTP or SMTP status", ["status"]
)
NOBODY = Counter("soc_duty_nobody_total", "Deliveries that failed because nobody was on duty")


def serve(settings: Settings) -> None:
    """Serves this process's metrics if the settings name a port: open to whoever reaches the address they name."""
    if settings.metrics_port:
        start_http_server(settings.metrics_port, addr=settings.metrics_host)
