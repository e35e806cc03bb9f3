"""Connections in the admin: secrets go in and never come out, and nothing is saved that can't be used."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from connectors.sdk.account import AccountIdentity
from connectors.sdk.errors import Auth, Conflict, Failure
from integrations.access.models import AuditEntry
from integrations.vault.models import Connection
from integrations.vault.store import account
from tests.admin.things import SECRET, World

PATH = "/admin/integrations/connection"
NEW = {"name": "Streak spare", "environment": "prod", "mark": "test", "base_url": "https://api.streak.com"}


def test_a_connection_is_made_with_its_secret_sealed(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("administrator")
    answer = client.post(
        f"{PATH}/add/?connector=streak", NEW | {"secret-api_key": "fresh-key-123", "setting-team_key": "t1"}
    )
    made = Connection.objects.get(key="streak-spare")
    assert answer.headers["Location"] == f"{PATH}/{made.pk}/change/"
    assert account(made).secrets.reveal("api_key") == "fresh-key-123"
    assert b"fresh-key-123" not in bytes(made.sealed)
    assert (made.settings, made.auth, made.status) == ({"team_key": "t1"}, "api_key", "untested")
    assert "fresh-key-123" not in client.get(f"{PATH}/{made.pk}/change/").content.decode()


def test_an_empty_secret_keeps_the_old_one_and_another_host_drops_it(
    world: World, as_person: Callable[[str], Client]
) -> None:
    crm, client = world.connections["crm"], as_person("administrator")
    form = {"name": "Streak sales", "mark": "live", "base_url": crm.base_url, "secret-api_key": ""}
    client.post(f"{PATH}/{crm.pk}/change/", form | {"name": "Streak renamed"})
    crm.refresh_from_db()
    assert (crm.name, account(crm).secrets.reveal("api_key")) == ("Streak renamed", SECRET)
    client.post(f"{PATH}/{crm.pk}/change/", form | {"base_url": "https://www.streak.com"})
    crm.refresh_from_db()
    assert (crm.secrets_set, account(crm).secrets.names()) == ({}, [])


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("none", []),
        ("api_key", ["header_name", "api_key"]),
        ("oauth2_client_credentials", ["client_id", "client_secret"]),
        ("oauth2_password", ["username", "password", "client_id", "client_secret"]),
    ],
)
def test_each_sign_in_has_a_form_of_its_own_and_only_a_browsers_needs_an_address(
    world: World, as_person: Callable[[str], Client], kind: str, fields: list[str]
) -> None:
    client = as_person("administrator")
    page = client.get(f"{PATH}/add/?connector=http&auth={kind}").content.decode()
    assert re.findall(r'name="secret-(\w+)"', page) == fields
    assert f'name="auth" value="{kind}"' in page
    assert "/oauth/callback/" not in page
    form = NEW | {"name": "Any", "base_url": "https://api.test", "auth": kind, "setting-account": "main"}
    client.post(
        f"{PATH}/add/?connector=http&auth={kind}", form | {f"secret-{name}": "typed" for name in fields}
    )
    made = Connection.objects.get(key="any")
    assert (made.auth, sorted(account(made).secrets.names())) == (kind, sorted(fields))
    assert ">Connect<" not in client.get(f"{PATH}/{made.pk}/change/").content.decode()


def test_a_sign_in_in_a_browser_shows_the_address_to_register(
    world: World, as_person: Callable[[str], Client]
) -> None:
    page = as_person("administrator").get(f"{PATH}/add/?connector=http&auth=oauth2_code").content.decode()
    assert "/oauth/callback/" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Give the connection a name."),
        ({"base_url": "not an address"}, "Enter a valid URL."),
        ({"base_url": "https://evil.example"}, "may not be reached"),
        ({"mark": "real"}, "live, test or sandbox"),
        ({"environment": "dev"}, "Choose the environment."),
        ({"name": "Streak"}, "already has a connection of this name"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(
    world: World, as_person: Callable[[str], Client], changes: dict[str, str], said: str
) -> None:
    answer = as_person("administrator").post(
        f"{PATH}/add/?connector=streak", NEW | changes | {"secret-api_key": "typed-key"}
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html
    assert "typed-key" not in html


@pytest.mark.parametrize("person", ["viewer", "operator", "steward", "builder", "releaser"])
def test_only_administrators_change_connections(
    world: World, as_person: Callable[[str], Client], person: str
) -> None:
    crm, client = world.connections["crm"], as_person(person)
    assert (
        client.post(
            f"{PATH}/{crm.pk}/change/", {"name": "Mine", "base_url": crm.base_url, "mark": "live"}
        ).status_code
        == 403
    )
    assert client.get(f"{PATH}/add/").status_code == 403
    assert 'name="secret-' not in client.get(f"{PATH}/{crm.pk}/change/").content.decode()
    crm.refresh_from_db()
    assert crm.name == "Streak sales"


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (None, "It works. The account is Harlow Ltd."),
        (Auth("Streak does not accept the API key."), "Streak does not accept the API key."),
        (Conflict("It answers as Other Ltd.", code="far_account_changed"), "Accept the new account"),
    ],
)
def test_the_test_button_tells_whose_account_it_is(
    world: World,
    as_person: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
    outcome: Failure | None,
    said: str,
) -> None:
    def answer(_connection: Connection) -> AccountIdentity:
        if outcome is not None:
            raise outcome
        return AccountIdentity("streak-1", "Harlow Ltd")

    monkeypatch.setattr("integrations.vault.admin.test_connection", answer)
    page = as_person("administrator").post(f"{PATH}/{world.connections['crm'].pk}/test/", follow=True)
    assert said in page.content.decode()
    assert AuditEntry.objects.filter(action="connection.test").exists()


@pytest.mark.parametrize(
    ("person", "status"), [("operator", 302), ("builder", 302), ("viewer", 403), ("steward", 403)]
)
def test_who_may_press_the_test_button(
    world: World,
    as_person: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
    person: str,
    status: int,
) -> None:
    monkeypatch.setattr("integrations.vault.admin.test_connection", lambda _one: AccountIdentity("a", "A"))
    path = f"{PATH}/{world.connections['crm'].pk}/test/"
    assert as_person(person).post(path).status_code == status
    assert as_person(person).get(path).status_code == 405


def test_another_far_account_is_accepted_by_administrators_only(
    world: World, as_person: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "integrations.vault.admin.accept_account", lambda _one: AccountIdentity("b", "Other Ltd")
    )
    path = f"{PATH}/{world.connections['crm'].pk}/test/"
    assert as_person("operator").post(path, {"accept": "yes"}).status_code == 403
    assert (
        "The account is Other Ltd."
        in as_person("administrator").post(path, {"accept": "yes"}, follow=True).content.decode()
    )


def test_signing_in_by_code_starts_at_the_vault_and_names_the_redirect_address(
    world: World, as_person: Callable[[str], Client]
) -> None:
    ledger = world.connections["ledger"]
    html = as_person("administrator").get(f"{PATH}/{ledger.pk}/change/").content.decode()
    assert f'href="/oauth/start/{ledger.pk}/"' in html
    assert "http://127.0.0.1:8000/oauth/callback/" in html
