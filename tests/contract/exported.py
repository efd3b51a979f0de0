"""Which metrics with which labels the processes export: from the objects that do it, not from a list."""

import importlib
from collections.abc import Iterable, Iterator
from functools import cache

import promql_parser as promql
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from services.api import gauges
from tests.contract.tree import ROOT, code

SCRAPED = {"job", "instance", "process"}
"""What Prometheus adds to every series of ours: see infra/grafana/prometheus.yml."""
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def _wrapped() -> Iterator[MetricWrapperBase]:
    """Every metric that a module of ours declares."""
    for path in code():
        if "prometheus_client" in (ROOT / path).read_text():
            module = importlib.import_module(".".join(path.with_suffix("").parts))
            yield from (one for one in vars(module).values() if isinstance(one, MetricWrapperBase))


@cache
def exported() -> dict[str, set[str]]:
    """Name of a series → its labels."""
    found: dict[str, set[str]] = {"up": set()}
    for family in REGISTRY.collect():  # process and Python: these have samples at once, ours once they are imported
        for sample in () if family.name.startswith("soc_") else family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    for metric in _wrapped():
        (family,) = metric.describe()
        for suffix in SUFFIXES[family.type]:
            labels = set(metric._labelnames) | ({"le"} if suffix == "_bucket" else set())
            found[family.name + suffix] = labels
    for gauge in (one for one in vars(gauges).values() if isinstance(one, gauges.Gauge)):
        found[gauge.name] = set(gauge.labels)
    return {name: labels | SCRAPED for name, labels in found.items()}


def selectors(expression: str) -> Iterable[promql.VectorSelector]:
    """The series that an expression selects; raises ValueError if it does not parse."""
    found: list[promql.VectorSelector] = []

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            found.append(node)

    promql.walk(promql.parse(expression), visit)
    return found


def _grouped(expression: str) -> Iterator[promql.AggregateExpr]:
    found: list[promql.AggregateExpr] = []

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            found.append(node)

    promql.walk(promql.parse(expression), visit)
    return iter(found)


def faults(expression: str, known: dict[str, set[str]]) -> list[str]:
    """What an expression names that nobody exports."""
    found = []
    for one in selectors(expression):
        if one.name not in known:
            found.append(f"no metric {one.name}")
            continue
        found += [
            f"{one.name} has no {each.name}" for each in one.matchers.matchers if each.name not in known[one.name]
        ]
    for group in _grouped(expression):
        inside = [known.get(str(one.name), set()) for one in selectors(group.expr.prettify())]
        has = set.intersection(*inside) if inside else set()
        labels = group.modifier.labels if group.modifier else []
        found += [f"nothing to group by {label}" for label in labels if label not in has]
    return found


def left(expression: str) -> set[str]:
    """Labels of what an expression gives: those of its outermost grouping, else none are sure."""
    node = promql.parse(expression)
    while not isinstance(node, promql.AggregateExpr):
        if isinstance(node, promql.BinaryExpr):
            node = node.rhs if isinstance(node.lhs, promql.NumberLiteral) else node.lhs
        elif isinstance(node, promql.ParenExpr):
            node = node.expr
        elif isinstance(node, promql.Call) and node.args:
            node = node.args[-1]
        elif isinstance(node, promql.VectorSelector):
            return set(exported().get(str(node.name), set()))
        else:
            return set()
    if node.modifier is not None:
        return set(node.modifier.labels)
    return left(node.expr.prettify()) if str(node.op) in ("topk", "bottomk") else set()
