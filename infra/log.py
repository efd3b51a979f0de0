"""Logs: JSON lines on stdout with constant event names and key/values, our own and libraries' alike."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

QUIET = (
    "aiokafka",
    "kafka",
    "faust",
    "mode",
    "httpx",
    "httpcore",
    "uvicorn.access",
    "asyncio",
    "asyncssh",
    "asyncua",
    "mqtt",
)
"""Libraries that speak only from WARNING on."""


def _dumps(event: MutableMapping[str, Any], **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure(process: str, level: str = "INFO") -> None:
    """All logs of this process as JSON lines on stdout, each with `process`. Call once, in `main()`."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dumps),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; use as `log.info("event_name", key=value)`: the event name is constant, what varies is a key."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found
