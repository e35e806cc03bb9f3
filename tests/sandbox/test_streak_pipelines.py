"""Streak: pipelines, stages and field definitions, and how each encoding fails."""

from typing import Any

import pytest

from tests.sandbox.bench import Bench

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_v1_put_takes_a_form_or_a_query_string(bench: Bench) -> None:
    path = f"/v1/pipelines/{bench.pipeline['key']}/fields"
    by_form = bench.streak.write("PUT", path, data={"name": "ERP order no.", "type": "TEXT_INPUT"})
    by_query = bench.streak.write("PUT", f"{path}?name=Priority&type=CHECKBOX")
    assert (by_form["name"], by_form["type"]) == ("ERP order no.", "TEXT_INPUT")
    assert int(by_query["key"]) == int(by_form["key"]) + 1


def test_json_sent_to_a_v1_put_is_insufficient(bench: Bench) -> None:
    path = f"/v1/pipelines/{bench.pipeline['key']}/fields"
    answer = bench.streak.call("PUT", path, json={"name": "X", "type": "TEXT_INPUT"})
    assert (answer.status_code, answer.json()["error"]) == (400, "Insufficient params for Field")


def test_a_plain_form_on_a_v1_post_answers_nulls_and_changes_nothing(bench: Bench) -> None:
    box = bench.box()
    path, field = f"/v1/boxes/{box['key']}", bench.field_key("Amount")
    assert bench.streak.write("POST", path, data={"name": "Changed"}) is None
    assert bench.streak.write("POST", f"{path}/fields/{field}", data={"value": "1"}) == {
        "key": None,
        "value": None,
    }
    assert bench.streak.read(path) == box


def test_a_form_with_one_json_field_is_taken_on_a_v1_post(bench: Bench) -> None:
    path = f"/v1/boxes/{bench.box()['key']}"
    assert bench.streak.write("POST", path, data={"json": '{"notes": "call first"}'})["notes"] == "call first"


@pytest.mark.parametrize(
    "rest", [{"data": "{}", "headers": FORM}, {"data": "no json"}, {"json": []}, {"json": {}}]
)
def test_v2_wants_a_json_object_with_the_needed_fields(bench: Bench, rest: dict[str, Any]) -> None:
    answer = bench.streak.call("POST", f"/v2/pipelines/{bench.pipeline['key']}/boxes", **rest)
    assert (answer.status_code, answer.json()) == (400, {"error": "Missing parameters", "success": False})


def test_a_pipeline_is_made_by_form_on_v1_and_by_json_on_v2(bench: Bench) -> None:
    team = bench.team
    v1 = bench.streak.write(
        "PUT", "/v1/pipelines", data={"name": "Old", "teamKey": team, "stageNames": "A,B"}
    )
    v2 = bench.streak.write(
        "POST", "/v2/pipelines", json={"name": "New", "teamKey": team, "stages": ["C", "D, E"]}
    )
    assert [stage["name"] for stage in v1["stages"].values()] == ["A", "B"]
    assert [stage["name"] for stage in v2["stages"].values()] == ["C", "D, E"]
    assert [one["name"] for one in bench.streak.read("/v2/pipelines?limit=2")["results"]] == ["New", "Old"]
    assert bench.streak.read("/v2/pipelines?limit=2")["hasNextPage"] is True
    assert bench.streak.write("DELETE", f"/v1/pipelines/{v1['key']}") == {"success": True}


def test_stages_are_added_last_renamed_and_deleted_only_when_empty(bench: Bench) -> None:
    base = f"/v1/pipelines/{bench.pipeline['key']}"
    stage = bench.streak.write("PUT", f"{base}/stages", data={"name": "Paid"})
    assert bench.pipeline["stageOrder"][-1] == stage["key"] == "5006"
    assert bench.streak.write("POST", f"{base}/stages/5006", json={"name": "Paid up"})["name"] == "Paid up"
    assert bench.streak.call("DELETE", f"{base}/stages/5001").status_code == 400
    assert bench.streak.write("DELETE", f"{base}/stages/5006") == {"success": True}
    assert bench.streak.call("DELETE", base).status_code == 400
    colored = bench.streak.read(f"/v2/pipelines/{bench.pipeline['key']}/stages/5001")
    assert set(colored["color"]) == {"foregroundColor", "backgroundColor"}


def test_a_fields_type_stays_and_its_options_replace_or_add(bench: Bench) -> None:
    path = f"/v1/pipelines/{bench.pipeline['key']}/fields/{bench.field_key('Tax')}"
    refused = bench.streak.call("POST", path, json={"type": "TEXT_INPUT"})
    assert (refused.status_code, refused.json()["error"]) == (400, "Can't change the type of a field")
    old = bench.streak.read(path)["dropdownSettings"]["items"]
    one_more = {"dropdownSettings": {"items": [{"name": "Reverse charge"}]}}
    added = bench.streak.write("POST", f"{path}?addOnly=true", json=one_more)["dropdownSettings"]["items"]
    assert [one["name"] for one in added] == [*(one["name"] for one in old), "Reverse charge"]
    replaced = bench.streak.write(
        "POST", path, json={"dropdownSettings": {"items": [old[0], {"name": "New"}]}}
    )
    assert [one["name"] for one in replaced["dropdownSettings"]["items"]] == ["Standard", "New"]


def test_deleting_a_field_clears_its_values(bench: Bench) -> None:
    key = bench.field_key("Amount")
    assert key in bench.box()["fields"]
    bench.streak.write("DELETE", f"/v1/pipelines/{bench.pipeline['key']}/fields/{key}")
    assert key not in bench.box()["fields"]
