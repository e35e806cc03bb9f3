"""API keys: shown once, matched in full, ended by revoking or by time; and what a view must declare to be let in."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.access.actions import PUBLIC, SIGNED_IN
from integrations.access.keys import issue, matching, revoke
from integrations.access.models import ApiKey, AuditEntry, Membership
from integrations.releases.models import Environment

pytestmark = pytest.mark.django_db


@pytest.fixture
def dev() -> Environment:
    return Environment.objects.create(key="dev", name="Development")


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root")


def test_a_key_is_stored_as_a_hash_and_opens_with_its_secret(dev: Environment, root: User) -> None:
    key, plaintext = issue("CI", ["operator", "operator"], dev, root)
    assert matching(plaintext) == key
    stored = ApiKey.objects.get()
    assert stored.roles == ["operator"]
    assert stored.created_by == root
    assert plaintext.partition(".")[2] not in str(ApiKey.objects.values().get())
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.note, entry.data) == ("access.edit", "Issued", {"roles": ["operator"]})


@pytest.mark.parametrize("change", ["x", "", "prefix", "nodot"])
def test_anything_but_the_whole_key_opens_nothing(dev: Environment, root: User, change: str) -> None:
    _, plaintext = issue("CI", ["operator"], dev, root)
    prefix, _, secret = plaintext.partition(".")
    wrong = {"x": plaintext + "x", "": "", "prefix": f"{prefix}.", "nodot": prefix + secret}[change]
    assert matching(wrong) is None


def test_a_revoked_key_opens_nothing(dev: Environment, root: User) -> None:
    key, plaintext = issue("CI", ["operator"], dev, root)
    revoke(key, root)
    revoke(key, root)
    assert matching(plaintext) is None
    assert AuditEntry.objects.filter(note="Revoked").count() == 1


def test_an_expired_key_opens_nothing(dev: Environment, root: User) -> None:
    key, plaintext = issue("CI", ["operator"], dev, root, expires_at=timezone.now() + timedelta(hours=1))
    assert matching(plaintext) == key
    ApiKey.objects.update(expires_at=timezone.now())
    assert matching(plaintext) is None


@pytest.mark.parametrize("roles", [[], ["root"], ["operator", "superuser"]])
def test_a_key_needs_roles_that_exist(dev: Environment, root: User, roles: list[str]) -> None:
    with pytest.raises(ValidationError, match="needs roles out of"):
        issue("CI", roles, dev, root)


def test_only_who_edits_access_there_issues_keys(dev: Environment) -> None:
    local = User.objects.create_user("local")
    Membership.objects.create(user=local, environment=dev, role="administrator")
    issue("CI", ["administrator"], dev, local)
    with pytest.raises(PermissionDenied):
        issue("CI", ["viewer"], None, local)
    assert AuditEntry.objects.get(allowed=False).target == "API key CI"


def test_a_key_cannot_give_more_than_it_has(dev: Environment, root: User) -> None:
    key, _ = issue("CI", ["operator"], dev, root)
    with pytest.raises(PermissionDenied):
        issue("bigger", ["administrator"], dev, key)


class Declared(APIView):
    """Says who may look, who may change, and about which environment."""

    actions = {"GET": "run.view", "POST": "run.retry", "PUT": SIGNED_IN, "DELETE": PUBLIC}

    def environment_of(self, _request: Request, **_kwargs: Any) -> Environment | None:
        return Environment.objects.get(key="dev")

    def get(self, request: Request) -> Response:
        return Response({"as": request.user.get_username()})

    post = put = delete = patch = get


class Undeclared(APIView):
    """Says nothing."""

    def get(self, _request: Request) -> Response:
        return Response({})


class Placeless(Undeclared):
    """Says who, but not where."""

    actions = {"GET": "run.view"}


def status(view: type[APIView], method: str, header: str = "") -> int:
    request = RequestFactory().generic(method, "/", headers={"Authorization": header} if header else {})
    return int(view.as_view()(request).status_code)


@pytest.mark.parametrize(
    ("method", "role", "expected"),
    [
        ("GET", "viewer", 200),
        ("HEAD", "viewer", 200),
        ("POST", "viewer", 403),
        ("POST", "operator", 200),
        ("PUT", "viewer", 200),
        ("DELETE", "viewer", 200),
        ("PATCH", "administrator", 403),  # the view has a handler but declares nothing
        ("OPTIONS", "administrator", 403),
        ("TRACE", "administrator", 405),
        ("GET", "", 401),
        ("POST", "", 401),
        ("PUT", "", 401),
        ("DELETE", "", 200),
    ],
)
def test_a_view_lets_in_whom_it_declares(
    dev: Environment, root: User, method: str, role: str, expected: int
) -> None:
    header = f"Api-Key {issue('k', [role], dev, root)[1]}" if role else ""
    assert status(Declared, method, header) == expected


@pytest.mark.parametrize("view", [Undeclared, Placeless])
def test_a_view_that_declares_too_little_lets_in_nobody(
    dev: Environment, root: User, view: type[APIView]
) -> None:
    _, plaintext = issue("k", ["administrator"], None, root)
    assert status(view, "GET", f"Api-Key {plaintext}") == 403


@pytest.mark.parametrize("header", ["Api-Key", "Api-Key ", "Api-Key wrong.key", "api-key ä.ö"])
def test_a_wrong_key_is_refused_even_where_everybody_may_look(dev: Environment, header: str) -> None:
    assert status(Declared, "DELETE", header) == 401


def test_use_is_noted_at_most_once_a_minute(dev: Environment, root: User) -> None:
    _, plaintext = issue("k", ["viewer"], dev, root)
    assert status(Declared, "GET", f"Api-Key {plaintext}") == 200
    first = ApiKey.objects.get().last_used_at
    assert first is not None
    status(Declared, "GET", f"Api-Key {plaintext}")
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(minutes=2))
    status(Declared, "GET", f"Api-Key {plaintext}")
    again = ApiKey.objects.get().last_used_at
    assert again is not None
    assert again > first - timedelta(minutes=1)


def test_a_key_acts_under_its_own_name(dev: Environment, root: User) -> None:
    key, plaintext = issue("k", ["viewer"], dev, root)
    request = RequestFactory().get("/", headers={"Authorization": f"Api-Key {plaintext}"})
    assert Declared.as_view()(request).data == {"as": f"key {key.prefix}"}
