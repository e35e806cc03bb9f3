"""Who may do what where: the one function's answers, and what it leaves in the audit trail."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from integrations.access.actions import ACTIONS, PUBLIC, SIGNED_IN, is_safe
from integrations.access.actor import ANONYMOUS, Actor, KeyUser, actor_of
from integrations.access.authorise import authorise, can, visible_environments
from integrations.access.models import ApiKey, AuditEntry, Membership, Role
from integrations.releases.models import Environment

pytestmark = pytest.mark.django_db

VIEWED_BY_ALL = {
    "approval.view",
    "catalogue.view",
    "connection.view",
    "effect.view",
    "endpoint.view",
    "environment.view",
    "event.view",
    "failure.view",
    "flow.view",
    "health.view",
    "release.view",
    "retention.view",
    "run.view",
    "table.view",
}
MAY_ALSO = {
    "viewer": set(),
    "operator": {
        "run.retry",
        "run.cancel",
        "failure.triage",
        "effect.settle",
        "effect.undo",
        "endpoint.backfill",
        "endpoint.pause",
        "run.give_up",
        "run.skip",
        "flow.trigger",
        "connection.test",
        "approval.decide",
        "approval.decide.operator",
    },
    "steward": {"table.edit", "approval.decide", "approval.decide.steward"},
    "builder": {
        "flow.edit",
        "flow.test",
        "version.make",
        "flow.trigger",
        "connection.test",
        "approval.decide",
        "approval.decide.builder",
    },
    "releaser": {
        "release.deploy",
        "release.approve",
        "binding.edit",
        "variable.edit",
        "endpoint.edit",
        "approval.decide",
        "approval.decide.releaser",
    },
    "administrator": set(ACTIONS) - VIEWED_BY_ALL,
}


@pytest.fixture
def dev() -> Environment:
    return Environment.objects.create(key="dev", name="Development")


@pytest.fixture
def prod() -> Environment:
    return Environment.objects.create(key="prod", name="Production", order=2)


def person(name: str, role: str, environment: Environment | None, **more: bool) -> User:
    user = User.objects.create(username=name, **more)
    Membership.objects.create(user=user, role=role, environment=environment)
    return user


@pytest.mark.parametrize("role", Role.values)
def test_each_role_may_do_its_own_actions_and_no_others(
    role: str, dev: Environment, prod: Environment
) -> None:
    user = person("pat", role, dev)
    allowed = {action for action in ACTIONS if can(user, action, dev)}
    assert allowed == VIEWED_BY_ALL | MAY_ALSO[role]
    assert {action for action in ACTIONS if can(user, action, prod)} == set()


def test_a_role_in_all_environments_holds_in_each(dev: Environment) -> None:
    user = person("pat", "operator", None)
    assert can(user, "run.retry", dev)
    assert can(user, "run.retry", None)
    assert not can(user, "table.edit", dev)


def test_a_superuser_administers_everywhere(dev: Environment) -> None:
    root = User.objects.create_superuser("root")
    assert all(can(root, action, where) for action in ACTIONS for where in (dev, None))


@pytest.mark.parametrize("action", ["run.explode", "", "RUN.VIEW", "public ", "run"])
def test_an_action_that_is_not_in_the_table_is_refused_to_everybody(action: str, dev: Environment) -> None:
    root = User.objects.create_superuser("root")
    assert not can(root, action, dev)
    with pytest.raises(PermissionDenied, match="Nobody may do this"):
        authorise(root, action, dev)


@pytest.mark.parametrize(
    "nobody",
    [AnonymousUser(), ANONYMOUS, None, "root", object(), Actor("ghost", signed_in=False, superuser=True)],
)
def test_who_did_not_sign_in_may_do_nothing_but_what_is_public(nobody: object, dev: Environment) -> None:
    assert not any(can(nobody, action, where) for action in ACTIONS for where in (dev, None))
    assert not can(nobody, SIGNED_IN, None)
    assert can(nobody, PUBLIC, None)
    with pytest.raises(PermissionDenied, match="Sign in first"):
        authorise(nobody, "run.retry", dev)
    assert not AuditEntry.objects.exists()


def test_a_deactivated_person_may_do_nothing(dev: Environment) -> None:
    user = person("pat", "administrator", None, is_active=False, is_superuser=True)
    assert not any(can(user, action, dev) for action in ACTIONS)


def test_without_an_environment_a_role_anywhere_is_enough_only_to_look_and_to_draw(dev: Environment) -> None:
    user = person("pat", "administrator", dev)
    allowed = {action for action in ACTIONS if can(user, action, None)}
    assert allowed == {action for action in ACTIONS if is_safe(action)} | {"flow.edit", "version.make"}


def test_a_refusal_names_the_role_and_the_place(dev: Environment) -> None:
    user = person("pat", "viewer", dev)
    with pytest.raises(PermissionDenied, match=r"administrator or operator in Development \(run.retry\)"):
        authorise(user, "run.retry", dev)


def test_a_refused_change_is_remembered_and_a_refused_look_is_not(
    dev: Environment, prod: Environment
) -> None:
    user = person("pat", "viewer", dev)
    with pytest.raises(PermissionDenied):
        authorise(user, "run.view", prod)
    assert not AuditEntry.objects.exists()
    with pytest.raises(PermissionDenied):
        authorise(user, "run.retry", prod, target="run 7")
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.target, entry.environment, entry.allowed) == (
        "pat",
        "run.retry",
        "run 7",
        "prod",
        False,
    )


def test_asking_leaves_no_trace(dev: Environment) -> None:
    assert not can(person("pat", "viewer", dev), "run.retry", dev)
    assert not AuditEntry.objects.exists()


def test_lists_show_the_environments_of_ones_roles(dev: Environment, prod: Environment) -> None:
    assert list(visible_environments(person("a", "viewer", dev))) == [dev]
    assert list(visible_environments(person("b", "viewer", None))) == [dev, prod]
    assert list(visible_environments(person("c", "viewer", dev), "table.edit")) == []
    assert list(visible_environments(User.objects.create_superuser("root"))) == [dev, prod]
    assert list(visible_environments(AnonymousUser())) == []


def test_a_key_acts_with_its_own_roles(dev: Environment, prod: Environment) -> None:
    key = ApiKey.objects.create(name="ci", prefix="abc", secret_hash="", environment=dev, roles=["releaser"])
    for actor in (key, KeyUser(key)):
        assert can(actor, "release.deploy", dev)
        assert not can(actor, "release.deploy", prod)
        assert not can(actor, "table.edit", dev)
    assert actor_of(key).name == "key abc"


def test_a_request_is_looked_up_once(
    dev: Environment, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    request = RequestFactory().get("/")
    request.user = person("pat", "operator", dev)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert can(request, "run.retry", dev)
        assert can(request, "run.view", dev)
    request.user = person("eve", "viewer", dev)
    assert not can(request, "run.retry", dev)
