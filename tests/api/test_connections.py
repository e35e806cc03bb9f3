"""Connections over REST: secrets go in and never come out."""

from typing import Any

import pytest

from connectors.sdk.account import AccountIdentity
from connectors.sdk.errors import Auth
from integrations.access.models import AuditEntry
from integrations.releases.models import Binding
from integrations.vault.models import Connection
from integrations.vault.store import account
from tests.api.test_runs import queries
from tests.api.world import World, make_connections

NEW = {
    "environment": "dev",
    "key": "other-team",
    "name": "Another team",
    "connector": "streak",
    "auth": "api_key",
    "base_url": "https://api.streak.com/api",
    "secrets": {"api_key": "brand-new-secret"},
}


def test_a_connection_shows_that_a_secret_is_set_and_never_what_it_is(world: World) -> None:
    client = world.client("viewer")
    answer = client.get("/api/v1/connections/?environment=dev")
    crm, ledger = answer.json()["results"]
    assert crm["slots"] == ["crm"]
    assert crm["secrets"]["api_key"]["set"] is True
    assert set(ledger["secrets"]) == {"client_id", "client_secret"}
    for content in (answer.content, client.get(f"/api/v1/connections/{crm['id']}/").content):
        assert b"very-secret" not in content
        assert b"sealed" not in content


def test_the_list_takes_the_same_number_of_queries_however_long_it_is(world: World) -> None:
    client = world.client()
    few = queries(client, "/api/v1/connections/")
    make_connections(world.prod)
    assert queries(client, "/api/v1/connections/") == few <= 5


def test_an_administrator_makes_one_and_its_secret_reaches_the_vault(world: World) -> None:
    answer = world.client().post("/api/v1/connections/", NEW, format="json")
    assert answer.status_code == 201
    assert b"brand-new-secret" not in answer.content
    made = Connection.objects.get(key="other-team")
    assert account(made).secrets.reveal("api_key") == "brand-new-secret"
    assert AuditEntry.objects.filter(action="connection.edit", target="connection other-team").exists()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"connector": "fax"}, "/connector"),
        ({"auth": "password"}, "/auth"),
        ({"base_url": "https://evil.example/api"}, "/base_url"),
        ({"base_url": "http://api.streak.com/api"}, "/base_url"),
        ({"key": "streak-team"}, "/key"),
    ],
)
def test_one_that_could_not_work_is_refused_with_the_place(
    world: World, change: dict[str, str], pointer: str
) -> None:
    answer = world.client().post("/api/v1/connections/", {**NEW, **change}, format="json")
    assert answer.status_code in {400, 409}
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    assert Connection.objects.count() == 2


@pytest.mark.parametrize("who", ["viewer", "operator", "builder", "releaser", "steward"])
def test_only_an_administrator_makes_or_changes_one(world: World, who: str) -> None:
    crm = Connection.objects.get(key="streak-team")
    client = world.client(who)
    assert client.post("/api/v1/connections/", NEW, format="json").status_code == 403
    assert client.patch(f"/api/v1/connections/{crm.pk}/", {"name": "Mine"}, format="json").status_code == 403


def test_a_change_keeps_the_secrets_that_are_not_given(world: World) -> None:
    crm = Connection.objects.get(key="streak-team")
    body: dict[str, Any] = {"name": "Streak, sales", "secrets": {"api_key": ""}}
    shown = world.client().patch(f"/api/v1/connections/{crm.pk}/", body, format="json").json()
    assert (shown["name"], shown["secrets"]["api_key"]["set"]) == ("Streak, sales", True)
    crm.refresh_from_db()
    assert account(crm).secrets.reveal("api_key") == "very-secret-streak-key"


def test_secrets_never_follow_to_another_host(world: World) -> None:
    crm = Connection.objects.get(key="streak-team")
    body = {"mark": "sandbox", "base_url": "http://127.0.0.1:8003/api"}
    shown = world.client().patch(f"/api/v1/connections/{crm.pk}/", body, format="json").json()
    assert (shown["base_url"], shown["secrets"]) == ("http://127.0.0.1:8003/api", {})
    crm.refresh_from_db()
    assert account(crm).secrets.names() == []


def test_a_test_says_whose_account_it_is_or_why_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = Connection.objects.get(key="streak-team")
    url = f"/api/v1/connections/{crm.pk}/test/"
    monkeypatch.setattr(
        "integrations.api.connections.test_connection",
        lambda _connection: AccountIdentity("team-1", "Harlow & Finch"),
    )
    assert world.client("operator").post(url).json() == {
        "ok": True,
        "account": {"id": "team-1", "name": "Harlow & Finch"},
    }

    def refuse(_connection: Connection) -> None:
        raise Auth("Streak does not accept this key.")

    monkeypatch.setattr("integrations.api.connections.test_connection", refuse)
    shown = world.client("operator").post(url).json()
    assert (shown["ok"], shown["problem"]["sentence"]) == (False, "Streak does not accept this key.")


def test_connecting_in_the_browser_begins_at_the_provider(world: World) -> None:
    ledger = Connection.objects.get(key="sage-books")
    shown = world.client().get(f"/api/v1/connections/{ledger.pk}/authorize/").json()
    assert shown["url"].startswith("https://www.sageone.com/oauth2/auth")
    assert "very-secret" not in shown["url"]


def test_a_slot_takes_a_connection_of_its_environment_and_kind(world: World) -> None:
    client = world.client("releaser")
    url = "/api/v1/environments/dev/bindings/crm/"
    assert client.get(url).json() == {"slot": "crm", "environment": "dev", "connection": "streak-team"}
    wrong = client.put(url, {"connection": "sage-books"}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "other_connector")
    unknown = client.put(url, {"connection": "nobody"}, format="json")
    assert unknown.json()["errors"][0]["pointer"] == "/connection"
    world.client().post("/api/v1/connections/", NEW, format="json")
    assert client.put(url, {"connection": "other-team"}, format="json").json()["connection"] == "other-team"
    assert Binding.objects.get(environment=world.dev, slot="crm").connection.key == "other-team"


def test_a_slot_that_is_not_bound_is_not_found(world: World) -> None:
    assert world.client().get("/api/v1/environments/dev/bindings/fax/").status_code == 404
    assert (
        world.client("viewer")
        .put("/api/v1/environments/dev/bindings/crm/", {"connection": "x"}, format="json")
        .status_code
        == 403
    )
