"""Every address × every kind of person: who gets in is what the table says, and nothing is missing from the table."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.plugin import DjangoDbBlocker

from connectors.sdk.registry import extra_root
from integrations.releases.plans import plan_of
from tests.access.url_table import TABLE, Address
from tests.access.world import ACTORS, World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {401, 403, 404}
NO_METHOD = 405
FOUND = 302
BROKEN = 500
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every route below `patterns`, as it is written."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route


ALL = sorted(set(addresses(get_resolver().url_patterns)))


@dataclass(frozen=True, slots=True)
class Crowd:
    """The world and, by kind of person, a browser with its session."""

    world: World
    browsers: dict[str, tuple[Client, SimpleCookie]]


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Crowd]:
    """Made once for all addresses; nothing of it stays."""
    with extra_root(Path(__file__).parent.parent / "vault" / "far"), django_db_blocker.unblock():
        with transaction.atomic():
            world = build_world()
            yield Crowd(world, {actor: browser_of(actor, world) for actor in ACTORS})
            transaction.set_rollback(True)
        plan_of.cache_clear()


def browser_of(actor: str, world: World) -> tuple[Client, SimpleCookie]:
    client = Client(raise_request_exception=False)
    if actor in world.people:
        client.force_login(world.people[actor], settings.AUTHENTICATION_BACKENDS[0])
    return client, client.cookies


def test_every_address_stands_in_the_table_and_nothing_else_does() -> None:
    assert [route for route in ALL if route not in TABLE] == []
    assert [route for route in TABLE if route not in ALL] == []


@pytest.mark.parametrize("route", [route for route in ALL if route in TABLE])
def test_who_gets_in_is_what_the_table_says(route: str, crowd: Crowd) -> None:
    address = TABLE[route]
    url = address_of(route, address, crowd.world)
    wrong = []
    for actor, (client, cookies) in crowd.browsers.items():
        for method in METHODS if actor in {"anonymous", "superuser"} else declared(address):
            expected = actor in address.methods.get(method, address.methods.get("*", frozenset()))
            client.cookies = SimpleCookie(cookies.output(header="", sep=";"))
            response = ask(client, method, url, address)
            if response.status_code == BROKEN or gets_in(response) != expected:
                wrong.append(f"{method} {url} as {actor}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def declared(address: Address) -> list[str]:
    """The methods to try as everybody; "*" stands for reading and writing."""
    return sorted(
        {method for name in address.methods for method in (("GET", "POST") if name == "*" else (name,))}
    )


def address_of(route: str, address: Address, world: World) -> str:
    def value(match: re.Match[str]) -> str:
        return world.pk(address.params[match[1]])

    return address.at or "/" + PARAMETER.sub(value, route)


def ask(client: Client, method: str, url: str, address: Address) -> HttpResponseBase:
    """Send one request and undo whatever it changed."""
    body = dict(address.bodies.get(method, {}))
    with transaction.atomic():
        if method == "GET":
            response = client.get(url)
        elif url.startswith(("/api/", "/in/")):
            response = client.generic(method, url, json.dumps(body), "application/json")
        else:
            response = client.generic(method, url, urlencode(body), "application/x-www-form-urlencoded")
        transaction.set_rollback(True)
    return response


def gets_in(response: HttpResponseBase) -> bool:
    """Whether authorisation let the request pass."""
    if response.status_code in REFUSED or response.status_code == NO_METHOD:
        return False
    if response.status_code != FOUND:
        return True
    target = urlsplit(response["Location"]).path
    return target not in {settings.LOGIN_URL, reverse("admin:login"), reverse("admin:index")}
