"""Signing in: the authorise page, single-use codes, 300-second access tokens and refresh tokens that rotate."""

import base64
import html
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlencode, urlsplit

from connectors.sage50.sandbox.refusals import refuse
from connectors.sdk.sandbox.http import RefusedError, Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "CONTROL", "ROUTES", "guard", "seed_client"]

CLIENT_ID = "interlock-sandbox"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox
CODE_SECONDS = 60
ACCESS_SECONDS = 300
REFRESH_SECONDS = 2_678_400
SCOPES = ("full_access", "readonly")
_STYLE = Path(__file__).parent / "assets" / "sign_in.css"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def seed_client(world: World) -> None:
    """The one registered application: it may be sent back to any address on this machine."""
    world.records.put("client", CLIENT_ID, {"id": CLIENT_ID, "secret": CLIENT_SECRET, "name": "Interlock"})


def guard(world: World, request: Request) -> None:
    """Refuse a call without a good access token, with an unknown X-Business, or a write under a readonly scope."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    access = world.records.get("access", token.strip()) if scheme.lower() == "bearer" else None
    if access is None or access["expires"] <= world.clock.millis():
        refuse(401, "AuthorizationFailure", "The access token is invalid or has expired")
    business = request.headers.get("x-business", "")
    if business and world.records.get("business", business) is None:
        refuse(403, "AuthorizationFailure", "The user has no access to this business")
    if request.is_write and access["scope"] == "readonly":
        refuse(403, "AuthorizationFailure", "The access token allows reading only")


def _asked(world: World, values: Mapping[str, str]) -> Record:
    client = world.records.get("client", values.get("client_id", ""))
    target = values.get("redirect_uri", "")
    if client is None:
        raise RefusedError(_page("<p>This application is not registered.</p>", status=400))
    if urlsplit(target).hostname not in _LOOPBACK:
        raise RefusedError(_page("<p>The redirect address is not registered.</p>", status=400))
    if values.get("response_type") != "code" or values.get("scope", "full_access") not in SCOPES:
        raise RefusedError(
            _page("<p>The request must ask for a code, with scope full_access or readonly.</p>", status=400)
        )
    return client


def show_page(world: World, request: Request) -> Reply:
    values = {name: found[-1] for name, found in request.queries.items()}
    client = _asked(world, values)
    business = world.records.all("business")[0]["name"]
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(values.get(name, ""), quote=True)}">'
        for name in ("client_id", "redirect_uri", "response_type", "scope", "state")
    )
    name, company = html.escape(client["name"]), html.escape(business)
    body = f"""<p><b>{name}</b> asks to read and write the books of <b>{company}</b>.</p>
