"""All a flow can be built from: node types and connector operations, found by looking, for the compiler and as JSON.

A node type is a file in `integrations/nodes/` that ends in `NODE = …`; a connector is a folder with a `manifest.toml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from connectors.sdk import registry
from connectors.sdk.account import AuthKind
from connectors.sdk.operation import Operation, Write
from connectors.sdk.registry import Connector
from connectors.sdk.trigger import PollTrigger, Trigger
from connectors.sdk.wire import Json
from integrations.engine.catalog import discover_nodes
from integrations.engine.node import NodeType

__all__ = ["CATALOG", "Installed", "catalogue_json", "lend_flows", "node_types"]


Documents = Callable[[str], Mapping[str, Json] | None]
"""A flow's key → the document others call it by, or None."""


@dataclass(frozen=True, slots=True)
class Installed:
    """The engine's `Catalog` over what is installed. Connector code is loaded only when it is asked for.

    `flows` are looked at first for flows that are called; then those that `lend_flows` was told of.
    """

    flows: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)

    def node_type(self, type_id: str) -> NodeType | None:
        """The node type called `type_id`, or None."""
        return node_types().get(type_id)

    def operation(self, operation_id: str) -> Operation | None:
        """`"sage50.create_invoice"` → its operation, or None."""
        try:
            return registry.operation(operation_id)
        except KeyError:
            return None

    def trigger(self, trigger_id: str) -> Trigger | None:
        """`"streak.box_stage_changed"` → its trigger, or None."""
        try:
            return registry.trigger(trigger_id)
        except KeyError:
            return None

    def flow(self, key: str) -> Mapping[str, Json] | None:
        """The document of the flow called `key`, for steps that call it; None when there is none with a version."""
        return self.flows.get(key) or _lent.documents(key)


@dataclass(slots=True)
class _Lent:
    """What others bring in at start, because imports don't lead to them from here."""

    documents: Documents


def _no_documents(_key: str) -> None:
    return None


_lent = _Lent(_no_documents)
CATALOG = Installed()


def lend_flows(documents: Documents) -> None:
    """Say where flows that steps call are found. Called once, while the process starts."""
    _lent.documents = documents


@cache
def node_types() -> Mapping[str, NodeType]:
    """Every installed node type by id. Raises `LookupError` for a file that doesn't end in `NODE`."""
    return discover_nodes()


def catalogue_json() -> dict[str, Json]:
    """Connectors with their operations, triggers and ways to sign in; node types with their forms."""
    return {
        "connectors": [_connector(one) for one in registry.connectors().values()],
        "node_types": [_node_type(one) for one in node_types().values()],
    }


def _connector(one: Connector) -> dict[str, Json]:
    return {
        "id": one.id,
        "title": one.title,
        "version": one.manifest.version,
        "summary": one.manifest.summary,
        "category": one.manifest.category,
        "docs": one.manifest.docs,
        "base_url": one.manifest.base_url,
        "settings": dict(one.client.settings),
        "auth": [_auth(kind) for kind in one.client.auth],
        "operations": [_operation(one.id, name, operation) for name, operation in one.operations.items()],
        "triggers": [_trigger(one.id, name, trigger) for name, trigger in one.triggers.items()],
    }


def _auth(kind: AuthKind) -> dict[str, Json]:
    return {
        "id": kind.id,
        "title": kind.title,
        "fields": dict(kind.fields),
        "oauth2": kind.in_browser,
    }


def _operation(connector: str, name: str, operation: Operation) -> dict[str, Json]:
    shape: dict[str, Any] = {
        "id": f"{connector}.{name}",
        "title": operation.title,
        "help": operation.help,
        "effect": operation.effect,
        "input": operation.input,
        "output": operation.output,
        "sample": operation.sample,
        "record": None,
        "idempotency": None,
    }
    if isinstance(operation, Write):
        window = operation.idempotency.window
        shape["record"] = operation.record
        shape["idempotency"] = {
            "strategy": operation.idempotency.strategy,
            "scope": operation.idempotency.scope,
            "window_seconds": window.total_seconds() if window else None,
        }
    return shape


def _trigger(connector: str, name: str, trigger: Trigger) -> dict[str, Json]:
    return {
        "id": f"{connector}.{name}",
        "title": trigger.title,
        "help": trigger.help,
        "kind": "poll" if isinstance(trigger, PollTrigger) else "webhook",
        "config": trigger.config,
        "output": trigger.output,
        "sample": trigger.sample,
    }


def _node_type(node: NodeType) -> dict[str, Json]:
    ports = node.ports({}, CATALOG)
    return {
        "id": node.id,
        "version": node.version,
        "title": node.title,
        "category": node.category,
        "help": node.help,
        "icon": node.icon,
        "schema": node.schema,
        "ports": {"inputs": list(ports.inputs), "outputs": list(ports.outputs)},
        "sample": node.sample,
    }
