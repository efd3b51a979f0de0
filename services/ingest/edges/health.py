"""How an edge does: told once when it changes, kept for whoever asks."""

from infra import log
from infra.clock import now_ms
from infra.redis.edges import EdgeHealth

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
        """Notes a state; only a change is logged."""
        if state != self.told.state:
            tell = _log.info if state == "connected" else _log.warning
            tell("edge_state", edge=self._edge, state=state, detail=detail)
            self.told.state, self.told.since_ms = state, now_ms()
        self.told.detail = detail
