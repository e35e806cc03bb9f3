"""The catalogue: what is dropped in appears, and nothing else has to be touched."""

import shutil
from pathlib import Path

import pytest

from connectors.sdk import registry
from integrations import catalog
from integrations.engine.catalog import discover_nodes
from tests.api.world import World

MANIFEST = """
id = "example"
title = "Example"
version = "1.0.0"
summary = "Shows how little a connector is."
category = "generic"
auth = ["none"]
hosts = ["api.example.test"]
base_url = "https://api.example.test"
docs = "https://api.example.test/docs"
[quality]
"""
CLIENT = '''
"""Example's API."""
from connectors.sdk.account import AccountIdentity, AuthKind
from connectors.sdk.client import Client
CLIENT = Client(
    auth=(AuthKind("none", "Nothing", {"type": "object", "properties": {}}, lambda headers, secrets: None),),
    identify=lambda call: AccountIdentity("1", "Example"),
)
'''
OPERATION = '''
"""Reads a thing."""
from connectors.sdk.operation import Read
OPERATION = Read(title="Get a thing", input={"type": "object"}, output={"type": "object"}, sample={}, run=lambda call, data: {})
'''


def test_it_lists_connectors_with_operations_and_node_types_with_forms(world: World) -> None:
    shown = world.client("viewer").get("/api/v1/catalogue/").json()
    connectors = {one["id"]: one for one in shown["connectors"]}
    invoice = next(one for one in connectors["sage50"]["operations"] if one["id"] == "sage50.create_invoice")
    assert (invoice["effect"], invoice["record"], invoice["idempotency"]["strategy"]) == (
        "create",
        "sales_invoice",
        "native",
    )
    assert invoice["input"]["properties"]["lines"]["type"] == "array"
    assert "streak.box_stage_changed" in [one["id"] for one in connectors["streak"]["triggers"]]
    assert {one["id"]: one["oauth2"] for one in connectors["sage50"]["auth"]} == {"oauth2_code": True}
    nodes = {one["id"]: one for one in shown["node_types"]}
    assert {"trigger", "call", "map", "filter"} <= set(nodes)
    assert nodes["filter"]["ports"] == {"inputs": ["main"], "outputs": ["main"]}
    assert nodes["call"]["schema"]["properties"]["operation"]["title"] == "Operation"


def test_it_is_sent_once_as_long_as_nothing_is_installed(world: World) -> None:
    client = world.client()
    first = client.get("/api/v1/catalogue/")
    again = client.get("/api/v1/catalogue/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_connector_folder_dropped_in_appears(tmp_path: Path) -> None:
    folder = tmp_path / "example"
    (folder / "operations").mkdir(parents=True)
    rules = "\n".join(f'"{rule}" = "done"' for rule in registry.connector("streak").manifest.quality)
    (folder / "manifest.toml").write_text(MANIFEST + rules)
    for name, text in (
        ("__init__", '"""Example."""'),
        ("client", CLIENT),
        ("operations/__init__", '"""All."""'),
    ):
        (folder / f"{name}.py").write_text(text)
    (folder / "operations" / "get_thing.py").write_text(OPERATION)
    with registry.extra_root(tmp_path):
        shown = {one["id"]: one for one in catalog.catalogue_json()["connectors"]}
        assert [one["id"] for one in shown["example"]["operations"]] == ["example.get_thing"]
        assert catalog.CATALOG.operation("example.get_thing") is not None
    assert catalog.CATALOG.operation("example.get_thing") is None


def test_a_node_file_dropped_in_appears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Path(catalog.__file__).parent / "nodes" / "filter.py"
    shutil.copy(own, tmp_path / "sieve.py")
    text = (tmp_path / "sieve.py").read_text().replace('id = "filter"', 'id = "sieve"')
    (tmp_path / "sieve.py").write_text(text)
    catalog.node_types.cache_clear()
    monkeypatch.setattr(catalog, "discover_nodes", lambda: discover_nodes([tmp_path]))
    try:
        assert "sieve" in {one["id"] for one in catalog.catalogue_json()["node_types"]}
        assert catalog.CATALOG.node_type("sieve") is not None
    finally:
        catalog.node_types.cache_clear()


def test_what_is_not_there_is_none() -> None:
    for unknown in ("", "sage50", "sage50.nothing", "nobody.create_invoice"):
        assert catalog.CATALOG.operation(unknown) is None
        assert catalog.CATALOG.trigger(unknown) is None
    assert catalog.CATALOG.node_type("nothing") is None
