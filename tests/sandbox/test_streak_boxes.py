"""Streak: boxes and their values, with everything that surprises a client."""

import json
from typing import Any

import pytest

from tests.sandbox.bench import Bench


def test_a_box_is_made_by_v2_post_or_v1_put_and_starts_in_the_first_stage(bench: Bench) -> None:
    key = bench.pipeline["key"]
    body = {
        "name": "New",
        "stageKey": "5002",
        "assignedToSharingEntries": [{"email": "tom.harlow@harlow-finch.example"}],
    }
    v2 = bench.streak.write("POST", f"/v2/pipelines/{key}/boxes", json=body)
    v1 = bench.streak.write("PUT", f"/v1/pipelines/{key}/boxes", data={"name": "Old"})
    assert (v2["key"], v2["stageKey"]) == (v2["boxKey"], "5002")
    assert [one["fullName"] for one in v2["assignedToSharingEntries"]] == ["Tom Harlow"]
    assert v1["stageKey"] == "5001"
    assert bench.streak.call("POST", f"/v1/pipelines/{key}/boxes", json={"name": "No"}).status_code == 400


def test_boxes_come_newest_first_in_pages_from_zero(bench: Bench) -> None:
    path = f"/v1/pipelines/{bench.pipeline['key']}/boxes"
    whole = bench.streak.read(path)
    assert [box["name"] for box in whole[:2]] == ["Bay Gym - lockers", "Maison Roux - 7 rugs"]
    assert bench.streak.read(f"{path}?limit=4&page=0") == whole[:4]
    assert bench.streak.read(f"{path}?limit=4&page=2") == whole[8:]
    assert bench.streak.read(f"{path}?limit=4&page=3") == []
    bench.streak.write("POST", f"/v1/boxes/{whole[-1]['key']}", json={"notes": "moved up"})
    assert bench.streak.read(f"{path}?sortBy=lastUpdatedTimestamp")[0]["key"] == whole[-1]["key"]
    assert bench.streak.call("GET", f"{path}?sortBy=name").status_code == 400
    assert {box["stageKey"] for box in bench.streak.read(f"{path}?stageKey=5003")} == {"5003"}


def test_a_page_is_an_object_when_that_quirk_is_on(bench: Bench) -> None:
    path = f"/v1/pipelines/{bench.pipeline['key']}/boxes"
    bench.fault("streak", "page_objects", "always")
    first = bench.streak.read(f"{path}?limit=5&page=0")
    assert (len(first["results"]), first["hasNextPage"]) == (5, True)
    assert bench.streak.read(f"{path}?limit=5&page=1")["hasNextPage"] is False
    assert isinstance(bench.streak.read(path), list)


def test_v2_pages_boxes_by_limit_and_offset(bench: Bench) -> None:
    path = f"/v2/pipelines/{bench.pipeline['key']}/boxes"
    keys = [
        box["key"]
        for offset in (0, 4, 8)
        for box in bench.streak.read(f"{path}?limit=4&offset={offset}")["results"]
    ]
    assert len(set(keys)) == 9


def test_lists_replace_and_unknown_properties_are_ignored(bench: Bench) -> None:
    box, other = bench.box(), bench.box("Pier Nine - 24 pendants")
    path = f"/v1/boxes/{box['key']}"
    body = {
        "contacts": other["contacts"],
        "linkedBoxKeys": [other["key"]],
        "amount": "5",
        "contactKeys": ["x"],
    }
    changed = bench.streak.write("POST", path, json=body)
    assert [one["key"] for one in changed["contacts"]] == [other["contacts"][0]["key"]]
    assert changed["emailAddresses"] == ["callum.reid@pier-nine.example"]
    assert changed["linkedBoxKeys"] == [other["key"]]
    assert "amount" not in changed
    emptied = bench.streak.write("POST", path, json={"contacts": [], "organizations": []})
    assert "contacts" not in emptied
    assert "organizations" not in emptied


@pytest.mark.parametrize(
    "contacts",
    [
        ["agxzfm1haWxmb29nYWVyNope"],
        [{"contactKey": "k"}],
        [{"emailAddress": "a@b.example"}],
        [{"key": "unknown"}],
        {},
    ],
)
def test_a_wrong_shape_of_contacts_is_dropped_silently(bench: Bench, contacts: Any) -> None:
    box = bench.box()
    assert (
        bench.streak.write("POST", f"/v1/boxes/{box['key']}", json={"contacts": contacts, "notes": "lost"})
        is None
    )
    assert bench.box() == box


def test_a_box_is_not_linked_to_itself(bench: Bench) -> None:
    box = bench.box()
    answer = bench.streak.call("POST", f"/v1/boxes/{box['key']}", json={"linkedBoxKeys": [box["key"]]})
    assert answer.status_code == 400


