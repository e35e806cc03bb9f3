"""The shape of one level of a flow: order, cycles, what is upstream of what, what can't be reached."""

import heapq
from collections.abc import Iterable, Mapping

from integrations.engine.plan import Edge

__all__ = ["order", "reachable", "upstream"]


def order(nodes: Iterable[str], edges: Iterable[Edge]) -> tuple[list[str], list[str]]:
    """(nodes in topological order, those on a cycle or behind one); the smaller id goes first where both could."""
    waiting = dict.fromkeys(nodes, 0)
    after: dict[str, list[str]] = {node: [] for node in waiting}
    for edge in edges:
        waiting[edge.target] += 1
        after[edge.source].append(edge.target)
    free = [node for node, count in waiting.items() if not count]
    heapq.heapify(free)
    ordered: list[str] = []
    while free:
        node = heapq.heappop(free)
        ordered.append(node)
        for target in after[node]:
            waiting[target] -= 1
            if not waiting[target]:
                heapq.heappush(free, target)
    done = set(ordered)
    return ordered, sorted(node for node in waiting if node not in done)


def upstream(nodes: Iterable[str], edges: Iterable[Edge]) -> Mapping[str, frozenset[str]]:
    """For each node, every node from which a path leads to it."""
    into: dict[str, set[str]] = {node: set() for node in nodes}
    for edge in edges:
        into[edge.target].add(edge.source)
    return {node: frozenset(_spread([*into[node]], into)) for node in into}


def reachable(starts: Iterable[str], edges: Iterable[Edge]) -> frozenset[str]:
    """The starts and everything behind them."""
    after: dict[str, set[str]] = {}
    for edge in edges:
        after.setdefault(edge.source, set()).add(edge.target)
    return frozenset(_spread([*starts], after))


def _spread(found: list[str], ways: Mapping[str, set[str]]) -> set[str]:
    seen = set(found)
    while found:
        for other in ways.get(found.pop(), ()):
            if other not in seen:
                seen.add(other)
                found.append(other)
    return seen
