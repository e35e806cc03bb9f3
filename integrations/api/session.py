"""Who is signed in, with which roles where; signing in and out."""

import tomllib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integrations.access.actions import PUBLIC
from integrations.access.actor import actor_of
from integrations.access.authorise import visible_environments
from integrations.access.throttle import seconds_blocked
from integrations.api.problems import ApiProblem

__all__ = ["SessionView", "version"]


class PersonShape(serializers.Serializer[Any]):
    """The person (or key) that is signed in."""

    id = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    email = serializers.CharField()
    initials = serializers.CharField()


class EnvironmentShape(serializers.Serializer[Any]):
    """An environment in its promotion order; live = writes here are real business."""

    key = serializers.CharField()
    name = serializers.CharField()
    order = serializers.IntegerField()
    live = serializers.BooleanField()


class SessionShape(serializers.Serializer[Any]):
    """What the browser needs to begin."""

    authenticated = serializers.BooleanField()
    user = PersonShape(allow_null=True)
    roles = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    environments = EnvironmentShape(many=True)
    ws_url = serializers.CharField(help_text="Origin of the live socket.")
    public_url = serializers.CharField()
    version = serializers.CharField()
    sandbox_url = serializers.CharField(allow_null=True)


class SignIn(serializers.Serializer[Any]):
    """A name and a password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=500, trim_whitespace=False, write_only=True)


class SessionView(APIView):
    """The session of this browser."""

    actions = {"GET": PUBLIC, "POST": PUBLIC, "DELETE": PUBLIC}

    @extend_schema(responses=SessionShape)
    def get(self, request: Request) -> Response:
        get_token(request._request)  # noqa: SLF001 - sets the CSRF cookie, which the framework's request doesn't offer
        return Response(_session(request), headers={"Cache-Control": "no-store"})

    @extend_schema(request=SignIn, responses=SessionShape)
    def post(self, request: Request) -> Response:
        SessionAuthentication().enforce_csrf(request)
        wanted = SignIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        username = wanted.validated_data["username"]
        user = authenticate(request._request, username=username, password=wanted.validated_data["password"])  # noqa: SLF001
        if user is None:
            wait = seconds_blocked(request._request, username)  # noqa: SLF001
            if wait:
                raise Throttled(wait, "Too many wrong passwords.")
            raise ApiProblem(400, "sign_in_refused", "This name and password don't belong together.")
        login(request._request, user)  # noqa: SLF001
        request.user = user
        return Response(_session(request), headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        logout(request._request)  # noqa: SLF001
        return Response(status=204)


@cache
def version() -> str:
    """The version in pyproject.toml."""
    project = tomllib.loads((settings.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def _session(request: Request) -> dict[str, Any]:
    actor = actor_of(request)
    environments = list(visible_environments(request, "environment.view")) if actor.signed_in else []
    return {
        "authenticated": actor.signed_in,
        "user": _person(request) if actor.signed_in else None,
        "roles": {one.key: sorted(actor.roles_in(one.pk)) for one in environments},
        "environments": [
            {"key": one.key, "name": one.name, "order": one.order, "live": one.live} for one in environments
        ],
        "ws_url": _socket_origin(request),
        "public_url": settings.PUBLIC_URL,
        "version": version(),
        "sandbox_url": settings.SANDBOX_URL or None,
    }


def _person(request: Request) -> dict[str, Any]:
    user = request.user
    name = (user.get_full_name() if hasattr(user, "get_full_name") else "") or user.get_username()
    words = name.replace(".", " ").replace("_", " ").split()
    initials = (words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])).upper() if words else "?"
    return {"id": user.pk, "name": name, "email": getattr(user, "email", ""), "initials": initials}


def _socket_origin(request: Request) -> str:
    """Where the live socket is: its own origin when it has one, else the page's."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL).replace("http", "ws", 1)
    scheme = "wss" if settings.PUBLIC_URL.startswith("https://") else "ws"
    return f"{scheme}://{request.get_host()}"
