"""How an edge does: told once when it changes, kept for whoever asks."""

from contextlib import suppress

from infra import log
from infra.clock import now_ms
from infra.metrics import EDGE_AWAY
from infra.redis.edges import EdgeHealth

FAILED = "failed"
_log = log.logger("edges")


def why(error: BaseException | None) -> str:
    """What ended an edge, for people: of an error of time there is nothing but its name."""
    if isinstance(error, TimeoutError) and not str(error):
        return "no answer in time"
    return str(error) or repr(error)


class Health:
    """The health of one edge."""

    def __init__(self, edge: str) -> None:
        """`edge`: its id, for the log."""
        self._edge = edge
        self.told = EdgeHealth(since_ms=now_ms())

    def now(self, state: str, detail: str = "") -> None:
        """Notes a state; a change is logged, and another reason of a failure."""
        changed = state != self.told.state
        if changed or (state == FAILED and detail != self.told.detail):
            tell = _log.info if state == "connected" else _log.warning
            tell("edge_state", edge=self._edge, state=state, detail=detail)
        if changed:
            self.told.state, self.told.since_ms = state, now_ms()
            EDGE_AWAY.labels(self._edge).set(state == FAILED)
        self.told.detail = detail

    def end(self) -> None:
        """The edge is there no more."""
        with suppress(KeyError):
            EDGE_AWAY.remove(self._edge)
