"""OAuth 2 by authorization code: the address a person is sent to, the code's exchange, and the refresh.

Nothing is stored here: each function returns the new secrets, and the caller commits them before using them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urlsplit

from connectors.sdk.account import Account, OAuth2
from connectors.sdk.classify import classify_answer
from connectors.sdk.errors import Auth, Config, Failure, OutcomeUnknown
from connectors.sdk.http import Http, OnExchange, Route
from connectors.sdk.redact import Redactor
from connectors.sdk.registry import Connector
from connectors.sdk.wire import Json, Request, Response

__all__ = ["Grant", "authorize_url", "endpoints", "exchange_code", "refresh"]

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
        raise Config(f"{connector.title} does not sign in by “{kind.title}” in a browser.", code="auth_kind")
    if account.reach == "public":
        return kind.oauth2
    origin = _origin(str(account.settings.get("oauth_base_url") or "") or _origin(account.base_url))
    return replace(
        kind.oauth2,
        authorize_url=_moved(kind.oauth2.authorize_url, origin),
        token_url=_moved(kind.oauth2.token_url, origin),
    )


def authorize_url(
    connector: Connector, account: Account, *, redirect_uri: str, state: str, challenge: str = ""
) -> str:
    """Where to send the person's browser. `state` must be unguessable and is checked when they come back.

    `challenge` is the PKCE code challenge (S256), for providers whose `OAuth2.pkce` is set.
    """
    where = endpoints(connector, account)
    query = {
        **where.extra,
        "response_type": "code",
        "client_id": account.secrets.reveal("client_id"),
        "redirect_uri": redirect_uri,
        "scope": where.scope,
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
    if connector.client.tokens is not None:
        return connector.client.tokens(connector, account, on_exchange)
    token = account.secrets.reveal("refresh_token")
    if not token:
        raise Auth("This connection has not been signed in yet.", code="not_connected")
    return _token(connector, account, on_exchange, {"grant_type": "refresh_token", "refresh_token": token})


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
    own = {"client_id": secrets.reveal("client_id"), "client_secret": secrets.reveal("client_secret")}
    request = Request("POST", parts.path, form={**own, **form})
    return _grant(request, http.send(request, {"Accept": "application/json"}))


def _grant(request: Request, response: Response) -> Grant:
    failure = _refusal(response) or classify_answer(request, response)
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


def _refusal(response: Response) -> Failure | None:
    error = _error(response)
    if error in _RECONNECT:
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
