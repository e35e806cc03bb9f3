"""Saving secrets, finding the connection of a slot, and testing whose account it is."""

from typing import Any

import pytest

from connectors.sdk import oauth
from connectors.sdk.errors import Auth, Config, Conflict
from connectors.sdk.oauth import Grant
from integrations.effects.models import Effect
from integrations.releases.models import Binding, Environment
from integrations.vault import connections
from integrations.vault.health import accept_account, test_connection
from integrations.vault.models import Connection
from integrations.vault.store import keep_grant
from tests.vault.token_server import TokenServer

pytestmark = pytest.mark.django_db


def revealed(connection: Connection) -> dict[str, str]:
    secrets = connections.account(Connection.objects.get(pk=connection.pk)).secrets
    return {name: secrets.reveal(name) for name in secrets.names()}


def test_an_empty_value_keeps_the_old_secret(connection: Connection) -> None:
    since = connection.secrets_set["client_secret"]
    connections.save_secrets(connection, {"client_id": "new", "client_secret": ""})
    assert {"new", "our-secret"} < set(revealed(connection).values())
    assert connection.secrets_set["client_secret"] == since
    assert connection.secrets_set["client_id"] > since


def test_replacing_secrets_forgets_the_others(connection: Connection) -> None:
    connections.save_secrets(connection, {"api_key": "the-key"}, keep=False)
    assert revealed(connection) == {"api_key": "the-key"}
    assert list(connection.secrets_set) == ["api_key"]


def test_no_secret_stands_readable_in_the_row(connection: Connection) -> None:
    row = Connection.objects.filter(pk=connection.pk).values().get()
    for value in revealed(connection).values():
        assert value not in str({name: cell for name, cell in row.items() if name != "secrets_set"})
        assert value not in str(row["secrets_set"].values())


@pytest.mark.parametrize(
    ("marks", "reach"),
    [
        ({"mark": "live"}, "public"),
        ({"mark": "test"}, "public"),
        ({"mark": "live", "on_premise": True}, "private"),
        ({"mark": "sandbox"}, "sandbox"),
        ({"mark": "sandbox", "on_premise": True}, "sandbox"),
    ],
)
def test_the_reach_follows_the_marks(
    connection: Connection, marks: dict[str, Any], reach: str, settings: Any
) -> None:
    settings.CALL_DEADLINE = 12.5
    for name, value in marks.items():
        setattr(connection, name, value)
    account = connections.account(connection)
    assert (account.reach, account.deadline, account.connection) == (reach, 12.5, str(connection.pk))


def test_secrets_do_not_follow_a_connection_to_another_host(connection: Connection) -> None:
    connection.base_url = "https://evil.example.com"
    assert connections.drop_secrets_if_moved(connection)
    connection.save()
    assert revealed(connection) == {}
    assert Connection.objects.get().secrets_set == {}


def test_secrets_do_not_follow_the_sign_in_service_either(connection: Connection) -> None:
    connection.settings = {"oauth_base_url": "http://127.0.0.1:1"}
    assert connections.drop_secrets_if_moved(connection)


def test_another_path_on_the_same_host_keeps_the_secrets(connection: Connection) -> None:
    connection.base_url += "/v3.1"
    assert not connections.drop_secrets_if_moved(connection)
    assert connection.sealed


def test_a_form_that_saves_an_old_copy_does_not_undo_a_refresh(connection: Connection) -> None:
    old = Connection.objects.get(pk=connection.pk)
    connections.fresh_account(connection)
    old.name = "Renamed"
    assert not connections.drop_secrets_if_moved(old)
    old.save()
    assert Connection.objects.get().name == "Renamed"
    assert revealed(connection).items() >= {"refresh_token": "refresh-2-secret"}.items()


