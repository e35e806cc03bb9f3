"""Connecting in the browser: the state fits only who started it, once; problems get a page that says so."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import reverse

from integrations.access.models import AuditEntry, Membership
from integrations.releases.models import Environment
from integrations.vault import connections, oauth
from integrations.vault.models import Connection
from tests.vault.token_server import TokenServer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def public_url() -> Iterator[None]:
    with override_settings(PUBLIC_URL="https://interlock.example.com"):
        yield


@pytest.fixture
def browser(environment: Environment) -> Client:
    return signed_in("ada", "administrator", environment)


def signed_in(name: str, role: str, environment: Environment) -> Client:
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, environment=environment, role=role)
    client = Client()
    client.force_login(user)
    return client


def sent_to(browser: Client, connection: Connection) -> dict[str, str]:
    """What the provider is asked, after starting to connect."""
    response = browser.get(reverse("oauth-start", args=[connection.pk]))
    assert response.status_code == 302
    query = parse_qs(urlsplit(response["Location"]).query)
    return {name: values[0] for name, values in query.items()}


def agreed(far: TokenServer, asked: dict[str, str]) -> dict[str, str]:
    """What the provider sends back with the browser once the person agreed."""
    far.codes["c0de"] = asked["code_challenge"]
    return {"code": "c0de", "state": asked["state"]}


def test_the_provider_is_asked_for_this_connection(
    browser: Client, connection: Connection, far: TokenServer
) -> None:
    response = browser.get(reverse("oauth-start", args=[connection.pk]))
    assert response["Location"].startswith(f"{far.url}/authorize?")
    asked = sent_to(browser, connection)
    assert asked["redirect_uri"] == "https://interlock.example.com/oauth/callback/"
    assert (asked["client_id"], asked["response_type"], asked["scope"]) == ("our-client-id", "code", "all")
    assert asked["code_challenge_method"] == "S256"
    assert "our-secret" not in response["Location"]


def test_agreeing_connects_and_tests(browser: Client, connection: Connection, far: TokenServer) -> None:
    response = browser.get("/oauth/callback/", agreed(far, sent_to(browser, connection)))
    assert response.status_code == 302
    assert response["Location"] in {"/", f"/admin/integrations/connection/{connection.pk}/change/"}
    stored = Connection.objects.get()
    assert (stored.status, stored.far_account_name) == ("ok", "Acme Ltd")
    assert connections.account(stored).secrets.reveal("access_token") == far.access
    assert connections.account(stored).secrets.reveal("client_id") == "our-client-id"
    assert AuditEntry.objects.get().note == "Connected in the browser"


def test_an_answer_works_once(browser: Client, connection: Connection, far: TokenServer) -> None:
    answer = agreed(far, sent_to(browser, connection))
    browser.get("/oauth/callback/", answer)
    far.codes["c0de"] = "again"
    again = browser.get("/oauth/callback/", answer)
    assert again.status_code == 403
    assert "used already" in again.content.decode()
    assert far.seen["authorization_code"] == 1


def test_an_answer_fits_only_who_asked(
    browser: Client, connection: Connection, far: TokenServer, environment: Environment
) -> None:
    answer = agreed(far, sent_to(browser, connection))
    other = signed_in("eve", "administrator", environment)
    assert other.get("/oauth/callback/", answer).status_code == 403
    assert far.seen["authorization_code"] == 0


@pytest.mark.parametrize("state", ["", "forged", "eyJjIjoxfQ:1abc:def"])
def test_a_state_that_was_not_given_out_is_refused(browser: Client, state: str) -> None:
    response = browser.get("/oauth/callback/", {"state": state, "code": "c0de"})
    assert response.status_code == 400
    assert "belong to anything started here" in response.content.decode()


def test_a_state_too_old_is_refused(
    browser: Client, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = sent_to(browser, connection)
    monkeypatch.setattr(oauth, "MAX_AGE", -1)
    response = browser.get("/oauth/callback/", {"state": asked["state"], "code": "c0de"})
    assert response.status_code == 400
    assert "took too long" in response.content.decode()


def test_declining_gets_a_page_that_says_so(browser: Client, connection: Connection) -> None:
    asked = sent_to(browser, connection)
    response = browser.get("/oauth/callback/", {"state": asked["state"], "error": "access_denied"})
    assert response.status_code == 400
    assert "didn’t allow" in response.content.decode().replace("&#x27;", "’")
    assert "Acme&#x27;s books" in response.content.decode()


def test_a_refused_code_gets_a_page_and_keeps_the_old_tokens(
    browser: Client, connection: Connection, far: TokenServer
) -> None:
    asked = sent_to(browser, connection)
    response = browser.get("/oauth/callback/", {"state": asked["state"], "code": "wrong"})
    assert response.status_code == 502
    assert connections.account(Connection.objects.get()).secrets.reveal("access_token") == "access-1-secret"


def test_the_page_runs_no_script_and_allows_no_style_but_its_own(browser: Client) -> None:
    response = browser.get("/oauth/callback/", {"state": '"><script>alert(1)</script>'})
    assert b"<script" not in response.content
    nonce = response["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'nonce="{nonce}"' in response.content.decode()


def test_who_may_not_edit_connections_is_refused_and_remembered(
    connection: Connection, environment: Environment
) -> None:
    operator = signed_in("olga", "operator", environment)
    assert operator.get(reverse("oauth-start", args=[connection.pk])).status_code == 403
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.target, entry.allowed) == (
        "olga",
        "connection.edit",
        "connection books",
        False,
    )


def test_a_stranger_is_sent_to_sign_in(connection: Connection) -> None:
    for address in (reverse("oauth-start", args=[connection.pk]), "/oauth/callback/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in?")


def test_a_connection_that_needs_no_browser_says_so(browser: Client, connection: Connection) -> None:
    Connection.objects.update(auth="api_key")
    response = browser.get(reverse("oauth-start", args=[connection.pk]))
    assert response.status_code == 400
    assert "does not sign in" in response.content.decode()
