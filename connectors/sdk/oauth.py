"""OAuth 2: the address a person is sent to, the code's exchange, and the renewal of a token by any of the grants.

Nothing is stored here: each function returns the new secrets, and the caller commits them before using them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote_plus, urlencode, urlsplit

from connectors.sdk.account import Account, OAuth2
from connectors.sdk.auth import basic_header
from connectors.sdk.classify import classify_answer
from connectors.sdk.errors import Auth, Config, Failure, OutcomeUnknown, Transient
from connectors.sdk.http import Http, OnExchange, Route
from connectors.sdk.redact import Redactor
from connectors.sdk.registry import Connector
from connectors.sdk.wire import Json, Request, Response

__all__ = ["Grant", "authorize_url", "endpoints", "exchange_code", "refresh", "renew"]

_RECONNECT = frozenset({"invalid_grant"})
_OUR_SETTINGS = frozenset(
    {"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token endpoint gave. `secrets` holds "access_token" and, when there is a new one, "refresh_token"; both
    times are in seconds from now, 0 when not said. `scope` is what was granted."""

    secrets: Mapping[str, str] = field(repr=False)
    expires_in: float
    refresh_expires_in: float = 0.0
    scope: str = ""


def endpoints(connector: Connector, account: Account) -> OAuth2:
    """The provider's URLs. A connection that isn't public uses its own: setting `oauth_base_url`, else its base URL's origin.

    Raises `Config` when the connector doesn't sign in this way.
    """
    try:
        kind = connector.client.auth_kind(account.auth)
    except KeyError as error:
        raise Config(
            f"{connector.title} has no sign-in called “{account.auth}”.", code="auth_kind"
        ) from error
    if kind.oauth2 is None:
        raise Config(f"{connector.title} does not sign in by “{kind.title}” with OAuth 2.", code="auth_kind")
    if not kind.oauth2.token_url:
        return _as_set(kind.oauth2, account.settings)
    if account.reach == "public":
        return kind.oauth2
    origin = _origin(str(account.settings.get("oauth_base_url") or "") or _origin(account.base_url))
    return replace(
        kind.oauth2,
        authorize_url=_moved(kind.oauth2.authorize_url, origin),
        token_url=_moved(kind.oauth2.token_url, origin),
    )


def _as_set(provider: OAuth2, settings: Mapping[str, Json]) -> OAuth2:
    """The addresses a person gave. Raises `Config` when one that is needed is missing."""
    token_url = str(settings.get("token_url") or "")
    authorize = str(settings.get("authorize_url") or "")
    if not token_url or (provider.grant == "code" and not authorize):
        missing = "token_url" if not token_url else "authorize_url"
        raise Config(
            "Give the addresses of the sign-in service in the connection's settings.",
            code="oauth_addresses",
            pointer=f"/{missing}",
        )
    audience = str(settings.get("audience") or "")
    return replace(
        provider,
        authorize_url=authorize,
        token_url=token_url,
        scope=str(settings.get("scope") or provider.scope),
        extra={**provider.extra, **({"audience": audience} if audience else {})},
        client_in="header" if settings.get("client_in") == "header" else provider.client_in,
    )


def authorize_url(
    connector: Connector, account: Account, *, redirect_uri: str, state: str, challenge: str = ""
) -> str:
    """Where to send the person's browser. `state` must be unguessable and is checked when they come back.

    `challenge` is the PKCE code challenge (S256), for providers whose `OAuth2.pkce` is set.
    """
    where = endpoints(connector, account)
    if where.grant != "code":
        raise Config("This sign-in needs nobody at a browser.", code="auth_kind")
    query = {
        **where.extra,
        "response_type": "code",
        "client_id": account.secrets.reveal("client_id"),
        "redirect_uri": redirect_uri,
        **({"scope": where.scope} if where.scope else {}),
        "state": state,
        **({"code_challenge": challenge, "code_challenge_method": "S256"} if challenge else {}),
    }
    separator = "&" if "?" in where.authorize_url else "?"
    return where.authorize_url + separator + urlencode(query)


