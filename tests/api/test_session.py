"""Signing in and out, and what the browser learns at its start."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings
from rest_framework.test import APIClient

from integrations.access.keys import issue
from tests.api.world import SETUP, World

PASSWORD = "a long password"  # noqa: S105 - a made-up one


@pytest.fixture
def browser(world: World) -> Iterator[APIClient]:
    """A browser that has the page, and with it the CSRF cookie."""
    world.people["viewer"].set_password(PASSWORD)
    world.people["viewer"].save()
    client = APIClient(enforce_csrf_checks=True)
    client.get("/api/v1/session/")
    client.credentials(HTTP_X_CSRFTOKEN=client.cookies["csrftoken"].value)
    yield client
    cache.clear()


def test_nobody_is_signed_in_at_first(browser: APIClient) -> None:
    shown = browser.get("/api/v1/session/").json()
    assert (shown["authenticated"], shown["user"], shown["roles"], shown["environments"]) == (
        False,
        None,
        {},
        [],
    )
    assert shown["version"]


def test_who_signs_in_learns_their_roles_and_environments(browser: APIClient) -> None:
    answer = browser.post("/api/v1/session/", {"username": "viewer", "password": PASSWORD}, format="json")
    assert answer.status_code == 200
    shown = answer.json()
    assert shown["user"] | {"id": 0} == {
        "id": 0,
        "name": "Viewer",
        "email": "viewer@example.test",
        "initials": "VI",
    }
    assert shown["roles"] == {"dev": ["viewer"]}
    assert shown["environments"] == [{"key": "dev", "name": "Development", "order": 0, "live": False}]
    assert browser.get("/api/v1/session/").json()["authenticated"] is True


def test_signing_out_ends_the_session(browser: APIClient) -> None:
    browser.post("/api/v1/session/", {"username": "viewer", "password": PASSWORD}, format="json")
    browser.credentials(HTTP_X_CSRFTOKEN=browser.cookies["csrftoken"].value)
    assert browser.delete("/api/v1/session/").status_code == 204
    assert browser.get("/api/v1/session/").json()["authenticated"] is False
    assert browser.get("/api/v1/runs/").status_code == 401


@pytest.mark.parametrize(
    "given", [{"username": "viewer", "password": "wrong"}, {"username": "nobody", "password": PASSWORD}]
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(browser: APIClient, given: dict[str, str]) -> None:
    answer = browser.post("/api/v1/session/", given, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")


def test_after_five_wrong_passwords_even_the_right_one_must_wait(browser: APIClient) -> None:
    for _ in range(5):
        browser.post("/api/v1/session/", {"username": "viewer", "password": "wrong"}, format="json")
    answer = browser.post("/api/v1/session/", {"username": "viewer", "password": PASSWORD}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert int(answer["Retry-After"]) > 60


def test_signing_in_from_another_page_is_refused(world: World) -> None:
    client = APIClient(enforce_csrf_checks=True)
    answer = client.post("/api/v1/session/", {"username": "viewer", "password": PASSWORD}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("live", "public", "expected"),
    [
        ("http://127.0.0.1:8001", "http://127.0.0.1:8000", "ws://127.0.0.1:8001"),
        ("", "http://127.0.0.1:8000", "ws://testserver"),
        ("", "https://interlock.example", "wss://testserver"),
    ],
)
def test_the_page_learns_where_the_live_socket_is(
    world: World, settings: Settings, live: str, public: str, expected: str
) -> None:
    settings.LIVE_URL, settings.PUBLIC_URL = live, public
    settings.SANDBOX_URL = ""
    shown = world.client().get("/api/v1/session/").json()
    assert (shown["ws_url"], shown["public_url"], shown["sandbox_url"]) == (expected, public, None)


def test_a_key_signs_a_program_in_without_a_cookie(world: World) -> None:
    _, plain = issue("ci", ["viewer"], world.dev, SETUP)
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Api-Key {plain}")
    shown = program.get("/api/v1/session/").json()
    assert (shown["authenticated"], shown["roles"]) == (True, {"dev": ["viewer"]})
    assert program.get("/api/v1/runs/").status_code == 200
    program.credentials(HTTP_AUTHORIZATION="Api-Key nonsense.nonsense")
    refused = program.get("/api/v1/runs/")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, 'Api-Key realm="Interlock"')
