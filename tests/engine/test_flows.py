"""Every file in `tests/flows/`: its graph, event and scripted replies give the journal it states."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow
from integrations.engine.executor import Given, advance
from integrations.engine.memory import MemoryJournal
from integrations.engine.node import Catalog
from integrations.engine.outcome import Finished, Turn
from integrations.engine.plan import Plan
from tests.engine.workbench import NOW, Scripted, catalog

FLOWS = sorted((Path(__file__).parent.parent / "flows").glob("*.json"))


def case(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read_text())
    return read


def catalog_of(read: Mapping[str, Any]) -> Catalog:
    """Flows of real connectors say so; the others use the workbench's, with the flows the case calls."""
    if read.get("catalogue") == "installed":
        return CATALOG
    return replace(catalog(), flows=read.get("flows", {}))


def plan_of(read: Mapping[str, Any]) -> Plan:
    compiled = compile_flow(read["graph"], catalog_of(read))
    assert compiled.plan is not None, compiled.problems
    assert [problem.code for problem in compiled.problems] == read.get("warnings", [])
    return compiled.plan


def as_json(turn: Turn) -> dict[str, Any]:
    if isinstance(turn, Finished):
        return {"finished": turn.result}
    told = {"parked": turn.reason, "at": turn.path, "attempt": turn.attempt}
    until = turn.until and turn.until.astimezone(UTC).isoformat()
    failure = turn.failure and turn.failure.code
    optional = {"after": turn.after, "until": until, "token": turn.token, "failure": failure}
    return {**told, **{name: value for name, value in optional.items() if value}}


def journal_as_json(journal: MemoryJournal) -> dict[str, Any]:
    """{path: state, or state:port when it isn't main}."""
    ends = dict(journal.entries)
    return {
        path: f"{e.state}:{e.port}" if e.state == "done" and e.port != "main" else e.state
        for path, e in ends.items()
    }


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_a_flow_gives_the_journal_it_states(file: Path) -> None:
    read = case(file)
    plan = plan_of(read)
    journal, context = MemoryJournal(), Scripted.by(read)
    given = Given(read["event"], catalog_of(read), read.get("variables", {}))
    turns = []
    for at, _ in enumerate(read["turns"]):
        context.time = datetime.fromisoformat(read["clock"][at]) if "clock" in read else NOW
        turns.append(as_json(advance(plan, journal, context, given)))
    assert turns == read["turns"]
    assert journal_as_json(journal) == read["journal"]
    for path, output in read.get("outputs", {}).items():
        assert journal.entries[path].output == output
    for at, (path, data) in enumerate(read.get("calls", [])):
        assert context.calls[at][0] == path
        assert context.calls[at][2] == data
    identities = {path: list(effect.identity) for path, _, _, effect in context.calls if effect}
    assert identities == read.get("identities", {})


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_every_flow_has_a_title_and_a_drawing_of_its_nodes(file: Path) -> None:
    read = case(file)
    drawing = "\n".join(read["drawing"])
    assert read["title"]
    assert [node for node in read["graph"]["nodes"] if node not in drawing] == []
