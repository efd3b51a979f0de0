"""How an edge does: told once when it changes, kept for whoever asks."""

import socket
from contextlib import suppress

from infra import log
from infra.clock import now_ms
from infra.metrics import EDGE_AWAY
from infra.redis.edges import EdgeHealth
from schemas.errors import Unavailable
from schemas.sentences import Sentence, say, told

FAILED = "failed"
SHOWN = 500
"""Letters of a detail."""
_log = log.logger("edges")


class Later(Unavailable):
    """Who was asked wants to be asked again later."""

    def __init__(self, said: Sentence, after_s: float) -> None:
        """`after_s`: in so many seconds, not sooner."""
        super().__init__(said)
        self.after_s = after_s


def why(error: BaseException | None) -> Sentence:
    """What ended an edge, for people: of an error of time there is nothing but its name; a library's own words stay."""
    if isinstance(error, TimeoutError) and not str(error):
        return say("no_answer_in_time")
    reason = str(error) or repr(error)
    if isinstance(error, ConnectionError | socket.gaierror):
        return say("no_connection", reason=reason)
    return say("as_found", text=reason)


class Health:
    """The health of one edge."""

    def __init__(self, edge: str) -> None:
        """`edge`: its id, for the log."""
        self._edge = edge
        self.told = EdgeHealth(since_ms=now_ms())

    def now(self, state: str, detail: str = "") -> None:
        """Notes a state; a change is logged, and another reason of a failure. `detail` is kept in both languages."""
        detail, detail_vi = str(detail)[:SHOWN], str(told(detail, "vi"))[:SHOWN]
        changed = state != self.told.state
        if changed or (state == FAILED and detail != self.told.detail):
            tell = _log.info if state == "connected" else _log.warning
            tell("edge_state", edge=self._edge, state=state, detail=detail)
        if changed:
            self.told.state, self.told.since_ms = state, now_ms()
            EDGE_AWAY.labels(self._edge).set(state == FAILED)
        self.told.detail, self.told.detail_vi = detail, detail_vi

    def end(self) -> None:
        """The edge is there no more."""
        with suppress(KeyError):
            EDGE_AWAY.remove(self._edge)
