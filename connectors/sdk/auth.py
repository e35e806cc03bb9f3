"""The usual ways to sign in, ready to name in a connector's `client.py`."""

import base64

from connectors.sdk.account import AuthKind, Secrets
from connectors.sdk.schema import obj, secret, text

__all__ = ["api_key", "api_key_in_named_header", "basic", "bearer", "no_auth"]


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
            headers["Authorization"] = _basic(key, "")
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
        headers["Authorization"] = _basic(secrets.reveal("username"), secrets.reveal("password"))

    fields = obj(
        {"username": text("User name"), "password": secret("Password")}, required=("username", "password")
    )
    return AuthKind("basic", "User name and password", fields, sign)


def bearer() -> AuthKind:
    """A fixed token."""

    def sign(headers: dict[str, str], secrets: Secrets) -> None:
        headers["Authorization"] = f"Bearer {secrets.reveal('token')}"

    return AuthKind("bearer", "Token", obj({"token": secret("Token")}, required=("token",)), sign)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