def exchange_code(
    connector: Connector,
    account: Account,
    on_exchange: OnExchange,
    *,
    code: str,
    redirect_uri: str,
    verifier: str = "",
) -> Grant:
    """Turn the code of a callback into tokens. A code works once, so `OutcomeUnknown` means: ask the person again.

    `verifier` is what the PKCE challenge was made from.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if verifier:
        form["code_verifier"] = verifier
    return _token(connector, account, on_exchange, form)


def refresh(connector: Connector, account: Account, on_exchange: OnExchange) -> Grant:
    """New tokens for the refresh token, which the provider may replace at the same time.

    Raises `Auth` when the provider refuses it for good (reconnect), `Transient` or `RateLimited` when nothing happened,
    and `OutcomeUnknown` when the answer was lost: the old token may or may not be dead; it may be tried once more.
    """
    token = account.secrets.reveal("refresh_token")
    if not token:
        raise Auth("This connection has not been signed in yet.", code="not_connected")
    return _token(connector, account, on_exchange, {"grant_type": "refresh_token", "refresh_token": token})


def renew(connector: Connector, account: Account, on_exchange: OnExchange) -> Grant:
    """A new token in whichever way this account gets one: by refresh token, as the client itself, or by password.

    Raises what `refresh` raises. Without a person's consent in play nothing can be lost with an answer, so that a lost one
    is `Transient` then.
    """
    if connector.client.tokens is not None:
        return connector.client.tokens(connector, account, on_exchange)
    where = endpoints(connector, account)
    if where.grant == "code":
        return refresh(connector, account, on_exchange)
    if where.grant == "password" and account.secrets.reveal("refresh_token"):
        try:
            return refresh(connector, account, on_exchange)
        except (Auth, OutcomeUnknown):
            """The refresh token is no good any more; the password is asked about next."""
    try:
        return _token(connector, account, on_exchange, _own_grant(where, account))
    except OutcomeUnknown as lost:
        raise Transient(
            "The sign-in service's answer was lost.", code="token_lost", detail=lost.detail
        ) from lost


def _own_grant(where: OAuth2, account: Account) -> dict[str, str]:
    """What a token is asked for with. Raises `Auth` while what signs in hasn't been entered."""
    needed = ("username", "password") if where.grant == "password" else ("client_id", "client_secret")
    if not all(account.secrets.reveal(name) for name in needed):
        raise Auth("What signs this connection in has not been entered yet.", code="not_connected")
    user = {name: account.secrets.reveal(name) for name in needed} if where.grant == "password" else {}
    scope = {"scope": where.scope} if where.scope else {}
    return {**where.extra, "grant_type": where.grant, **user, **scope}


def _token(connector: Connector, account: Account, on_exchange: OnExchange, form: Mapping[str, str]) -> Grant:
    where = endpoints(connector, account)
    parts = urlsplit(where.token_url)
    at = replace(account, base_url=_origin(where.token_url), connection=f"{account.connection}/oauth")
    connector.check_account(at)
    secrets = account.secrets
    http = Http(
        Route(at.base_url, at.reach, at.connection, account.deadline, max_bytes=200_000),
        on_exchange=on_exchange,
        redactor=Redactor([*(secrets.reveal(name) for name in secrets.names()), form.get("code", "")]),
    )
    headers = {"Accept": "application/json"}
    own = {name: secrets.reveal(name) for name in ("client_id", "client_secret")}
    if where.client_in == "header":
        headers["Authorization"] = basic_header(
            quote_plus(own["client_id"]), quote_plus(own["client_secret"])
        )
        own = {}
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    request = Request("POST", path, form={**{name: one for name, one in own.items() if one}, **form})
    return _grant(request, http.send(request, headers))


def _grant(request: Request, response: Response) -> Grant:
    failure = _refusal(request, response) or classify_answer(request, response)
    if failure is not None:
        failure.detail = f"{response.status}: {_error(response)}"
        raise failure
    body = response.json if isinstance(response.json, dict) else {}
    access = body.get("access_token")
    if not access:
        raise OutcomeUnknown(
            "The sign-in service gave no token.", code="no_token", detail=f"status {response.status}"
        )
    secrets = {"access_token": str(access)}
    if body.get("refresh_token"):
        secrets["refresh_token"] = str(body["refresh_token"])
    return Grant(
        secrets,
        expires_in=_seconds(body.get("expires_in")),
        refresh_expires_in=_seconds(body.get("refresh_token_expires_in")),
        scope=str(body.get("scope") or body.get("scopes") or ""),
    )


def _refusal(request: Request, response: Response) -> Failure | None:
    error = _error(response)
    if error in _RECONNECT:
        if (request.form or {}).get("grant_type") == "password":
            return Auth(
                "The user name or the password is not accepted; enter them again.", code="invalid_grant"
            )
        return Auth("The sign-in has ended; this connection must be connected again.", code="invalid_grant")
    if error in _OUR_SETTINGS:
        return Config("The client id or secret of this connection is not accepted.", code=error)
    return None


def _error(response: Response) -> str:
    body = response.json
    return str(body.get("error") or "") if isinstance(body, dict) else ""


def _seconds(value: Json) -> float:
    try:
        return max(float(value or 0), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _moved(url: str, origin: str) -> str:
    parts = urlsplit(url)
    return origin + parts.path + (f"?{parts.query}" if parts.query else "")
