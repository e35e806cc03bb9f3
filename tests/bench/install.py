"""Fills a benched installation: an environment, three accounts on the target, the tables, the flows, active with their webhooks."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from integrations.access.actor import Actor
from integrations.ingress.models import Endpoint
from integrations.ingress.verify import endpoint_secret
from integrations.mapping.models import MappingTable
from integrations.mapping.rows import add_row
from integrations.releases.activate import activate
from integrations.releases.bindings import bind
from integrations.releases.install import Source, install
from integrations.releases.models import Environment
from integrations.vault.connections import save_secrets
from integrations.vault.health import accept_account
from integrations.vault.models import Connection
from tests.bench import deals

__all__ = ["ACCOUNTS", "Webhook", "fill"]

Webhook = tuple[str, str]
"""Path and token of a flow's trigger."""

ACCOUNTS = ("", "-b", "-c")
"""Endings of the three accounts' slots and of the three flows on them."""
_BENCH = Actor("bench", superuser=True)
_FLOWS = Path(__file__).resolve().parent / "flows"


def fill(ports: list[int]) -> dict[str, Webhook]:
    """Everything the scenarios need, against the target's three ports. By flow key: where to post."""
    environment = Environment.objects.create(key="bench", name="Bench")
    for ending, port in zip(ACCOUNTS, ports, strict=True):
        slot = "erp" + ending.replace("-", "_")
        bind(environment, slot, _connection(environment, f"erp{ending}", port), _BENCH)
    _table(environment, "bench_skus", ("sku", "item"), deals.SKUS)
    _table(environment, "bench_stages", ("stage", "status"), {"Closed Won": "confirmed", "Lost": "none"})
    graphs = [
        _graph("echo"),
        _graph("batch"),
        _graph("long-list"),
        *(_on_account(_graph("deal-to-invoice"), one) for one in ACCOUNTS),
    ]
    return {graph["key"]: _running(environment, graph) for graph in graphs}


def _connection(environment: Environment, key: str, port: int) -> Connection:
    made = Connection.objects.create(
        environment=environment,
        key=key,
        name=f"Target {key}",
        connector="bench",
        auth="bearer",
        base_url=f"http://127.0.0.1:{port}",
        mark=Connection.Mark.SANDBOX,
    )
    save_secrets(made, {"token": "bench-token-of-the-target"})
    accept_account(made)
    return made


def _table(environment: Environment, key: str, columns: tuple[str, str], rows: Mapping[str, str]) -> None:
    named = [
        {"key": column, "title": column.title(), "type": "text", "is_key": column == columns[0]}
        for column in columns
    ]
    table = MappingTable.objects.create(environment=environment, key=key, name=key, columns=named)
    for given, found in rows.items():
        add_row(table, dict(zip(columns, (given, found), strict=True)))


def _graph(name: str) -> dict[str, Any]:
    graph: dict[str, Any] = json.loads((_FLOWS / f"{name}.json").read_text())
    return graph


def _on_account(graph: dict[str, Any], ending: str) -> dict[str, Any]:
    """The same flow under another key, on another account."""
    made = copy.deepcopy(graph)
    made["key"] += ending
    for node in made["nodes"].values():
        if "slot" in node:
            node["slot"] += ending.replace("-", "_")
    return made


def _running(environment: Environment, graph: dict[str, Any]) -> Webhook:
    release = activate(install(environment, Source(graph["name"], 1, graph), _BENCH), _BENCH)
    endpoint = Endpoint.objects.get(environment=environment, flow_key=release.flow_key)
    return f"/in/{endpoint.path}/", endpoint_secret(endpoint)
