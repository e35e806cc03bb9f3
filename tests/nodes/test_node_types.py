"""What every node type owes the designer, and how node types are found."""

from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator

from connectors.sdk.wire import Json, Schema
from integrations.engine.catalog import discover_nodes
from integrations.engine.node import CompileScope, NodeType
from integrations.engine.schema_check import violations
from tests.engine.workbench import catalog

NODES = discover_nodes()
KEYWORDS = {
    "x-order",
    "x-group",
    "x-advanced",
    "x-help",
    "x-placeholder",
    "x-widget",
    "x-expression",
    "x-secret",
    "x-options",
    "x-mapping",
    "x-unit",
}
"""The one vocabulary of forms."""

node_types = pytest.mark.parametrize("node", NODES.values(), ids=NODES)


def schemas(schema: Json) -> list[Schema]:
    """A schema and all that lie in it."""
    if isinstance(schema, list):
        return [inner for part in schema for inner in schemas(part)]
    if not isinstance(schema, dict):
        return []
    return [schema, *(inner for part in schema.values() for inner in schemas(part))]


def test_the_node_types_of_a_flow_are_these() -> None:
    leaves = [
        "aggregate",
        "approval",
        "assert",
        "batch",
        "branch",
        "call",
        "deduplicate",
        "delay",
        "filter",
        "map",
        "merge",
        "result",
        "stop",
        "trigger",
        "validate",
        "wait_until",
    ]
    containers = ["for_each", "sub_flow", "try_scope"]
    assert sorted(NODES) == sorted([*leaves, *containers])


@node_types
def test_it_describes_itself_in_calm_sentences(node: NodeType) -> None:
    assert node.title[0].isupper()
    assert node.help.endswith(".")
    assert node.icon == node.icon.lower()
    assert node.version >= 1
    assert node.category in ("trigger", "lookup", "transform", "action", "logic")


@node_types
def test_its_schema_is_one_and_uses_the_known_keywords(node: NodeType) -> None:
    Draft202012Validator({**node.schema}, offline=True)
    used = {key for schema in schemas(dict(node.schema)) for key in schema if key.startswith("x-")}
    assert used <= KEYWORDS
    for name, field in node.schema.get("properties", {}).items():
        assert field["title"], name
        assert "x-order" in field, name


@node_types
def test_its_sample_satisfies_its_schema(node: NodeType) -> None:
    assert list(violations(node.schema, node.sample)) == []


@node_types
def test_its_ports_can_be_told_without_a_configuration(node: NodeType) -> None:
    ports = node.ports({})
    assert ports.inputs == (() if node.category == "trigger" else ("main",))
    assert node.ports(node.sample, catalog())


@node_types
def test_an_empty_configuration_gives_problems_and_no_crash(node: NodeType) -> None:
    compiled = node.compile({}, CompileScope(node="n", catalog=catalog(), upstream=frozenset()))
    assert all(problem.pointer.startswith(("/config", "/body", "/slot")) for problem in compiled.problems)


DROPPED = '''"""A node type of somebody else's."""

from integrations.nodes.merge import Merge


class Sleepy(Merge):
    """Like a merge, under another name."""

    id = "sleepy"
    title = "Sleepy"


NODE = Sleepy()
'''


def test_a_file_dropped_in_another_folder_is_found_with_no_other_edit(tmp_path: Path) -> None:
    (tmp_path / "sleepy.py").write_text(DROPPED)
    found = discover_nodes([tmp_path])
    assert found["sleepy"].title == "Sleepy"
    assert list(found) == sorted([*NODES, "sleepy"])


def test_a_file_without_a_node_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text('"""Nothing."""\n')
    with pytest.raises(LookupError, match=r"empty\.py declares no NODE"):
        discover_nodes([tmp_path])


def test_two_files_of_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "again.py").write_text(DROPPED.replace('"sleepy"', '"merge"'))
    with pytest.raises(LookupError, match="Two files declare the node type merge"):
        discover_nodes([tmp_path])


def test_files_that_begin_with_an_underscore_are_nobodys_business(tmp_path: Path) -> None:
    (tmp_path / "_parts.py").write_text("")
    assert discover_nodes([tmp_path]) == NODES


def test_a_call_has_a_not_found_port_only_when_it_looks_something_up() -> None:
    call = NODES["call"]
    assert call.ports({"operation": "crm.find_person"}, catalog()).outputs == ("main", "not_found")
    assert call.ports({"operation": "ledger.create_invoice"}, catalog()).outputs == ("main",)
    assert call.ports({"operation": "crm.dance"}, catalog()).outputs == ("main",)


def test_a_branch_has_a_port_for_each_case() -> None:
    cases: Json = {"cases": [{"name": "a", "condition": "true"}, {"name": "b", "condition": "true"}]}
    assert NODES["branch"].ports(cases).outputs == ("a", "b", "else")
