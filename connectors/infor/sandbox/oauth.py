"""Signing in: the token endpoint of an `.ionapi` service account, and the file itself."""

import base64
import secrets
from collections.abc import Mapping
from typing import NoReturn

from connectors.infor.sandbox.refusals import refuse
from connectors.sdk.sandbox.http import RefusedError, Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.wire import Json

__all__ = ["CONTROL", "ROUTES", "TENANT", "guard", "ionapi_file"]

TENANT = "ACME_DEM"
CLIENT_ID = "ACME_DEM~c2FuZGJveC1jbGllbnQ"
CLIENT_SECRET = "c2FuZGJveC1zZWNyZXQ-acme"  # noqa: S105 - opens nothing but the sandbox
ACCESS_KEY = "ACME_DEM#c2FuZGJveC1hY2Nlc3M"
SECRET_KEY = "c2FuZGJveC1zZXJ2aWNl-acme"  # noqa: S105 - opens nothing but the sandbox
LIFETIME = 7200
"""Seconds; the setting `token_seconds` of the sandbox replaces it."""


def ionapi_file(world: World) -> dict[str, str]:
    """What an administrator downloads for a backend service with a service account."""
    return {
        "ti": TENANT,
        "cn": "Interlock",
        "dt": "12",
        "ci": CLIENT_ID,
        "cs": CLIENT_SECRET,
        "iu": world.origin,
        "pu": f"{world.origin}/{TENANT}/as/",
        "oa": "authorization.oauth2",
        "ot": "token.oauth2",
        "or": "revoke_token.oauth2",
        "ev": "V1480769020",
        "v": "1.0",
        "saak": ACCESS_KEY,
        "sask": SECRET_KEY,
    }


def guard(world: World, request: Request) -> None:
    """Refuse a call without a token that is still good."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    access = world.records.get("access", token.strip()) if scheme.lower() == "bearer" else None
    if access is None or access["expires"] <= world.clock.millis():
        refuse(401, "Invalid access token")


def token(world: World, request: Request) -> Reply:
    form = request.form()
    _client(request, form)
    grant = form.get("grant_type")
    if grant == "password":
        if (form.get("username"), form.get("password")) != (ACCESS_KEY, SECRET_KEY):
            _deny("invalid_grant", "The service account is unknown or its secret key is wrong")
    elif grant == "refresh_token":
        if world.records.get("refresh", form.get("refresh_token", "")) is None:
            _deny("invalid_grant", "The refresh token is invalid or expired")
        world.records.delete("refresh", form["refresh_token"])
    elif grant != "client_credentials":
        _deny("unsupported_grant_type", "The grant type is not supported")
    return Reply(_issue(world, refreshable=grant != "client_credentials"))


def revoke(world: World, request: Request) -> Reply:
    form = request.form()
    _client(request, form)
    for kind in ("access", "refresh"):
        if world.records.get(kind, form.get("token", "")):
            world.records.delete(kind, form["token"])
    return Reply({})


def _client(request: Request, form: Mapping[str, str]) -> None:
    """The client's id and secret, in the body or by HTTP Basic."""
    given = (form.get("client_id", ""), form.get("client_secret", ""))
    scheme, _, basic = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(basic).decode().partition(":")
        except ValueError:
            user, password = "", ""
        given = (user, password)
    if given != (CLIENT_ID, CLIENT_SECRET):
        _deny("invalid_client", "The client is unknown or its secret is wrong", 401)


def _issue(world: World, *, refreshable: bool) -> dict[str, Json]:
    seconds = int(world.settings.get("token_seconds", LIFETIME))
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    for old in world.records.all("access"):
        if old["expires"] <= world.clock.millis():
            world.records.delete("access", old["token"])
    expires = world.clock.millis() + seconds * 1000
    world.records.put("access", access, {"token": access, "expires": expires})
    answer: dict[str, Json] = {"access_token": access, "token_type": "Bearer", "expires_in": seconds}
    if refreshable:
        world.records.put("refresh", refresh, {"token": refresh})
        answer["refresh_token"] = refresh
    return answer


def _deny(error: str, description: str, status: int = 400) -> NoReturn:
    raise RefusedError(Reply({"error": error, "error_description": description}, status))


def sign_in(world: World, _request: Request) -> Reply:
    """A fresh token, as if the service account had asked for it."""
    return Reply(_issue(world, refreshable=True), 201)


ROUTES = (
    Route("POST", f"/{TENANT}/as/token.oauth2", token, open=True),
    Route("POST", f"/{TENANT}/as/revoke_token.oauth2", revoke, open=True),
)
CONTROL = (
    Route("GET", "/api/infor/ionapi", lambda world, _request: Reply(ionapi_file(world))),
    Route("POST", "/api/infor/sign-in", sign_in),
)
