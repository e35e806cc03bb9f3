"""Flows that call flows, from their versions to a run: what a release holds stays, whatever becomes of the other flow."""

from typing import Any

import pytest

from connectors.sdk.wire import Json
from designer.bundles.export import export_flow
from designer.bundles.install import install_bundle
from designer.bundles.read import read_file
from designer.bundles.write import bundle_bytes
from designer.models import Draft, Flow
from designer.versions import VersionRefused, freeze, make_version
from integrations.releases.activate import activate
from integrations.releases.install import InstallRefused, Source, compile_in, install
from integrations.releases.models import Environment, Release
from integrations.runs import runner as running
from integrations.runs.models import Run
from integrations.runs.timeline import lines_of
from tests.api.world import SETUP
from tests.engine.workbench import flow
from tests.runs.carrying import arrive, carry, output_of, steps_of

pytestmark = pytest.mark.django_db


def callee(word: str) -> dict[str, Json]:
    taken = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    nodes: dict[str, Json] = {
        "asked": {"type": "trigger", "config": {"kind": "call", "input": taken}},
        "start": {
            "type": "map",
            "name": "Greet",
            "config": {"fields": {"a": {"$expr": f'"{word} " & $event.name'}}},
        },
        "give": {"type": "result", "config": {"fields": {"said": {"$expr": "$in.a"}}}},
    }
    return {**flow(nodes, "asked -> start", "start -> give"), "key": "greet"}


CALLER: dict[str, Json] = flow(
    {
        "start": {"type": "trigger", "config": {"kind": "manual"}},
        "each": {
            "type": "for_each",
            "config": {"items": "$event.names", "key": "$item"},
            "body": {
                "nodes": {
                    "call": {
                        "type": "sub_flow",
                        "config": {"flow": "greet", "input": {"name": {"$expr": "$item"}}},
                    }
                },
                "edges": {},
            },
        },
    },
    "start -> each",
)


@pytest.fixture
def dev() -> Environment:
    return Environment.objects.create(key="dev", name="Development")


@pytest.fixture
def greet() -> Flow:
    made = Flow.objects.create(key="greet", name="Greet")
    make_version(made, callee("Hello"), {}, note="", by="somebody")
    return made


@pytest.fixture(autouse=True)
def connections_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "close_old_connections", lambda: None)


def released(environment: Environment) -> Release:
    return install(environment, Source("Caller", 1, CALLER), SETUP)


def run_of(release: Release) -> Run:
    arrive(release, names=["Ann", "Bob"])
    (run,) = carry()
    return run


def test_a_release_holds_the_flow_it_calls_and_runs_it(dev: Environment, greet: Flow) -> None:
    release = released(dev)
    run = run_of(release)
    assert (run.state, run.result) == ("succeeded", "delivered")
    assert output_of(run, "each") == [{"said": "Hello Ann"}, {"said": "Hello Bob"}]
    assert steps_of(run)["each[Ann]/call/give"] == ["done"]
    lines = lines_of(release.plan, run.steps.all(), [])
    names = {line.path: line.name for line in lines}
    assert names["each[Ann]/call/start"] == "Greet · Ann"
    assert names["start"] == "start"


def test_a_new_version_of_the_called_flow_changes_the_next_release_and_no_other(
    dev: Environment, greet: Flow
) -> None:
    first = released(dev)
    make_version(greet, callee("Goodbye"), {}, note="", by="somebody")
    second = released(dev)
    assert first.digest != second.digest
    assert (first.plan["needs"]["flows"] != second.plan["needs"]["flows"], first.graph) == (
        True,
        second.graph,
    )
    assert output_of(run_of(first), "each")[0] == {"said": "Hello Ann"}
    assert output_of(run_of(second), "each")[0] == {"said": "Goodbye Ann"}


def test_without_a_version_there_is_nothing_to_call(dev: Environment) -> None:
    Flow.objects.create(key="greet", name="Greet")
    with pytest.raises(InstallRefused) as refused:
        released(dev)
    (problem,) = refused.value.problems
    assert (problem.code, problem.node, problem.pointer) == ("flow_unknown", "call", "/config/flow")


def test_a_circle_is_refused_when_a_version_is_made(greet: Flow) -> None:
    caller = Flow.objects.create(key="test-flow", name="Caller")
    make_version(caller, CALLER, {}, note="", by="somebody")
    nodes: dict[str, Json] = {
        "asked": {"type": "trigger", "config": {"kind": "call"}},
        "back": {"type": "sub_flow", "config": {"flow": "test-flow"}},
    }
    Draft.objects.create(flow=greet, document={**flow(nodes, "asked -> back"), "key": "greet"})
    with pytest.raises(VersionRefused) as refused:
        freeze(greet, note="", by="somebody")
    codes = {problem.code for problem in refused.value.problems}
    assert codes <= {"flow_circle", "flow_not_callable"}
    assert any("greet → test-flow → greet" in problem.message for problem in refused.value.problems)


def test_a_bundle_takes_the_called_flow_along_and_compiles_with_it(dev: Environment, greet: Flow) -> None:
    caller = Flow.objects.create(key="test-flow", name="Caller")
    make_version(caller, CALLER, {}, note="", by="somebody")
    exported = bundle_bytes(export_flow(caller, dev))
    make_version(greet, callee("Goodbye"), {}, note="newer than the bundle's", by="somebody")
    prod = Environment.objects.create(key="prod", name="Production")
    first = install_bundle(read_file(exported), prod, {}, SETUP)
    again = install_bundle(read_file(exported), prod, {}, SETUP)
    assert [one.pk for one in again.releases] == [one.pk for one in first.releases]
    release = Release.objects.get(environment=prod, flow_key="test-flow")
    activate(release, SETUP)
    assert output_of(run_of(release), "each")[0] == {"said": "Hello Ann"}


def test_every_draft_says_what_is_wrong_with_what_it_calls(dev: Environment, greet: Flow) -> None:
    nodes: dict[str, Any] = {**CALLER["nodes"]}
    nodes["each"] = {
        **nodes["each"],
        "body": {"nodes": {"call": {"type": "sub_flow", "config": {"flow": "greet"}}}, "edges": {}},
    }
    found = compile_in(dev, Source("Caller", 1, {**CALLER, "nodes": nodes}))
    assert [(one.code, one.node, one.pointer) for one in found.problems] == [
        ("input_missing", "call", "/config/input")
    ]