<form method="post" action="/oauth2/auth/central">{kept}
<button class="p" name="decision" value="allow">Allow</button>
<button name="decision" value="refuse">Refuse</button></form>"""
    target = urlsplit(values["redirect_uri"])
    return _page(body, f"{target.scheme}://{target.netloc}")


def decide(world: World, request: Request) -> Reply:
    values = request.form()
    _asked(world, values)
    state = {"state": values["state"]} if values.get("state") else {}
    if values.get("decision") != "allow":
        return _redirect(values["redirect_uri"], {"error": "access_denied"} | state)
    code = secrets.token_urlsafe(24)
    record = {
        "client": values["client_id"],
        "redirect_uri": values["redirect_uri"],
        "scope": values.get("scope") or "full_access",
        "expires": world.clock.millis() + CODE_SECONDS * 1000,
    }
    world.records.put("code", code, record)
    return _redirect(values["redirect_uri"], {"code": code, "country": "gb"} | state)


def _redirect(target: str, query: Mapping[str, str]) -> Reply:
    joint = "&" if "?" in target else "?"
    return Reply(status=302, raw=b"", headers={"Location": f"{target}{joint}{urlencode(query)}"})


def token(world: World, request: Request) -> Reply:
    form = request.form()
    client = world.records.get("client", form.get("client_id", ""))
    if client is None or not secrets.compare_digest(client["secret"], form.get("client_secret", "")):
        _deny("invalid_client", "The client is unknown or its secret is wrong", 401)
    if form.get("grant_type") == "authorization_code":
        return Reply(_issue(world, client["id"], _spend_code(world, form)))
    if form.get("grant_type") == "refresh_token":
        return Reply(_issue(world, client["id"], _spend_refresh(world, form)))
    return _deny("unsupported_grant_type", "The grant type is not supported")


def revoke(world: World, request: Request) -> Reply:
    given = request.form().get("token", "")
    for kind in ("access", "refresh"):
        if world.records.get(kind, given):
            world.records.delete(kind, given)
    return Reply({})


def _spend_code(world: World, form: Mapping[str, str]) -> str:
    code = world.records.get("code", form.get("code", ""))
    good = code and code["client"] == form["client_id"] and code["redirect_uri"] == form.get("redirect_uri")
    if not code or not good or code["expires"] <= world.clock.millis():
        _deny("invalid_grant", "The authorisation code is invalid, used or expired")
    world.records.delete("code", form["code"])
    return str(code["scope"])


def _spend_refresh(world: World, form: Mapping[str, str]) -> str:
    kept = world.records.get("refresh", form.get("refresh_token", ""))
    if not kept or kept["client"] != form["client_id"] or kept["expires"] <= world.clock.millis():
        _deny("invalid_grant", "The refresh token is invalid, used or expired")
    world.records.delete("refresh", form["refresh_token"])
    return str(kept["scope"])


def _issue(world: World, client: str, scope: str) -> Json:
    now = world.clock.millis()
    for old in world.records.all("access"):
        if old["expires"] <= now:
            world.records.delete("access", old["token"])
    user = world.records.all("user")[0]["id"]
    access, refresh = _token(user, "access"), _token(user, "refresh")
    kept = {"client": client, "scope": scope}
    world.records.put("access", access, kept | {"token": access, "expires": now + ACCESS_SECONDS * 1000})
    world.records.put("refresh", refresh, kept | {"token": refresh, "expires": now + REFRESH_SECONDS * 1000})
    return {
        "access_token": access,
        "token_type": "bearer",
        "expires_in": ACCESS_SECONDS,
        "refresh_token": refresh,
        "refresh_token_expires_in": REFRESH_SECONDS,
        "scope": scope,
        "requested_by_id": user,
    }


def _token(user: str, use: str) -> str:
    parts: list[Json] = [{"typ": "JWT", "alg": "none"}, {"sub": user, "use": use, "sandbox": True}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, secrets.token_urlsafe(24)])


def _deny(error: str, description: str, status: int = 400) -> NoReturn:
    raise RefusedError(Reply({"error": error, "error_description": description}, status))


def sign_in(world: World, _request: Request) -> Reply:
    """A fresh pair of tokens, as if a person had pressed Allow."""
    return Reply(_issue(world, CLIENT_ID, "full_access"), 201)


def style(_world: World, _request: Request) -> Reply:
    return Reply(raw=_STYLE.read_bytes(), content_type="text/css; charset=utf-8")


def _page(body: str, target: str = "", status: int = 200) -> Reply:
    text = f"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox: sign in to Sage</title><link rel="stylesheet" href="/oauth2/style.css">
<main><small>Sandbox. Not a real Sage account.</small><h1>Sign in to Sage</h1>{body}</main></html>"""
    policy = (
        f"default-src 'none'; style-src 'self'; form-action 'self' {target}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return Reply(
        status=status,
        raw=text.encode(),
        headers={"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"},
        content_type="text/html; charset=utf-8",
    )


ROUTES = (
    Route("GET", "/oauth2/auth/central", show_page, open=True),
    Route("POST", "/oauth2/auth/central", decide, open=True),
    Route("GET", "/oauth2/style.css", style, open=True),
    Route("POST", "/token", token, open=True),
    Route("POST", "/revoke", revoke, open=True),
)
CONTROL = (Route("POST", "/api/sage50/sign-in", sign_in),)