@pytest.mark.parametrize("packed", [True, False])
def test_fields_are_written_as_an_object_or_as_json_text(bench: Bench, *, packed: bool) -> None:
    amount, deposit = bench.field_key("Amount"), bench.field_key("Deposit paid")
    fields: Any = {amount: "12500.00", deposit: True, "4711": "unknown"}
    body = {"fields": json.dumps(fields) if packed else fields}
    changed = bench.streak.write("POST", f"/v1/boxes/{bench.box()['key']}", json=body)
    assert (changed["fields"][amount], changed["fields"][deposit]) == ("12500.00", True)
    assert "4711" not in changed["fields"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Currency", "USD"),
        ("Currency", ["9001"]),
        ("Close date", "2026-11-21"),
        ("Close date", True),
        ("Deposit paid", "yes"),
        ("Segment", ["retail"]),
        ("Segment", "9010"),
        ("Amount", ["12"]),
        ("Amount", True),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(bench: Bench, field: str, value: Any) -> None:
    box = bench.box()
    path = f"/v1/boxes/{box['key']}/fields/{bench.field_key(field)}"
    assert bench.streak.call("POST", path, json={"value": value}).status_code == 400
    assert bench.box() == box


@pytest.mark.parametrize("empty", [None, ""])
def test_a_value_is_set_read_and_cleared_at_its_own_path(bench: Bench, empty: str | None) -> None:
    key = bench.field_key("Sage invoice")
    base = f"/v1/boxes/{bench.box()['key']}/fields"
    assert {"key": key} in bench.streak.read(base)
    assert bench.streak.write("POST", f"{base}/{key}", json={"value": "e3f0"}) == {
        "key": key,
        "value": "e3f0",
    }
    assert bench.streak.read(f"{base}/{key}") == {"key": key, "value": "e3f0"}
    assert bench.streak.write("POST", f"{base}/{key}", json={"value": empty}) == {"key": key}
    assert key not in bench.box()["fields"]


def test_time_stamps_follow_what_changed(bench: Bench) -> None:
    box = bench.box()
    noted = bench.streak.write("POST", f"/v1/boxes/{box['key']}", json={"notes": "x"})
    assert noted["lastUpdatedTimestamp"] > box["lastUpdatedTimestamp"]
    assert noted["lastStageChangeTimestamp"] == box["lastStageChangeTimestamp"]
    moved = bench.move(box, "5004")
    assert moved["lastStageChangeTimestamp"] > noted["lastUpdatedTimestamp"]
    again = bench.move(box, "5004")
    assert again["lastSavedTimestamp"] > moved["lastSavedTimestamp"]
    assert again["lastUpdatedTimestamp"] == moved["lastUpdatedTimestamp"]


def test_many_boxes_are_read_at_once_and_a_box_is_deleted(bench: Bench) -> None:
    box, other = bench.box(), bench.box("Bay Gym - lockers")
    found = bench.streak.write(
        "POST", f"/v1/pipelines/{bench.pipeline['key']}/boxes/batch/", json=[box["key"], other["key"]]
    )
    assert [one["key"] for one in found] == [box["key"], other["key"]]
    assert bench.streak.write("DELETE", f"/v1/boxes/{box['key']}") == {"success": True}
    assert bench.streak.call("GET", f"/v1/boxes/{box['key']}").status_code == 404


def test_comments_and_tasks_hang_on_a_box(bench: Bench) -> None:
    key = bench.box()["key"]
    bench.streak.write("POST", f"/v2/boxes/{key}/comments", json={"message": "Invoice SI-7 made"})
    bench.streak.write("PUT", f"/v1/boxes/{key}/comments", data={"message": "old way"})
    people = [{"email": "tom.harlow@harlow-finch.example"}]
    task = bench.streak.write("POST", f"/v2/boxes/{key}/tasks", json={"text": "Call", "assignedTo": people})
    listed = bench.streak.read(f"/v2/boxes/{key}/comments")["results"]
    assert [one["message"] for one in listed] == ["Invoice SI-7 made", "old way"]
    assert task["assignedTo"] == task["assignedToSharingEntries"]
    assert bench.streak.write("POST", f"/v2/tasks/{task['key']}", json={"status": "DONE"})["status"] == "DONE"
    box = bench.streak.read(f"/v1/boxes/{key}")
    assert (box["commentCount"], box["taskTotal"], box["taskCompleteCount"]) == (2, 1, 1)


def test_a_box_moves_to_another_pipeline_and_leaves_its_values_behind(bench: Bench) -> None:
    box, source = bench.box(), bench.pipeline["key"]
    target = bench.streak.write(
        "POST", "/v2/pipelines", json={"name": "Done", "teamKey": bench.team, "stages": ["In"]}
    )
    items = [{"key": box["key"], "boxKey": box["key"], "pipelineKey": target["key"]}]
    bench.streak.write("POST", f"/v2/pipelines/{source}/boxes/batch", json=items)
    moved = bench.streak.read(f"/v1/boxes/{box['key']}")
    assert (moved["pipelineKey"], moved["fields"]) == (target["key"], {})
