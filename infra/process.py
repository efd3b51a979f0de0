"""How a process of the center runs: settings, logs, signals, one line when it fails, an exit code."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable

import uvloop

from infra import log
from infra.settings import Settings, load
from schemas.errors import CenterError
from schemas.sentences import say

Body = Callable[[Settings], Awaitable[None]]

FAILED, MISCONFIGURED = 1, 2


async def _until_signalled(body: Body, settings: Settings) -> BaseException | None:
    """Runs the body; SIGTERM and SIGINT cancel it. The error that ended it, None when it was told to end."""
    told_to_end = False
    task = asyncio.ensure_future(body(settings))

    def end() -> None:
        nonlocal told_to_end
        told_to_end = True
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end)
    await asyncio.wait({task})
    if task.cancelled():
        return None if told_to_end else asyncio.CancelledError("cancelled from inside")
    return task.exception()


def _report(name: str, error: BaseException) -> None:
    if isinstance(error, CenterError):
        log.logger("process").error("process_failed", name=name, error=str(error))
    else:
        log.logger("process").error("process_failed", name=name, error=repr(error), exc_info=error)


def run(name: str, body: Body) -> None:
    """Runs a process until it is signalled, then exits 0; 1 when `body` fails, 2 when a setting is wrong.

    The body cleans up in `finally` (about 2 s) when it is cancelled; it never handles signals itself.
    """
    try:
        settings = load()
        settings.kafka.options()  # files that are not there are told now, not once a server is asked
    except CenterError as error:
        print(f"{name}: {error}", file=sys.stderr)  # noqa: T201 (there is no log before the settings)
        sys.exit(MISCONFIGURED)
    if settings.held:
        sys.stdin.buffer.read()
    log.configure(name, settings.log_level)
    log.logger("process").info("process_started", name=name)
    if settings.kafka.in_the_clear:
        log.logger("process").warning("kafka_in_the_clear", reason=say("kafka_in_the_clear"))
    if settings.metrics_port:
        from infra import metrics  # here: most centers are asked for none

        metrics.serve(settings)
    failure = uvloop.run(_until_signalled(body, settings))
    if failure is not None:
        _report(name, failure)
        sys.exit(FAILED)
    log.logger("process").info("process_ended", name=name)
