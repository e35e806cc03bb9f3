"""What the interface refuses is refused in one shape, with a code, a sentence and the place of every finding."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from connectors.sdk.errors import Conflict, Data, NotFound, RateLimited, Transient
from integrations.api.problems import problem_handler
from tests.api.world import World


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/v2/runs/", "/api", "/api/", "/ws/v1/"])
def test_an_unknown_address_is_a_problem_not_a_page(db: None, path: str) -> None:
    answer = APIClient().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


def test_every_finding_is_said_at_once_with_its_place(world: World) -> None:
    answer = world.client().post(
        "/api/v1/connections/", {"environment": "dev", "base_url": "nowhere"}, format="json"
    )
    assert answer.status_code == 400
    problem = answer.json()
    assert {error["pointer"] for error in problem["errors"]} == {
        "/key",
        "/name",
        "/connector",
        "/auth",
        "/base_url",
    }
    assert problem["title"] == "Bad Request"
    assert problem["status"] == 400
    assert problem["detail"] == "5 things must be corrected."


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        ("{not json", "application/json", 400, "invalid"),
        ("[]", "application/json", 404, "not_found"),
        ("<xml/>", "application/xml", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_cannot_be_read(world: World, body: str, kind: str, status: int, code: str) -> None:
    answer = world.client().post("/api/v1/connections/", body, content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_method_that_is_not_there(world: World) -> None:
    answer = world.client().delete("/api/v1/runs/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_session_without_its_csrf_token_changes_nothing(world: World) -> None:
    run = world.run()
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(world.people["admin"])
    answer = client.post(f"/api/v1/runs/{run.pk}/cancel/")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    run.refresh_from_db()
    assert run.state == "queued"


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (Data("Wrong.", pointer="/a"), 400),
        (NotFound("Gone."), 404),
        (Conflict("Two."), 409),
        (RateLimited("Slow down.", retry_after=3), 429),
        (Transient("Later."), 503),
    ],
)
def test_a_failure_of_a_connector_keeps_its_sentence_and_code(failure: Data, status: int) -> None:
    answer = problem_handler(failure, {})
    assert answer is not None
    assert (answer.status_code, answer.data["detail"], answer.data["code"]) == (
        status,
        failure.sentence,
        failure.code,
    )


def test_a_bug_is_not_dressed_up_as_a_problem() -> None:
    assert problem_handler(ZeroDivisionError(), {}) is None


def test_a_bug_in_a_view_is_a_problem_without_details(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the secret reason")

    monkeypatch.setattr("integrations.api.catalogue.catalogue_json", broken)
    client = Client(raise_request_exception=False)
    client.force_login(world.people["admin"])
    answer = client.get("/api/v1/catalogue/")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert b"secret reason" not in answer.content
