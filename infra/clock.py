"""The one place that asks what time it is; everything below gets `now` as an argument."""

import time
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present time, aware, UTC."""
    return datetime.now(UTC)


def now_ms() -> int:
    """The present time in Unix milliseconds."""
    return time.time_ns() // 1_000_000
