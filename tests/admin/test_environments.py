"""Environments, bindings and variables in the admin: checked and written down as by REST, and kept while something needs them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from integrations.access.models import AuditEntry
from integrations.releases.models import Binding, Environment, Release, Variable
from integrations.vault.models import Connection
from tests.admin.things import World

PATH = "/admin/integrations"
QA = {"key": "qa", "name": "Acceptance", "order": "1"}

AsPerson = Callable[[str], Client]


def entries(action: str, *, allowed: bool = True) -> list[tuple[str, str, str]]:
    """Actor, target and environment of what was written down, oldest first."""
    found = AuditEntry.objects.filter(action=action, allowed=allowed).order_by("id")
    return list(found.values_list("actor", "target", "environment"))


@pytest.mark.parametrize(
    ("person", "made"), [("everywhere", 1), ("superuser", 1), ("administrator", 0), ("releaser", 0)]
)
def test_an_environment_is_made_by_administrators_of_all(
    world: World, as_person: AsPerson, person: str, made: int
) -> None:
    as_person(person).post(f"{PATH}/environment/add/", QA)
    assert Environment.objects.filter(key="qa", name="Acceptance", order=1, live=False).count() == made
    assert len(entries("environment.edit")) == made
    assert len(entries("environment.edit", allowed=False)) == 1 - made


def test_an_environment_keeps_its_key(world: World, as_person: AsPerson) -> None:
    form = {"key": "other", "name": "Real books", "order": "5", "live": "on"}
    as_person("administrator").post(f"{PATH}/environment/{world.prod.pk}/change/", form)
    world.prod.refresh_from_db()
    assert (world.prod.key, world.prod.name, world.prod.order) == ("prod", "Real books", 5)
    assert entries("environment.edit") == [("administrator", "environment Real books", "prod")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"key": "prod"}, "already exists"), ({"key": "q a"}, "valid"), ({"order": "-1"}, "greater than")],
)
def test_an_environment_that_makes_no_sense_is_refused(
    world: World, as_person: AsPerson, changes: dict[str, str], said: str
) -> None:
    page = as_person("everywhere").post(f"{PATH}/environment/add/", QA | changes)
    assert said in page.content.decode()
    assert Environment.objects.count() == 2


def test_an_environment_is_deleted_only_when_nothing_is_in_it(world: World, as_person: AsPerson) -> None:
    client, prod = as_person("everywhere"), f"{PATH}/environment/{world.prod.pk}/delete/"
    html = client.post(prod, {"post": "yes"}).content.decode()
    assert all(
        f"<li>{one}</li>" in html for one in ("2 connections", "2 bindings", "1 variable", "1 release")
    )
    assert Environment.objects.filter(pk=world.prod.pk).exists()
    empty = Environment.objects.create(key="qa", name="Acceptance")
    client.post(f"{PATH}/environment/{empty.pk}/delete/", {"post": "yes"})
    assert not Environment.objects.filter(key="qa").exists()
    assert entries("environment.edit") == [("chief", "environment Acceptance", "qa")]


def test_the_page_of_an_environment_says_what_its_releases_lack(world: World, as_person: AsPerson) -> None:
    Release.objects.update(plan={"needs": {"slots": {"ledger": "sage50"}, "variables": ["company"]}})
    html = as_person("everywhere").get(f"{PATH}/environment/{world.dev.pk}/change/").content.decode()
    assert "Nothing is bound; it takes Sage 50" in html
    assert "It has no value" in html
    assert "Closed-Won to invoice r14, active" in html


def spare(world: World, connector: str, environment: Environment | None = None) -> Connection:
    where = environment or world.prod
    return Connection.objects.create(
        environment=where, key=f"spare-{connector}", name=f"Spare {connector}", connector=connector
    )


def test_a_slot_is_bound_and_bound_anew_once_each_in_the_audit_trail(
    world: World, as_person: AsPerson
) -> None:
    client, one = as_person("releaser"), spare(world, "streak")
    client.post(f"{PATH}/binding/add/?environment=prod", {"slot": "crm_two", "connection": one.pk})
    binding = Binding.objects.get(environment=world.prod, slot="crm_two")
    other = world.connections["crm"]
    client.post(f"{PATH}/binding/{binding.pk}/change/", {"slot": "renamed", "connection": other.pk})
    binding.refresh_from_db()
    assert (binding.slot, binding.connection) == ("crm_two", other)
    assert entries("binding.edit") == [("releaser", "slot crm_two", "prod")] * 2


@pytest.mark.parametrize(
    ("slot", "connector", "where", "said"),
    [
        ("crm", "streak", "prod", "has “crm” already"),
        ("Crm-2", "streak", "prod", "Small letters"),
        ("more", "streak", "dev", "not one of the available choices"),
    ],
)
def test_a_binding_that_cannot_be_is_refused_in_words(
    world: World, as_person: AsPerson, slot: str, connector: str, where: str, said: str
) -> None:
    one = spare(world, connector, {"prod": world.prod, "dev": world.dev}[where])
    form = {"slot": slot, "connection": one.pk}
    page = as_person("releaser").post(f"{PATH}/binding/add/?environment=prod", form)
    assert said in page.content.decode()
    assert Binding.objects.count() == 2


def test_a_connection_to_another_system_than_the_release_needs_is_refused(
    world: World, as_person: AsPerson
) -> None:
    binding, wrong = Binding.objects.get(slot="ledger"), spare(world, "streak")
    page = as_person("releaser").post(f"{PATH}/binding/{binding.pk}/change/", {"connection": wrong.pk})
    assert "needs a connection to sage50 in the slot “ledger”" in page.content.decode()
    binding.refresh_from_db()
    assert binding.connection == world.connections["ledger"]


def test_refused_changes_are_written_down(world: World, as_person: AsPerson) -> None:
    binding, variable = Binding.objects.get(slot="crm"), Variable.objects.get()
    client = as_person("builder")
    answers = [
        client.post(f"{PATH}/binding/{binding.pk}/change/", {"connection": binding.connection_id}),
        client.post(f"{PATH}/binding/{binding.pk}/delete/", {"post": "yes"}),
        client.post(f"{PATH}/variable/add/?environment=prod", {"key": "x", "value": "1"}),
        client.post(f"{PATH}/variable/{variable.pk}/change/", {"value": "1"}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len(entries("binding.edit", allowed=False)) == 2
    assert len(entries("variable.edit", allowed=False)) >= 1
    assert Variable.objects.get().value == {"days": 30, "text": "Net 30"}


def test_what_a_release_needs_is_not_deleted_and_the_page_says_which(
    world: World, as_person: AsPerson
) -> None:
    Release.objects.update(plan={"needs": {"slots": {"crm": "streak"}, "variables": ["invoice_terms"]}})
    client = as_person("releaser")
    kept = {"binding": Binding.objects.get(slot="crm").pk, "variable": Variable.objects.get().pk}
    for model, pk in kept.items():
        page = client.post(f"{PATH}/{model}/{pk}/delete/", {"post": "yes"})
        assert "<li>Closed-Won to invoice r14, active</li>" in page.content.decode()
    Release.objects.update(active=False)
    html = client.get(f"{PATH}/binding/{kept['binding']}/delete/").content.decode()
    assert "r14, with runs that are not finished" in html
    assert (Binding.objects.count(), Variable.objects.count()) == (2, 1)


def test_what_nobody_needs_is_deleted(world: World, as_person: AsPerson) -> None:
    client, unused = as_person("releaser"), Variable.objects.get()
    client.post(f"{PATH}/variable/{unused.pk}/delete/", {"post": "yes"})
    assert not Variable.objects.exists()
    assert entries("variable.edit") == [("releaser", "variable invoice_terms in prod", "prod")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"GBP"', "GBP"),
        ('"0.20"', "0.20"),
        ("12345678901234567.89", "12345678901234567.89"),
        ("{}", {}),
        ('""', ""),
        ("false", False),
        ('{"days":\r\n 30}', {"days": 30}),
    ],
)
def test_a_variable_is_kept_as_it_is_written(
    world: World, as_person: AsPerson, text: str, value: Any
) -> None:
    form = {"key": "terms", "value": text}
    answer = as_person("releaser").post(f"{PATH}/variable/add/?environment=prod", form)
    assert answer.status_code == 302, answer.content.decode()
    assert Variable.objects.get(environment=world.prod, key="terms").value == value


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("terms", "GBP", "This is not JSON at line 1, column 1"),
        ("terms", '{"days":\n 30,}', "This is not JSON at line 2"),
        ("terms", "", "Write a value."),
        ("terms", "null", "null is no value"),
        ("terms", "NaN", "This is not JSON"),
        ("terms", "[" * 5000, "This is not JSON"),
        ("terms", "1e5" + "[" * 5000, "This is not JSON"),
        ("terms", "[1e5," + "[" * 5000, "This is not JSON"),
        ("terms", '"\\u0000"', "may not hold the character"),
        ("terms", '["\\ud800", 1e5]', "This is not JSON"),
        ("invoice_terms", "1", "has “invoice_terms” already"),
        ("my-terms", "1", "Small letters"),
    ],
)
def test_a_variable_that_cannot_be_kept_is_refused_in_words(
    world: World, as_person: AsPerson, key: str, text: str, said: str
) -> None:
    form = {"key": key, "value": text}
    answer = as_person("releaser").post(f"{PATH}/variable/add/?environment=prod", form)
    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert Variable.objects.count() == 1


def test_who_may_only_look_sees_no_value_that_is_named_like_a_secret(
    world: World, as_person: AsPerson
) -> None:
    hidden = Variable.objects.create(environment=world.prod, key="api_key", value="not-for-viewers")
    client = as_person("viewer")
    for page in (
        f"variable/{hidden.pk}/change/", "variable/", f"environment/{world.prod.pk}/change/",
    ):  # fmt: skip
        html = client.get(f"{PATH}/{page}").content.decode()
        assert "not-for-viewers" not in html
        assert "***" in html


def test_a_new_variable_asks_for_its_environment_only_when_there_are_several(
    world: World, as_person: AsPerson
) -> None:
    assert "In which environment?" in as_person("everywhere").get(f"{PATH}/variable/add/").content.decode()
    assert 'name="value"' in as_person("releaser").get(f"{PATH}/variable/add/").content.decode()
