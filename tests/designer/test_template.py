"""The template "Closed-Won to invoice" does what it says, by the test cases it carries."""

import json
from pathlib import Path
from typing import Any

import pytest

from designer.bundles.bundle import Bundle, manifest_of
from designer.bundles.canonical import json_bytes
from designer.bundles.gallery import GALLERY, template, templates
from designer.bundles.requires import requires_of
from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow
from integrations.engine.outcome import Finished, Parked
from tests.designer.rehearsal import rehearse

KEY = "closed-won-to-invoice"
CASES = sorted((GALLERY / KEY / "tests").glob("*.json"))
NODES = ["won", "deal", "is_won", "contact", "organization", "customer", "lines", "invoice", "write_back"]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return template(KEY)


def test_every_template_of_the_gallery_can_be_read_and_compiles_without_a_problem() -> None:
    found = templates()
    assert [one.key for one in found] == [KEY]
    for one in found:
        for graph in one.flows.values():
            assert compile_flow(graph, CATALOG).problems == ()


def test_its_files_are_canonical_so_that_writing_it_again_changes_nothing(bundle: Bundle) -> None:
    again = {"manifest.json": json_bytes(manifest_of(bundle)), **bundle.files()}
    folder = GALLERY / KEY
    on_disk = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
    assert again == on_disk


def test_it_declares_exactly_what_its_flow_needs(bundle: Bundle) -> None:
    plans = [
        compiled.plan for graph in bundle.flows.values() if (compiled := compile_flow(graph, CATALOG)).plan
    ]
    assert bundle.requires == requires_of(plans, bundle.tables)
    assert {one["key"]: one["connector"] for one in bundle.requires.slots} == {
        "crm": "streak",
        "ledger": "sage50",
    }


def test_its_questions_settle_every_slot_and_variable(bundle: Bundle) -> None:
    written = {
        question["writes"].get("slot") or question["writes"].get("variable") for question in bundle.questions
    }
    needed = {one["key"] for one in (*bundle.requires.slots, *bundle.requires.variables)}
    assert needed <= written


def test_its_layout_frames_nine_nodes_in_three_groups_that_read_like_text(bundle: Bundle) -> None:
    layout = bundle.layouts[KEY]
    frames = sorted(layout["notes"].values(), key=lambda note: note["y"])
    assert [frame["text"] for frame in frames] == [
        "Read the deal",
        "Make sure the customer exists",
        "Invoice it",
    ]
    groups = [
        [name for name in NODES if frame["y"] < layout["nodes"][name]["y"] < frame["y"] + frame["h"]]
        for frame in frames
    ]
    assert groups == [NODES[:3], NODES[3:6], NODES[6:]]
    xs = [layout["nodes"][name]["x"] for name in NODES]
    assert xs == xs[:3] * 3


def test_it_holds_no_ids_secrets_or_environment(bundle: Bundle) -> None:
    text = b"".join(bundle.files().values()).decode()
    for word in ("api_key", "token", "http://", "https://", "connection_id", "password"):
        assert word not in text, word


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(bundle: Bundle, path: Path) -> None:
    case = json.loads(path.read_text())
    expected: dict[str, Any] = case["expect"]
    found = rehearse(bundle, case)
    if "parked_at" in expected:
        assert isinstance(found.turn, Parked)
        assert found.turn.node == expected["parked_at"]
        assert found.turn.failure is not None
        failure = expected["failure"]
        assert found.turn.failure.kind == failure["kind"]
        assert {name: found.turn.failure.info[name] for name in ("table", "key")} == {
            "table": failure["table"],
            "key": failure["key"],
        }
        assert "invoice" not in found.asked
        return
    assert isinstance(found.turn, Finished), found.turn
    assert found.turn.result == expected["result"]
    assert found.asked == expected["calls"]
    for node, identity in expected.get("once_per", {}).items():
        assert list(found.effects[node].identity) == identity
