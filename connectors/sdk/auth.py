"""The usual ways to sign in, ready to name in a connector's `client.py`."""

import base64

from connectors.sdk.account import AuthKind, OAuth2, Secrets
from connectors.sdk.schema import choice, obj, secret, text
from connectors.sdk.wire import Schema

__all__ = [
    "OAUTH2_SETTINGS",
    "api_key",
    "api_key_in_named_header",
    "basic",
    "basic_header",
    "bearer",
    "no_auth",
    "oauth2_client_credentials",
    "oauth2_code",
    "oauth2_password",
]

_ANY = OAuth2("", "", "")
_URL = "^https?://[^/]+"

OAUTH2_SETTINGS: dict[str, Schema] = {
    "token_url": text(
        "Token address", help="For OAuth 2. Changing its host drops the secrets.", pattern=_URL
    ),
    "authorize_url": text(
        "Consent address", help="For OAuth 2 in a browser: where a person is sent to.", pattern=_URL
    ),
    "scope": text("Scopes", help="For OAuth 2, with spaces between them; empty asks for the usual ones."),
    "audience": text("Audience", help="For OAuth 2, if the sign-in service asks for one."),
    "client_in": choice(
        "Client id and secret go", ["body", "header"], help="For OAuth 2; usually in the body."
    ),
}
"""Settings of a connector whose OAuth 2 addresses a person gives, in its `Client.settings`."""


def no_auth() -> AuthKind:
    """Nothing is sent."""
    return AuthKind("none", "No sign-in", obj({}), lambda _headers, _secrets: None)


def api_key(
    *, header: str = "X-API-Key", title: str = "API key", help: str = "", as_basic_user: bool = False
) -> AuthKind:
    """A key in a header of its own, or as the user of HTTP Basic with an empty password."""

    def sign(headers: dict[str, str], secrets: Secrets) -> None:
        key = secrets.reveal("api_key")
        if as_basic_user:
            headers["Authorization"] = basic_header(key, "")
        else:
            headers[secrets.reveal("header_name") or header] = key

    return AuthKind("api_key", title, obj({"api_key": secret(title, help=help)}, required=("api_key",)), sign)


def api_key_in_named_header() -> AuthKind:
    """A key in a header whose name a person gives."""
    kind = api_key()
    fields = obj(
        {"header_name": text("Header", help="Such as X-API-Key.", longest=100), "api_key": secret("API key")},
        required=("header_name", "api_key"),
    )
    return AuthKind(kind.id, kind.title, fields, kind.sign)


def basic() -> AuthKind:
    """A user name and a password."""

    def sign(headers: dict[str, str], secrets: Secrets) -> None:
        headers["Authorization"] = basic_header(secrets.reveal("username"), secrets.reveal("password"))

    fields = obj(
        {"username": text("User name"), "password": secret("Password")}, required=("username", "password")
    )
    return AuthKind("basic", "User name and password", fields, sign)


def bearer() -> AuthKind:
    """A fixed token."""

    def sign(headers: dict[str, str], secrets: Secrets) -> None:
        headers["Authorization"] = f"Bearer {secrets.reveal('token')}"

    return AuthKind("bearer", "Token", obj({"token": secret("Token")}, required=("token",)), sign)


def oauth2_code(provider: OAuth2 = _ANY, title: str = "OAuth 2 in a browser") -> AuthKind:
    """A person allows it at the provider; the token is renewed by the refresh token."""
    return AuthKind("oauth2_code", title, _CLIENT, _token, provider)


def oauth2_client_credentials(
    token_url: str = "",
    scope: str = "",
    *,
    title: str = "OAuth 2 client credentials",
    in_header: bool = False,
) -> AuthKind:
    """The client itself is the account: nobody has to be there."""
    provider = OAuth2(
        "", token_url, scope, grant="client_credentials", client_in="header" if in_header else "body"
    )
    return AuthKind("oauth2_client_credentials", title, _CLIENT, _token, provider)


def oauth2_password(
    token_url: str = "", scope: str = "", *, title: str = "OAuth 2 password", in_header: bool = False
) -> AuthKind:
    """A user's name and password are exchanged for tokens; only for systems that offer nothing better."""
    provider = OAuth2("", token_url, scope, grant="password", client_in="header" if in_header else "body")
    fields = obj(
        {
            "username": text("User name"),
            "password": secret("Password"),
            "client_id": text("Client id"),
            "client_secret": secret("Client secret"),
        },
        required=("username", "password"),
    )
    return AuthKind("oauth2_password", title, fields, _token, provider)


_CLIENT = obj(
    {"client_id": text("Client id"), "client_secret": secret("Client secret")},
    required=("client_id", "client_secret"),
)


def _token(headers: dict[str, str], secrets: Secrets) -> None:
    headers["Authorization"] = f"Bearer {secrets.reveal('access_token')}"


def basic_header(user: str, password: str) -> str:
    """The Authorization header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
