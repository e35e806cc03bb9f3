"""Fills an installation for the demo: environments, people, connections to the sandbox, its webhook. Safe to repeat."""

import os
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser

from connectors.sdk import oauth, registry
from integrations.access.models import Membership
from integrations.demo.people import ADMIN, ENVIRONMENTS, HOME, PEOPLE, Person
from integrations.releases.bindings import bind
from integrations.releases.models import Environment
from integrations.supervisor.first_start import password_name
from integrations.vault.connections import account
from integrations.vault.health import accept_account
from integrations.vault.models import Connection
from integrations.vault.oauth import connect_with_code, redirect_uri
from integrations.vault.store import connector_of, save_secrets

__all__ = ["connect_sandbox", "seed_environments", "seed_people"]

TIMEOUT = 20  # seconds


def seed_environments() -> Environment:
    """dev, qa and prod in their promotion order; returns the one the demo works in."""
    for order, (key, name) in enumerate(ENVIRONMENTS):
        Environment.objects.get_or_create(
            key=key, defaults={"name": name, "order": order, "live": key == ENVIRONMENTS[-1][0]}
        )
    return Environment.objects.get(key=HOME)


def seed_people() -> AbstractUser:
    """One person for each role, with the passwords the first start made; returns the administrator."""
    people = {person.username: _person(person) for person in PEOPLE}
    return people[ADMIN.username]


def _person(person: Person) -> AbstractUser:
    """The user and their role everywhere. A password that was changed since is left alone."""
    users: Any = get_user_model().objects
    user, made = users.get_or_create(
        username=person.username,
        defaults={
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": f"{person.username}@interlock.example",
            "is_staff": True,
            "is_superuser": person is ADMIN,
        },
    )
    if made:
        user.set_password(os.environ[password_name(person.username)])
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(user=user, environment=None, role=person.role)
    found: AbstractUser = user
    return found


def connect_sandbox(environment: Environment, sandbox_url: str, by: AbstractUser) -> None:
    """Connect both slots to the sandbox's accounts. What is connected already is only tested, and follows moved ports."""
    systems = requests.get(f"{sandbox_url}/api/urls", timeout=TIMEOUT).json()["systems"]
    crm = _connection(environment, "sandbox-streak", "streak", "api_key", systems["streak"]["api"])
    if not crm.secrets_set:
        save_secrets(crm, {"api_key": systems["streak"]["access"]["api_key"]})
    ledger = _connection(environment, "sandbox-sage", "sage50", "oauth2_code", systems["sage50"]["api"])
    if "refresh_token" not in ledger.secrets_set:
        access = systems["sage50"]["access"]
        save_secrets(ledger, {"client_id": access["client_id"], "client_secret": access["client_secret"]})
        _allow(ledger)
    for slot, connection in (("crm", crm), ("ledger", ledger)):
        accept_account(connection)
        bind(environment, slot, connection, by)


def _connection(environment: Environment, key: str, connector: str, auth: str, base_url: str) -> Connection:
    title = registry.connector(connector).title
    connection, _ = Connection.objects.get_or_create(
        environment=environment,
        key=key,
        defaults={
            "name": f"{title} sandbox",
            "connector": connector,
            "auth": auth,
            "base_url": base_url,
            "mark": Connection.Mark.SANDBOX,
        },
    )
    if connection.base_url != base_url:
        connection.base_url = base_url
        connection.save(update_fields=["base_url"])
    return connection


def _allow(connection: Connection) -> None:
    """Sign in to Sage by the code flow, pressing Allow on the sandbox's own page."""
    where = oauth.authorize_url(
        connector_of(connection), account(connection), redirect_uri=redirect_uri(), state="demo"
    )
    asked = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}
    page = where.partition("?")[0]
    answer = requests.post(page, data=asked | {"decision": "allow"}, timeout=TIMEOUT, allow_redirects=False)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    connect_with_code(connection, code)
