"""Tokens that nobody has to fetch: as the client itself, or by a user's password; asked for once, kept sealed, asked for anew."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.sdk.errors import Auth, Config, Transient
from integrations.releases.models import Environment
from integrations.vault import connections
from integrations.vault.health import test_connection
from integrations.vault.models import Connection
from integrations.vault.oauth import begin
from tests.vault.test_refresh import THREADS, together, token
from tests.vault.token_server import TokenServer

pytestmark = pytest.mark.django_db(transaction=True)

CLIENT = {"client_id": "our-client-id", "client_secret": "our-secret"}
USER = {**CLIENT, "username": "ana", "password": "open-sesame"}
KINDS = [("oauth2_client_credentials", CLIENT), ("oauth2_password", USER)]


def connected(
    environment: Environment, far: TokenServer, auth: str, secrets: dict[str, str], **changes: Any
) -> Connection:
    fields = {"connector": "keyring", "base_url": far.url, "mark": Connection.Mark.SANDBOX, **changes}
    made = Connection.objects.create(
        environment=environment, key="own", name="Acme's own", auth=auth, **fields
    )
    connections.save_secrets(made, secrets)
    return made


@pytest.mark.parametrize(("auth", "secrets"), KINDS)
def test_the_first_token_is_fetched_by_the_first_call(
    environment: Environment, far: TokenServer, auth: str, secrets: dict[str, str]
) -> None:
    connection = connected(environment, far, auth, secrets)
    assert test_connection(connection).id == "acme"
    stored = Connection.objects.get()
    assert token(connections.fresh_account(stored)) == "access-2-secret"
    assert stored.token_expires_at is not None
    assert b"access-2-secret" not in bytes(stored.sealed)
    assert far.seen[auth.removeprefix("oauth2_")] == 1


@pytest.mark.parametrize(("auth", "secrets"), KINDS)
def test_twenty_threads_without_a_token_ask_for_one(
    environment: Environment, far: TokenServer, auth: str, secrets: dict[str, str]
) -> None:
    connection = connected(environment, far, auth, secrets)
    far.slow = 0.2
    results = together(lambda: connections.fresh_account(Connection.objects.get(pk=connection.pk)))
    assert results == ["access-2-secret"] * THREADS
    assert far.seen[auth.removeprefix("oauth2_")] == 1


def test_the_client_asks_for_its_scope_and_anew_when_its_token_has_ended(
    environment: Environment, far: TokenServer
) -> None:
    connection = connected(environment, far, *KINDS[0])
    connections.fresh_account(connection)
    assert far.asked == [{**CLIENT, "grant_type": "client_credentials", "scope": "all"}]
    Connection.objects.update(token_expires_at=timezone.now() - timedelta(seconds=1))
    connection.refresh_from_db()
    assert token(connections.fresh_account(connection)) == "access-3-secret"
    version = connection.token_version
    assert token(connections.after_auth_failure(connection, version)) == "access-4-secret"


def test_a_password_is_used_again_once_the_refresh_token_is_dead(
    environment: Environment, far: TokenServer
) -> None:
    connection = connected(environment, far, *KINDS[1])
    connections.fresh_account(connection)
    renewed = connections.after_auth_failure(connection, connection.token_version)
    assert (token(renewed), far.seen["refresh_token"], far.seen["password"]) == ("access-3-secret", 1, 1)
    far.generation = 7
    renewed = connections.after_auth_failure(connection, connection.token_version)
    assert (token(renewed), far.seen["refresh_token"], far.seen["password"]) == ("access-8-secret", 2, 2)


@pytest.mark.parametrize(("auth", "secrets"), KINDS)
def test_a_lost_answer_loses_nothing(
    environment: Environment, far: TokenServer, auth: str, secrets: dict[str, str]
) -> None:
    connection = connected(environment, far, auth, secrets)
    far.faults = ["lost"]
    with pytest.raises(Transient):
        connections.fresh_account(connection)
    assert Connection.objects.get().status == Connection.Status.UNTESTED
    assert token(connections.fresh_account(connection)) == "access-3-secret"


def test_a_wrong_password_says_so_and_a_new_one_is_tried_at_once(
    environment: Environment, far: TokenServer
) -> None:
    connection = connected(environment, far, "oauth2_password", {**USER, "password": "wrong-one"})
    with pytest.raises(Auth, match="password"):
        connections.fresh_account(connection)
    assert Connection.objects.get().status == Connection.Status.RECONNECT
    connections.save_secrets(connection, {"password": "open-sesame"})
    assert token(connections.fresh_account(connection)) == "access-2-secret"


def test_a_wrong_client_is_a_setting_to_correct(environment: Environment, far: TokenServer) -> None:
    connection = connected(
        environment, far, "oauth2_client_credentials", {**CLIENT, "client_secret": "old-one"}
    )
    with pytest.raises(Config, match="client id or secret"):
        connections.fresh_account(connection)


def test_new_secrets_are_never_judged_by_the_former_ones_token(
    environment: Environment, far: TokenServer
) -> None:
    connection = connected(environment, far, *KINDS[0])
    connections.fresh_account(connection)
    connections.save_secrets(connection, {"client_secret": "mistyped"})
    assert "access_token" not in Connection.objects.get().secrets_set
    with pytest.raises(Config):
        test_connection(connection)


def test_nothing_entered_is_told_before_anything_is_sent(environment: Environment, far: TokenServer) -> None:
    connection = connected(environment, far, "oauth2_client_credentials", {"client_id": "our-client-id"})
    with pytest.raises(Auth, match="entered"):
        connections.fresh_account(connection)
    assert far.seen.total() == 0


def test_any_api_signs_in_at_the_addresses_of_its_connection(
    environment: Environment, far: TokenServer
) -> None:
    far.client_in = "header"
    settings = {
        "account": "main",
        "test_path": "/me",
        "token_url": f"{far.url}/token",
        "scope": "read write",
        "audience": "books",
        "client_in": "header",
    }
    connection = connected(environment, far, *KINDS[0], connector="http", settings=settings)
    assert test_connection(connection).id == "127.0.0.1/main"
    assert far.asked == [{"grant_type": "client_credentials", "scope": "read write", "audience": "books"}]
    connection.settings = settings | {"token_url": "http://127.0.0.1:9/token"}
    assert connections.drop_secrets_if_moved(connection)
    assert Connection.objects.get().secrets_set == {}


def test_an_api_whose_token_address_is_missing_says_where_it_belongs(
    environment: Environment, far: TokenServer, admin_user: Any, rf: Any
) -> None:
    connection = connected(
        environment, far, *KINDS[0], connector="http", settings={"account": "main", "test_path": "/me"}
    )
    with pytest.raises(Config, match="addresses of the sign-in service") as caught:
        test_connection(connection)
    assert caught.value.pointer == "/token_url"
    request = rf.get("/")
    request.user, request.session = admin_user, {}
    own = connected_by_client(connection, f"{far.url}/token")
    with pytest.raises(Config, match="nobody at a browser"):
        begin(request, own)


def connected_by_client(connection: Connection, token_url: str) -> Connection:
    connection.settings = connection.settings | {"token_url": token_url}
    connection.save()
    return connection
