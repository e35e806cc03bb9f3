"""Who acts: a person or an API key, with the roles they hold and where."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.http import HttpRequest
from rest_framework.request import Request

from integrations.access.models import ApiKey, Membership, Role

__all__ = ["ANONYMOUS", "Actor", "KeyUser", "Someone", "actor_of"]


KEPT = "_interlock_actor"


@dataclass(frozen=True, slots=True)
class Actor:
    """`grants` are (role, environment id) pairs; an id of None means every environment. `user_id` is None for a key."""

    name: str
    signed_in: bool = True
    superuser: bool = False
    grants: frozenset[tuple[str, int | None]] = field(default=frozenset())
    user_id: int | None = None

    def roles_in(self, environment_id: int | None) -> frozenset[str]:
        """The roles held in that environment; with None, those held in every environment."""
        if self.superuser:
            return frozenset(Role.values)
        return frozenset(role for role, where in self.grants if where is None or where == environment_id)

    def roles_anywhere(self) -> frozenset[str]:
        """The roles held in at least one environment."""
        return frozenset(Role.values) if self.superuser else frozenset(role for role, _ in self.grants)


ANONYMOUS = Actor("anonymous", signed_in=False)


@dataclass(frozen=True, slots=True)
class KeyUser:
    """An API key in the place of `request.user`."""

    key: ApiKey

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False
    pk = None

    def get_username(self) -> str:
        """The name under which the key acts in audit entries."""
        return f"key {self.key.prefix}"

    def __str__(self) -> str:
        return self.get_username()


Someone = Actor | AbstractUser | AnonymousUser | ApiKey | KeyUser | HttpRequest | Request | Any
"""Whoever `actor_of` understands."""


def actor_of(someone: Someone) -> Actor:
    """The actor behind a user, a key or a request (read once per request). Anybody else is anonymous."""
    match someone:
        case Actor():
            return someone
        case Request() | HttpRequest():
            return _of_request(someone)
        case KeyUser(key=key) | (ApiKey() as key):
            return _of_key(key)
        case AbstractUser(is_active=True):
            return _of_user(someone)
        case _:
            return ANONYMOUS


def _of_request(request: Request | HttpRequest) -> Actor:
    """The actor of a request, kept on it for as long as its user stays the same."""
    user = getattr(request, "user", None)
    known: tuple[object, Actor] | None = getattr(request, KEPT, None)
    if known is not None and known[0] is user:
        return known[1]
    actor = actor_of(user)
    setattr(request, KEPT, (user, actor))
    return actor


def _of_user(user: AbstractUser) -> Actor:
    pairs = Membership.objects.filter(user_id=user.pk).values_list("role", "environment_id")
    return Actor(user.get_username(), superuser=user.is_superuser, grants=frozenset(pairs), user_id=user.pk)


def _of_key(key: ApiKey) -> Actor:
    grants = frozenset((str(role), key.environment_id) for role in key.roles)
    return Actor(f"key {key.prefix}", grants=grants)
