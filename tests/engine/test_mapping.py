"""Mapping documents: what is drawn gives what `mappings.json` states."""

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.sdk.errors import Failure
from connectors.sdk.wire import Json
from integrations.engine.executor import Given, advance
from integrations.engine.mapping import compile_mapping
from integrations.engine.memory import MemoryJournal
from integrations.engine.outcome import Parked
from tests.engine.workbench import Scripted, catalog, flow, planned

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "mappings.json").read_text())


def mapped(case: dict[str, Any]) -> tuple[Json, Failure | None]:
    """The output of a map node, or why it parked."""
    nodes: dict[str, Json] = {
        "start": {"type": "trigger", "config": {"kind": "manual"}},
        "shape": {"type": "map", "config": {"mapping": case["mapping"]}},
    }
    journal = MemoryJournal()
    context = Scripted(tables=case.get("tables"))
    turn = advance(planned(flow(nodes, "start -> shape")), journal, context, Given(case["event"], catalog()))
    failure = turn.failure if isinstance(turn, Parked) else None
    return journal.entries["shape"].output, failure


@pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
def test_a_mapping_gives_what_was_drawn(case: dict[str, Any]) -> None:
    output, failure = mapped(case)
    if "error" in case:
        assert failure is not None
        assert (failure.code, failure.pointer) == (case["error"], case["pointer"])
    else:
        assert failure is None, failure
        assert output == case["result"]


def test_what_a_person_wrote_stays_in_its_brackets() -> None:
    source = compile_mapping(
        {"kind": "object", "fields": [{"key": "a", "value": {"kind": "path", "path": "$event.a"}}]}
    )
    assert "($event.a\n)" in source


def test_a_table_in_a_mapping_is_among_the_flows_needs() -> None:
    lookup = {
        "kind": "lookup",
        "table": "gl",
        "keys": [{"kind": "expr", "src": "$vars.key"}],
        "column": "code",
    }
    nodes: dict[str, Json] = {
        "start": {"type": "trigger", "config": {"kind": "manual"}},
        "shape": {"type": "map", "config": {"mapping": lookup}},
    }
    assert planned(flow(nodes, "start -> shape")).needs == {
        "slots": {},
        "tables": ["gl"],
        "variables": ["key"],
    }
