"""Every metric of the center, declared once with its help text; processes import them from here."""

from prometheus_client import Counter, Gauge, Histogram, start_http_server

from infra.settings import Settings

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

EVENTS_ACCEPTED = Counter("soc_events_accepted_total", "Events taken and acknowledged by Kafka", ["type"])
EVENTS_REJECTED = Counter("soc_events_rejected_total", "Events refused with a reason", ["reason"])
READINGS = Counter("soc_readings_total", "Readings packed", ["domain"])
DEAD_LETTERS = Counter("soc_dead_letters_total", "Records that could not be taken", ["stage"])
SIGNALS = Counter("soc_signals_total", "Signals raised or cleared by detect", ["kind"])
CHANGES = Counter("soc_changes_total", "Changes of incidents that the relay has published", ["kind"])
LIVE_CLIENTS = Gauge("soc_live_clients", "Clients on the live stream now", ["transport"])
STAGE_AGE = Gauge("soc_stage_age_seconds", "Age of the last tick that a stage has passed on", ["stage"])
STEP_SECONDS = Histogram("soc_step_seconds", "Time of one step over one record", ["stage"], buckets=SECONDS)


def serve(settings: Settings) -> None:
    """Serves this process's metrics on loopback if the settings name a port; the API has them at /metrics anyway."""
    if settings.metrics_port:
        start_http_server(settings.metrics_port, addr="127.0.0.1")
