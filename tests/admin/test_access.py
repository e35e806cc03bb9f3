"""Access in the admin: nobody gives away more than they hold, keys are shown once, and everything is written down."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from integrations.access.keys import matching
from integrations.access.models import ApiKey, AuditEntry, Membership
from tests.admin.things import World

MEMBERSHIP = "/admin/integrations/membership"


def test_a_key_is_shown_once_and_works(world: World, as_person: Callable[[str], Client]) -> None:
    client = as_person("administrator")
    form = {"name": "Reporting", "environment": world.prod.pk, "roles": ["viewer"], "expires": ""}
    answer = client.post("/admin/integrations/apikey/add/", form)
    html = answer.content.decode()
    secret = html.partition('secret-once">')[2].partition("<")[0]
    key = ApiKey.objects.get(name="Reporting")
    assert matching(secret) == key
    assert "no-store" in answer.headers["Cache-Control"]
    later = client.get(f"/admin/integrations/apikey/{key.pk}/change/").content.decode()
    assert secret.partition(".")[2] not in later
    assert key.secret_hash not in later


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"roles": []}, "required"),
        ({"roles": ["emperor"]}, "not one of the available"),
        ({"environment": ""}, "required"),
        ({"name": ""}, "required"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    world: World, as_person: Callable[[str], Client], changes: dict[str, object], problem: str
) -> None:
    form = {"name": "x", "environment": world.prod.pk, "roles": ["viewer"]} | changes
    answer = as_person("administrator").post("/admin/integrations/apikey/add/", form)
    assert (answer.status_code, problem in answer.content.decode()) == (422, True)
    assert not ApiKey.objects.exists()


def test_a_key_for_another_environment_or_for_all_is_refused(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("administrator")
    for environment in (world.dev.pk, ""):
        client.post(
            "/admin/integrations/apikey/add/", {"name": "x", "environment": environment, "roles": ["viewer"]}
        )
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked_after_asking(world: World, as_person: Callable[[str], Client]) -> None:
    key = ApiKey.objects.create(name="Old", prefix="abcdefghijkl", environment=world.prod, roles=["viewer"])
    path = f"/admin/integrations/apikey/{key.pk}/revoke/"
    client = as_person("administrator")
    assert "refused from its next call on" in client.get(path).content.decode()
    client.post(path, {"confirmed": "yes"})
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert as_person("operator").post(path).status_code in {403, 404}


@pytest.mark.parametrize(
    ("person", "environment", "made"),
    [
        ("administrator", "prod", 1),
        ("administrator", "dev", 0),
        ("administrator", "", 0),
        ("everywhere", "", 1),
        ("operator", "prod", 0),
    ],
)
def test_roles_are_given_only_where_one_administers(
    world: World, as_person: Callable[[str], Client], person: str, environment: str, made: int
) -> None:
    where = {"prod": world.prod.pk, "dev": world.dev.pk, "": ""}[environment]
    form = {"user": world.people["nobody"].pk, "role": "viewer", "environment": where}
    as_person(person).post(f"{MEMBERSHIP}/add/", form)
    assert Membership.objects.filter(user=world.people["nobody"]).count() == made


def test_a_role_held_elsewhere_cannot_be_moved_here_or_taken_away(
    world: World, as_person: Callable[[str], Client]
) -> None:
    elsewhere = Membership.objects.create(
        user=world.people["nobody"], environment=world.dev, role="administrator"
    )
    client = as_person("administrator")
    form = {"user": world.people["administrator"].pk, "role": "administrator", "environment": world.prod.pk}
    assert client.post(f"{MEMBERSHIP}/{elsewhere.pk}/change/", form).status_code in {302, 403, 404}
    assert client.post(f"{MEMBERSHIP}/{elsewhere.pk}/delete/", {"post": "yes"}).status_code in {302, 403, 404}
    elsewhere.refresh_from_db()
    assert (elsewhere.user, elsewhere.environment) == (world.people["nobody"], world.dev)


def user_form(user: User, **changes: str) -> dict[str, str]:
    empty = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    return {"username": user.username, "is_active": "on", **empty, **changes}


def test_only_a_superuser_touches_or_makes_a_superuser(
    world: World, as_person: Callable[[str], Client]
) -> None:
    root, viewer = world.people["superuser"], world.people["viewer"]
    chief = as_person("everywhere")
    assert (
        chief.post(f"/admin/auth/user/{root.pk}/change/", user_form(root, first_name="Pwned")).status_code
        == 403
    )
    password = {
        "password1": "another-good-one",
        "password2": "another-good-one",
        "set-password": "yes",
        "usable_password": "true",
    }
    assert chief.post(f"/admin/auth/user/{root.pk}/password/", password).status_code == 403
    chief.post(f"/admin/auth/user/{viewer.pk}/change/", user_form(viewer, is_superuser="on"))
    viewer.refresh_from_db()
    root.refresh_from_db()
    assert (viewer.is_superuser, root.first_name) == (False, "")
    as_person("superuser").post(f"/admin/auth/user/{viewer.pk}/change/", user_form(viewer, is_superuser="on"))
    viewer.refresh_from_db()
    assert viewer.is_superuser


def test_an_administrator_of_one_environment_changes_no_user(
    world: World, as_person: Callable[[str], Client]
) -> None:
    viewer, client = world.people["viewer"], as_person("administrator")
    client.post(f"/admin/auth/user/{viewer.pk}/change/", user_form(viewer, first_name="Changed"))
    client.post(
        "/admin/auth/user/add/",
        {"username": "new", "password1": "a-good-long-one", "password2": "a-good-long-one"},
    )
    viewer.refresh_from_db()
    assert (viewer.first_name, User.objects.filter(username="new").exists()) == ("Dana", False)


def test_changes_of_access_are_in_the_audit_trail_and_nowhere_else(
    world: World, as_person: Callable[[str], Client]
) -> None:
    form = {"user": world.people["nobody"].pk, "role": "viewer", "environment": world.prod.pk}
    as_person("administrator").post(f"{MEMBERSHIP}/add/", form)
    entry = AuditEntry.objects.filter(action="access.edit").latest("id")
    assert (entry.actor, entry.environment, entry.allowed) == ("administrator", "prod", True)
    assert "nobody: viewer" in entry.target


@pytest.mark.parametrize("act", ["change", "delete"])
def test_the_audit_trail_cannot_be_changed(
    world: World, as_person: Callable[[str], Client], act: str
) -> None:
    entry = AuditEntry.objects.latest("id")
    for person in ("administrator", "everywhere", "superuser"):
        as_person(person).post(
            f"/admin/integrations/auditentry/{entry.pk}/{act}/", {"post": "yes", "note": "x"}
        )
    kept = AuditEntry.objects.get(pk=entry.pk)
    assert (kept.note, kept.actor) == (entry.note, entry.actor)
