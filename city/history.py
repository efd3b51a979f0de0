"""Past signals judged anew: which incidents a set of rules makes of them, whatever the order of their arrival."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from city.correlate import Correlator, Window
from city.enrich import Catalogue
from city.explain import Teller
from city.graph import Graph
from city.ledger import Ledger
from schemas.incidents import Incident
from schemas.links import Explanation
from schemas.rules import Rule
from schemas.signals import Signal, TickData
from schemas.times import to_ms


class Picture(msgspec.Struct, frozen=True):
    """The incidents of a stretch of history, and the explained groups of each, by the incident's id."""

    incidents: dict[str, Incident]
    groups: dict[str, list[Explanation]]
    teller: Teller
    """Says the names of the city's assets and kinds."""

    @property
    def signals(self) -> dict[str, str]:
        """Signal → incident."""
        return {
            signal.id: incident
            for incident, groups in self.groups.items()
            for group in groups
            for signal in group.signals
        }


def picture(
    signals: Iterable[Signal], catalogue: Catalogue, graph: Graph, rules: Iterable[Rule], until: datetime
) -> Picture:
    """What the rules make of the signals by `until`; what people said about incidents is left out (DESIGN D4, D8)."""
    window = Window()
    for signal in signals:
        window.apply(signal)
    correlator = Correlator(catalogue, graph, rules, window)
    told = dict(correlator.explanations())  # before the tick, which drops what is long past
    told |= {one.group: one for one in correlator.tick(TickData(now_ms=to_ms(until)), 1)}
    ledger = Ledger(catalogue)
    ledger.apply(list(told.values()), until)
    return Picture(
        incidents={name: tracked.incident for name, tracked in ledger.incidents.items()},
        groups={name: ledger.groups_of(name) for name in ledger.incidents},
        teller=Teller(graph, catalogue.kinds.get, catalogue.city.relations),
    )
