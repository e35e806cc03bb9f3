"""Drafts and versions over REST: nobody overwrites what they haven't seen; a version is made on purpose and never changes."""

import copy
from typing import Any

import pytest
from rest_framework.response import Response
from rest_framework.test import APIClient

from designer.models import Draft, Flow, FlowVersion
from tests.api.world import FLOW, World

URL = f"/api/v1/flows/{FLOW}/draft/"


@pytest.fixture
def builder(world: World) -> APIClient:
    return world.client("builder")


def save(client: APIClient, document: Any, etag: str) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return client.put(URL, {"document": document}, format="json", headers=headers)


def changed(draft: Response) -> dict[str, Any]:
    document: dict[str, Any] = copy.deepcopy(draft.json()["document"])  # type: ignore[attr-defined]
    document["nodes"]["deal"]["name"] = "Read the deal"
    return document


def test_a_draft_is_saved_by_whoever_has_seen_it(builder: APIClient) -> None:
    draft = builder.get(URL)
    assert (draft["ETag"], draft.json()["problems"]) == ('"draft-1"', [])
    saved = save(builder, changed(draft), draft["ETag"])
    assert (saved.status_code, saved["ETag"], saved.json()["updated_by"]) == (200, '"draft-2"', "builder")
    assert builder.get(URL).json()["document"]["nodes"]["deal"]["name"] == "Read the deal"


def test_whoever_has_not_gets_the_current_one_instead(builder: APIClient) -> None:
    draft = builder.get(URL)
    save(builder, changed(draft), draft["ETag"])
    late = save(builder, draft.json()["document"], draft["ETag"])
    assert (late.status_code, late.json()["code"], late.json()["etag"]) == (
        412,
        "changed_meanwhile",
        '"draft-2"',
    )
    assert late.json()["current"]["document"]["nodes"]["deal"]["name"] == "Read the deal"
    assert Draft.objects.get(flow__key=FLOW).revision == 2


@pytest.mark.parametrize(("etag", "status"), [("", 428), ("*", 400), ('"run-1"', 400), ("draft-1", 400)])
def test_without_the_drafts_own_etag_nothing_is_saved(builder: APIClient, etag: str, status: int) -> None:
    draft = builder.get(URL)
    assert save(builder, changed(draft), etag).status_code == status
    assert Draft.objects.get(flow__key=FLOW).revision == 1


def test_a_draft_may_be_broken_and_says_how(builder: APIClient) -> None:
    draft = builder.get(URL)
    document = changed(draft)
    document["nodes"]["deal"]["config"]["operation"] = "streak.nothing"
    problems = save(builder, document, draft["ETag"]).json()["problems"]
    assert next((one["code"], one["node"], one["pointer"]) for one in problems) == (
        "operation_unknown",
        "deal",
        "/config/operation",
    )


@pytest.mark.parametrize("document", [{"key": "another"}, {}, []])
def test_a_draft_of_another_flow_is_refused(builder: APIClient, document: Any) -> None:
    assert save(builder, document, '"draft-1"').status_code == 400


def test_the_first_draft_of_a_flow_is_saved_on_nothing(builder: APIClient) -> None:
    Flow.objects.create(key="new", name="New")
    url = "/api/v1/flows/new/draft/"
    assert builder.get(url).status_code == 404
    body = {"document": {"format": 1, "key": "new", "nodes": {}, "edges": {}}}
    assert builder.put(url, body, format="json", headers={"If-Match": '"draft-0"'})["ETag"] == '"draft-1"'
    assert builder.put(url, body, format="json", headers={"If-Match": '"draft-0"'}).status_code == 412


@pytest.mark.parametrize("who", ["viewer", "operator", "steward", "releaser"])
def test_only_builders_draw(world: World, who: str) -> None:
    client = world.client(who)
    draft = client.get(URL)
    assert save(client, changed(draft), draft["ETag"]).status_code == 403
    assert client.post(f"/api/v1/flows/{FLOW}/versions/", {}, format="json").status_code == 403


def test_a_version_is_made_of_the_draft_and_stays_as_it_is(builder: APIClient) -> None:
    url = f"/api/v1/flows/{FLOW}/versions/"
    unchanged = builder.post(url, {"note": "Nothing new"}, format="json")
    assert (unchanged.status_code, unchanged.json()["code"]) == (409, "unchanged")
    draft = builder.get(URL)
    save(builder, changed(draft), draft["ETag"])
    made = builder.post(url, {"note": "Clearer name"}, format="json")
    assert (made.status_code, made.json()["number"], made.json()["created_by"]) == (201, 2, "builder")
    listed = builder.get(url).json()["results"]
    assert [(one["number"], one["note"]) for one in listed] == [
        (2, "Clearer name"),
        (1, "Installed from Closed-Won to invoice"),
    ]
    assert "graph" not in listed[0]
    first = builder.get(f"{url}1/").json()
    assert first["graph"]["nodes"]["deal"]["name"] == "Get deal"
    assert "layout" not in first["graph"]
    assert builder.get(f"{url}3/").status_code == 404


def test_a_draft_that_does_not_compile_is_no_version_and_every_problem_is_said(builder: APIClient) -> None:
    draft = builder.get(URL)
    document = changed(draft)
    document["nodes"]["deal"]["config"]["operation"] = "streak.nothing"
    document["nodes"]["is_won"]["config"]["condition"] = "1 +"
    save(builder, document, draft["ETag"])
    answer = builder.post(f"/api/v1/flows/{FLOW}/versions/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "flow_problems")
    assert {"deal", "is_won"} <= {problem["node"] for problem in answer.json()["errors"]}
    assert FlowVersion.objects.filter(flow__key=FLOW).count() == 1


def test_moving_a_box_changes_the_layout_and_no_digest(builder: APIClient) -> None:
    draft = builder.get(URL)
    document = copy.deepcopy(draft.json()["document"])
    document["layout"]["nodes"]["won"]["x"] = 999
    save(builder, document, draft["ETag"])
    builder.post(f"/api/v1/flows/{FLOW}/versions/", {}, format="json")
    digests = FlowVersion.objects.filter(flow__key=FLOW).values_list("digest", flat=True)
    assert len(digests) == 2
    assert len(set(digests)) == 1
