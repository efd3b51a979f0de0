"""What correlate asks of a catalogue: the words of a kind, and how long it is held down."""

from city.enrich import Catalogue
from schemas.domains import SignalKind

DEFAULT_HOLD_DOWN_S = 60.0


class Kinds:
    """Immutable lookups by signal kind."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Over one revision of the reference data."""
        self.lateness_s = catalogue.longest_lateness_s
        self.opens = catalogue.opens
        self._words = catalogue.kinds
        self._hold_down: dict[str, float] = {kind: words.hold_down for kind, words in catalogue.kinds.items()}
        for domain in catalogue.domains.values():
            for condition in domain.conditions:
                known = self._hold_down.get(condition.kind, 0.0)
                self._hold_down[condition.kind] = max(known, condition.hold_down)

    def words(self, kind: str) -> SignalKind | None:
        """The kind's names; None for one that no domain declares."""
        return self._words.get(kind)

    def hold_down(self, kind: str) -> float:
        """Seconds by which its intervals are stretched: the longest that kind or conditions ask for."""
        return self._hold_down.get(kind, DEFAULT_HOLD_DOWN_S)
