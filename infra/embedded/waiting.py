"""Waits until a center that starts is ready, and says how far it is: a large city takes a while."""

import asyncio
import time
import urllib.error
import urllib.request
from math import inf

import msgspec

from infra.embedded.jars import Tell
from infra.embedded.supervisor import LOOK_SECONDS, Supervisor
from infra.settings import Settings
from schemas.errors import Unavailable
from schemas.sentences import Sentence, say

PUBLISH_SECONDS = 60.0
"""How long the relay may publish nothing."""
TOLD_SECONDS = 10.0
"""How far a step has come is told so often."""
READY_SECONDS, READY_ROWS = 120.0, 20_000
"""How long the processes may take to be ready, and so long again for each so many rows that they have to read."""


class _Part(msgspec.Struct):
    ready: bool
    detail: str = ""


class _Readiness(msgspec.Struct):
    """As `/readyz` answers."""

    dependencies: dict[str, _Part]


class News:
    """How far a long step has come, now and then."""

    def __init__(self, tell: Tell) -> None:
        self._tell, self._due = tell, time.monotonic() + TOLD_SECONDS

    def of(self, what: Sentence) -> None:
        """One line, if the last was told a while ago."""
        if time.monotonic() >= self._due:
            self._tell(what)
            self._due = time.monotonic() + TOLD_SECONDS


def wait_published(settings: Settings, supervisor: Supervisor) -> bool:
    """Returns once the relay has published what was imported; else the streams would begin without a domain.

    False if there was nothing to publish. Raises Unavailable once nothing moves any more.
    """
    from infra.embedded.load import waiting_rows

    total, least = 0, inf
    moved, news = time.monotonic(), News(supervisor.tell)
    while left := asyncio.run(waiting_rows(settings.database_url)):
        supervisor.look()
        supervisor.require_starting()
        total = max(total, left)
        if left < least:
            least, moved = left, time.monotonic()
        if time.monotonic() - moved > PUBLISH_SECONDS:
            raise Unavailable(say("reference_unpublished", seconds=PUBLISH_SECONDS, rows=left))
        news.of(say("reference_publishing", done=total - left, total=total))
        time.sleep(LOOK_SECONDS)
    return total > 0


def wait_ready(supervisor: Supervisor, rows: int) -> None:
    """Returns once the API calls everything ready; `rows` of reference data are read by each process.

    Raises Unavailable naming what is missing.
    """
    patience_s = READY_SECONDS * (1 + rows // READY_ROWS)
    deadline, news = time.monotonic() + patience_s, News(supervisor.tell)
    while missing := missing_at(supervisor.record.url):
        supervisor.look()
        supervisor.require_starting()
        if time.monotonic() > deadline:
            raise Unavailable(say("not_ready", seconds=patience_s, missing=missing))
        news.of(say("waiting_for", missing=missing))
        time.sleep(LOOK_SECONDS)


def missing_at(url: str) -> str:
    """What the API says is not ready, as people read it; nothing when all is."""
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2.0):
            return ""
    except urllib.error.HTTPError as answer:
        return _unready(answer.read())
    except OSError as error:
        return say("api_silent", reason=error)


def _unready(answer: bytes) -> str:
    """Those of `/readyz` that are not, each with why."""
    try:
        parts = msgspec.json.decode(answer, type=_Readiness).dependencies
    except msgspec.DecodeError:  # of whoever has this port instead
        return answer.decode(errors="replace")
    return ", ".join(f"{name} ({one.detail})" if one.detail else name for name, one in parts.items() if not one.ready)
