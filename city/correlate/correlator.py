"""The correlator: takes signals and ticks, gives the complete explanations of the groups that changed."""

from collections.abc import Collection, Iterable, Mapping
from math import inf

import msgspec

from city.correlate.grouping import Group, Grouping
from city.correlate.leaving import Leaving
from city.correlate.model import Model
from city.correlate.parents import Parents
from city.correlate.pattern_telling import PatternExplainer
from city.correlate.patterns import Patterns
from city.correlate.strands import Key, Strand, key_of
from city.correlate.suspects import Suspects
from city.correlate.telling import Explainer, group_signals
from city.correlate.window import MOST, Window
from city.enrich import Catalogue
from city.graph import Graph
from schemas.links import Explanation
from schemas.rules import Rule
from schemas.signals import Signal, TickData

SWEEP_S = 60.0
UNTOLD = -1
MANY, A_SECOND = 64, 1_000
"""A group of MANY signals that only grew is judged and told at the next second of the clock, a larger one after a
second for each A_SECOND of them: all of it is looked at each time, a thousand times for a crowd of a thousand."""


class Correlator:
    """One instance for one partition of signals; what it answers is a function of the set of signals in `state`."""

    def __init__(
        self,
        catalogue: Catalogue,
        graph: Graph,
        rules: Iterable[Rule],
        state: Window | None = None,
        origins: Iterable[str] = (),
    ) -> None:
        """Computes everything anew from the signals in `state`. Time stands until each of `origins` has told its own:

        what the others tell after a restart may be ahead of signals that are still on the way.
        """
        self.window = state if state is not None else Window()
        self.now_s = -inf
        self._clocks = dict.fromkeys(origins, UNTOLD)
        self._swept_s = -inf
        self._published: dict[str, Explanation] = {}
        self._recompute(catalogue, graph, rules)
        self._published = {group_id: self._explain(group, 0) for group_id, group in self._parents.groups.items()}
        large = [group_id for group_id, told in self._published.items() if len(told.signals) >= MANY]
        self._waiting = dict.fromkeys(large, -inf)
        """What may have changed since it was told, and when it is told; after a restart nobody knows: at once."""

    # --- inputs ---

    def signal(self, signal: Signal, revision: int) -> list[Explanation]:
        """Take a signal; explanations of all groups that it changed, vanished ones with no `signals`."""
        changed = self.window.apply(signal)
        if not changed:
            return []
        return self._emit(self._update(changed), revision)

    def tick(self, tick: TickData, revision: int) -> list[Explanation]:
        """Take a tick; the suspects are judged anew when something changed since, and what is long past is dropped."""
        self._move(tick)
        now_ms = self.now_ms
        if now_ms is None:
            return []
        self.now_s = now_ms / 1000
        aged = self._parents.age(self.now_s)
        if aged:
            self.window.keep_clock()
            self._leaving.stir(aged)
            self._suspects.note(aged)
            self._patterns.note((), aged)
        sweeps = self.now_s - self._swept_s >= SWEEP_S
        due = self._take_waiting(inf if sweeps else self.now_s)
        found = self._emit(aged | self._build(self._grown & due) | self._judge(self.now_s), revision, due)
        if sweeps:
            self._swept_s = self.now_s
            self._sweep()
        return found

    def _move(self, tick: TickData) -> None:
        """The clock of its origin; it goes back where the one on the wall was wrong, and what waits is looked at."""
        held_ms = self._clocks.get(tick.origin, 0)
        if tick.now_ms >= held_ms:
            self._clocks[tick.origin] = tick.now_ms
        elif tick.goes_back(held_ms):
            self._clocks[tick.origin], self._swept_s = tick.now_ms, -inf

    def settle(self, revision: int) -> list[Explanation]:
        """What a tick does without its time: judge the suspects anew if a signal came since, and tell what waits."""
        due = self._take_waiting(inf)
        return self._emit(self._build(self._grown & due) | self._judge(), revision, due)

    def swap(self, catalogue: Catalogue, graph: Graph, rules: Iterable[Rule], revision: int) -> list[Explanation]:
        """Judge everything anew with other reference data; what that changes."""
        self._recompute(catalogue, graph, rules)
        return self._emit(set(self._published) | set(self._parents.groups), revision)

    @property
    def now_ms(self) -> int | None:
        """Correlate's clock, Unix milliseconds: the minimum over the origins; None until each has told its own."""
        told = min(self._clocks.values(), default=UNTOLD)
        return None if told == UNTOLD else told

    def explanations(self) -> Mapping[str, Explanation]:
        """The present explanation of every group, by group, as last sent (revisions: when)."""
        return self._published

    def lost_groups(self) -> list[Explanation]:
        """After a restart: groups that were sent once and are no more, as empty explanations."""
        known = self._published
        gone = {
            group: self.window.signals[signal] for signal, group in self.window.groups.items() if group not in known
        }
        return [self._gone(group, signal.region, 0) for group, signal in sorted(gone.items())]

    # --- recomputation ---

    def _recompute(self, catalogue: Catalogue, graph: Graph, rules: Iterable[Rule]) -> None:
        self._lateness_s = catalogue.longest_lateness_s
        self.window.turn_rules(rules, self.now_s)
        self._model = Model(graph, self.window.eras, catalogue)
        self._strands: dict[Key, list[Strand]] = {}
        self._grown: set[str] = set()
        """Groups of which strands came that nothing but the grouping knows of yet."""
        self._grouping = Grouping(self._model)
        self._parents = Parents(self._model)
        self._parents.age(max(self.now_s, self.window.clock_s))
        self._explainer = Explainer(self._model, self._grouping, self._parents, catalogue)
        self._suspects = Suspects(self._model.ways, self._parents)
        self._patterns = Patterns(self._model, self._grouping, self._parents, self._suspects)
        self._leaving = Leaving(self._model, self._grouping, (self._parents, self._suspects, self._patterns))
        self._pattern_explainer = PatternExplainer(self._patterns, self._grouping.strands, self._explainer.teller)
        self._update(set(self.window.by_key))
        self._judge()

    def _update(self, keys: Iterable[Key]) -> set[str]:
        removed: list[Strand] = []
        added: list[Strand] = []
        for key in keys:
            before, after = self._strands.pop(key, []), self._strands_of(key)
            removed += _others(before, after)
            added += _others(after, before)
            if after:
                self._strands[key] = after
        changed = self._grouping.update(removed, added)
        self._patterns.note(removed, ())
        self._patterns.note(added, ())
        alone = self._large_alone(changed)
        if alone is None or not {strand.id for strand in added}.issuperset(strand.id for strand in removed):
            return self._build(changed)
        second = self.now_s // 1 if self.now_s > -inf else -inf
        self._waiting.setdefault(alone.group, second + max(1, len(alone.signals) // A_SECOND))
        self._grown.add(alone.group)
        return set()

    def _large_alone(self, changed: set[str]) -> Explanation | None:
        """As it was last told, the large group that is all that changed; None where something else did."""
        group_id = next(iter(changed)) if len(changed) == 1 else ""
        told = self._published.get(group_id)
        if told is None or len(told.signals) < MANY or group_id not in self._parents.groups:
            return None
        return told if self._grouping.group_of(group_id) == group_id else None

    def _build(self, changed: set[str]) -> set[str]:
        """All that follows from the present strands of these groups; those of which something else is to be told."""
        if not changed:
            return changed
        self._grown -= changed
        touched = self._parents.update({group_id: self._grouping.group(group_id) for group_id in changed})
        self._suspects.note(touched)
        self._patterns.note((), touched)
        self._leaving.stir(touched)
        return touched

    def _strands_of(self, key: Key) -> list[Strand]:
        found = self._model.strands(self.window.of(key), key[0], self.window.bridges)
        long = [strand for strand in found if len(strand.signals) > MOST]
        if not long:
            return found
        for strand in long:
            self.window.thin(strand.signals)
        return self._model.strands(self.window.of(key), key[0], self.window.bridges)

    def _judge(self, now_s: float = inf) -> set[str]:
        judged = self._suspects.judge(now_s)
        suspects = {group_id: self._suspects.of(group_id) for group_id in judged} if judged else {}
        touched = judged | self._parents.suspect(suspects) if judged else judged
        self.window.clock_s = max(self.window.clock_s, self.now_s)
        if not touched and not self._patterns.is_due(self.window.clock_s):
            return touched
        self._leaving.stir(touched)
        if matched := self._patterns.judge(self.window.clock_s, touched):
            self.window.keep_clock()
        return touched | matched

    # --- output ---

    def _explain(self, group: Group, revision: int) -> Explanation:
        found = self._explainer.explain(group, self._suspects.of(group.id), revision)
        return self._pattern_explainer.explain(found)

    def _take_waiting(self, now_s: float) -> set[str]:
        if not self._waiting:
            return set()
        due = {group_id for group_id, due_s in self._waiting.items() if due_s <= now_s}
        for group_id in due:
            del self._waiting[group_id]
        return due

    def _emit(self, touched: set[str], revision: int, waited: Collection[str] = ()) -> list[Explanation]:
        """What is another than it was told; of what `waited` that is not known after a restart, it is told."""
        if not touched and not waited:
            return []
        if self._waiting:
            for group_id in (self._waiting.keys() & touched) - self._grown:
                del self._waiting[group_id]
        gone: list[Explanation] = []
        found: list[Explanation] = []
        for group_id in sorted(touched.union(waited) if waited else touched):
            group, before = self._parents.groups.get(group_id), self._published.get(group_id)
            if group is None:
                self._explainer.forget(group_id)
                if before is not None:
                    del self._published[group_id]
                    gone.append(self._gone(group_id, before.region, revision))
                continue
            after = self._explain(group, revision if before is None else before.revision)
            if after != before or group_id in waited:
                found.append(self._publish(after, revision))
        return found + gone

    def _gone(self, group_id: str, region: str, revision: int) -> Explanation:
        became = self.window.successor(group_id)
        return Explanation(group=group_id, region=region, signals=(), became=became, revision=revision)

    def _publish(self, explanation: Explanation, revision: int) -> Explanation:
        published = explanation
        if explanation.revision != revision:
            published = msgspec.structs.replace(explanation, revision=revision)
        self._published[explanation.group] = published
        for signal in explanation.signals:
            self.window.note_group(signal.id, explanation.group)
        return published

    # --- the window's end ---

    def _sweep(self) -> None:
        lateness_s = self._lateness_s
        for together in self._leaving.found(self.now_s, lateness_s):
            self._drop(together)
        self.window.forget_gone(self.now_s - 2 * lateness_s)

    def _drop(self, together: set[str]) -> None:
        groups = [self._parents.groups[group_id] for group_id in together]
        self.window.forget([signal.id for group in groups for signal in group_signals(group)])
        self._update({key_of(strand.first) for group in groups for strand in group.strands})
        for group_id in together:
            self._explainer.forget(group_id)
            self._published.pop(group_id, None)


def _others(some: list[Strand], than: list[Strand]) -> list[Strand]:
    """Those of some strands of a key that are not among others of it."""
    if not some or not than:
        return some
    known = {strand.id: strand for strand in than}
    return [strand for strand in some if known.get(strand.id) != strand]