def test_a_refresh_under_way_survives_a_person_who_saves_another_secret(
    connection: Connection, far: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = oauth.refresh

    def refresh_while_somebody_types(*args: Any) -> Grant:
        grant = ask(*args)
        connections.save_secrets(Connection.objects.get(), {"client_secret": "corrected"})
        return grant

    monkeypatch.setattr(oauth, "refresh", refresh_while_somebody_types)
    connections.fresh_account(connection)
    assert (
        revealed(connection).items() >= {"refresh_token": far.refresh, "client_secret": "corrected"}.items()
    )


def test_a_refresh_under_way_does_not_bring_secrets_to_a_new_host(connection: Connection) -> None:
    connection.base_url = "https://evil.example.com"
    connections.drop_secrets_if_moved(connection)
    connection.save()
    assert not keep_grant(connection, Grant({"access_token": "late"}, 300), replacing="refresh-1-secret")
    assert revealed(connection) == {}


def test_a_slot_leads_to_its_connection(
    connection: Connection, environment: Environment, django_assert_num_queries: Any
) -> None:
    Binding.objects.create(environment=environment, slot="ledger", connection=connection)
    with django_assert_num_queries(1):
        assert connections.bound(environment.pk, "ledger") == connection


def test_an_unbound_slot_is_named_with_its_environment(
    connection: Connection, environment: Environment
) -> None:
    with pytest.raises(Config, match="slot “crm” in Development") as caught:
        connections.bound(environment.pk, "crm")
    assert caught.value.code == "slot_unbound"
    assert caught.value.info == {"slot": "crm", "environment": "dev"}


@pytest.mark.django_db(transaction=True)
def test_a_test_says_whose_account_it_is(connection: Connection) -> None:
    told: list[Connection] = []

    def listen(connection: Connection, **_rest: Any) -> None:
        told.append(connection)

    connections.restored.connect(listen)
    try:
        assert test_connection(connection).name == "Acme Ltd"
        assert test_connection(connection).id == "acme"
    finally:
        connections.restored.disconnect(listen)
    stored = Connection.objects.get()
    assert (stored.far_account_id, stored.far_account_name, stored.status) == ("acme", "Acme Ltd", "ok")
    assert stored.tested_at is not None
    assert told == [connection]


def test_a_failed_test_leaves_its_reason(connection: Connection) -> None:
    connection.auth = "api_key"
    connection.save()
    connections.save_secrets(connection, {"api_key": "wrong"}, keep=False)
    with pytest.raises(Auth):
        test_connection(connection)
    stored = Connection.objects.get()
    assert stored.status == Connection.Status.RECONNECT
    assert "sign-in" in stored.status_note
    connections.save_secrets(connection, {"api_key": "the-key"})
    assert test_connection(connection).id == "acme"


def test_a_test_heals_a_connection_whose_sign_in_was_only_in_doubt(
    connection: Connection, far: TokenServer
) -> None:
    far.faults = ["unrotated", "unrotated"]
    with pytest.raises(Auth):
        connections.fresh_account(connection)
    test_connection(connection)
    assert Connection.objects.get().status == Connection.Status.OK


def test_another_account_is_taken_while_nothing_was_written(connection: Connection, far: TokenServer) -> None:
    test_connection(connection)
    far.account = {"id": "other", "name": "Other Ltd"}
    assert test_connection(connection).id == "other"


def test_another_account_is_refused_once_effects_were_made(connection: Connection, far: TokenServer) -> None:
    test_connection(connection)
    effect(connection)
    far.account = {"id": "other", "name": "Other Ltd"}
    with pytest.raises(Conflict, match="Acme Ltd, and now it answers as Other Ltd") as caught:
        test_connection(connection)
    assert caught.value.code == "far_account_changed"
    stored = Connection.objects.get()
    assert (stored.far_account_id, stored.status) == ("acme", "reconnect")
    with pytest.raises(Auth):
        connections.fresh_account(stored)
    assert accept_account(stored).id == "other"
    assert Connection.objects.get().far_account_id == "other"
    assert Connection.objects.get().status == Connection.Status.OK


def effect(connection: Connection) -> Effect:
    return Effect.objects.create(
        account="keyring:acme",
        record="invoice",
        identity="1",
        kind="create",
        state=Effect.State.CONFIRMED,
        strategy="native",
        operation="keyring.create",
        connection=connection,
        run_number=1,
        flow_key="f",
        path="n",
        payload_hash="",
        intended_at=connection.created_at,
    )
