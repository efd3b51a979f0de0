"""The tables of the truth; migrations/ holds their history, this folder their present form."""

from infra.postgres.tables.backtests import backtests
from infra.postgres.tables.columns import metadata
from infra.postgres.tables.duty import duty
from infra.postgres.tables.handovers import handovers
from infra.postgres.tables.incidents import changes, facts, groups, incidents, outbox, sheets, signals
from infra.postgres.tables.indicators import indicators, indicators_due
from infra.postgres.tables.inputs import clocks, offsets
from infra.postgres.tables.people import audit, idempotency, sessions, users
from infra.postgres.tables.readings import dead_letters, rollup_hours, rollups, sensors_seen
from infra.postgres.tables.reference import imports, reference
from infra.postgres.tables.suppression import suppressions, windows
from infra.postgres.tables.webhooks import attempts, deliveries, endpoints

__all__ = [
    "attempts",
    "audit",
    "backtests",
    "changes",
    "clocks",
    "dead_letters",
    "deliveries",
    "duty",
    "endpoints",
    "facts",
    "groups",
    "handovers",
    "idempotency",
    "imports",
    "incidents",
    "indicators",
    "indicators_due",
    "metadata",
    "offsets",
    "outbox",
    "reference",
    "rollup_hours",
    "rollups",
    "sensors_seen",
    "sessions",
    "sheets",
    "signals",
    "suppressions",
    "users",
    "windows",
]
