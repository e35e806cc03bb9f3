"""The flow document: read into values, brought to one form, and digested without its layout (DESIGN §3.6)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connectors.sdk.wire import Json
from integrations.engine.plan import Edge

__all__ = ["FORMAT", "Graph", "Node", "digest", "normalise", "parse"]

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Node:
    """One node as drawn. `place` is the JSON pointer of the node in the document."""

    id: str
    type: str
    version: int
    name: str
    config: Mapping[str, Json]
    place: str
    slot: str = ""
    on_error: Mapping[str, Json] | None = None
    retry: Mapping[str, Json] = field(default_factory=dict)
    disabled: bool = False
    body: "Graph | None" = None


@dataclass(frozen=True, slots=True)
class Graph:
    """One level of a flow: nodes and the edges between them. `place` is its JSON pointer."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    place: str = ""

    def placed(self, container: str = "") -> Iterator[tuple[Node, str]]:
        """Every node with the id of the container it lies in, "" at the top."""
        for node in self.nodes:
            yield node, container
            if node.body is not None:
                yield from node.body.placed(node.id)

    def everything(self) -> Iterator[Node]:
        """Every node, those of bodies after their container."""
        for node in self.nodes:
            yield node
            if node.body is not None:
                yield from node.body.everything()


def parse(document: Mapping[str, Json]) -> Graph:
    """The graph of a document that satisfies `graph.schema.json`."""
    return _level(document, "")


def _level(level: Mapping[str, Json], place: str) -> Graph:
    nodes = tuple(_node(key, node, f"{place}/nodes/{key}") for key, node in level.get("nodes", {}).items())
    edges = tuple(
        Edge(key, edge["from"][0], edge["from"][1], edge["to"][0], edge["to"][1])
        for key, edge in level.get("edges", {}).items()
    )
    return Graph(nodes, edges, place)


def _node(key: str, node: Mapping[str, Json], place: str) -> Node:
    body = node.get("body")
    return Node(
        id=key,
        type=node["type"],
        version=node.get("version", 1),
        name=node.get("name", key),
        config=node.get("config", {}),
        place=place,
        slot=node.get("slot", ""),
        on_error=node.get("on_error"),
        retry=node.get("retry", {}),
        disabled=node.get("disabled", False),
        body=_level(body, f"{place}/body") if body is not None else None,
    )


def normalise(document: Mapping[str, Json]) -> dict[str, Json]:
    """The document with every default written out and everything that says nothing left out."""
    return {
        "format": document.get("format", FORMAT),
        "key": document.get("key", ""),
        **_normal_level(document),
        "settings": document.get("settings", {}),
        "layout": document.get("layout", {}),
    }


def _normal_level(level: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "nodes": {key: _normal_node(key, node) for key, node in level.get("nodes", {}).items()},
        "edges": {
            key: {"from": list(edge["from"]), "to": list(edge["to"])}
            for key, edge in level.get("edges", {}).items()
        },
    }


def _normal_node(key: str, node: Mapping[str, Json]) -> dict[str, Json]:
    normal = {
        "type": node["type"],
        "version": node.get("version", 1),
        "name": node.get("name", key),
        "config": node.get("config", {}),
    }
    for optional, nothing in (("slot", ""), ("on_error", None), ("retry", {}), ("disabled", False)):
        if node.get(optional, nothing) != nothing:
            normal[optional] = node[optional]
    if node.get("body") is not None:
        normal["body"] = _normal_level(node["body"])
    return normal


def digest(document: Mapping[str, Json], calls: Mapping[str, str] | None = None) -> str:
    """The semantic digest: SHA-256 of the normalised document without its layout. The order of keys doesn't count.

    `calls`: key → digest of the flows it is compiled with, which then count as well.
    """
    meaning = {key: part for key, part in normalise(document).items() if key != "layout"}
    if calls:
        meaning["calls"] = dict(calls)
    text = json.dumps(meaning, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
