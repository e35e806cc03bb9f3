"""The account a call is made with, and what a connector declares about signing in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from connectors.sdk.operation import Call
from connectors.sdk.wire import Json, Schema

__all__ = ["Account", "AccountIdentity", "AuthKind", "Identify", "OAuth2", "Secrets"]


class Secrets:
    """Secret values of a connection. Prints as `Secrets(***)`; a value leaves only through `reveal`."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def reveal(self, name: str) -> str:
        """The secret called `name`, or "" when it isn't set. Grep for `reveal` is the audit."""
        return self._values.get(name, "")

    def names(self) -> list[str]:
        return sorted(self._values)

    def __repr__(self) -> str:
        return "Secrets(***)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Account:
    """A connection as a connector sees it. `base_url` fixes scheme, host and port: nothing is ever sent elsewhere.

    `reach`: "public" refuses private addresses; "private" is a connection marked on-premise; "sandbox" reaches exactly
    `base_url`'s own loopback address. `deadline` is the total time of one call in seconds.
    """

    connection: str
    base_url: str
    auth: str
    secrets: Secrets
    settings: Mapping[str, Json] = field(default_factory=dict)
    reach: Literal["public", "private", "sandbox"] = "public"
    deadline: float = 30.0


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Which far account this is: `id` is stable and belongs to effect keys, `name` is for people."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class OAuth2:
    """Endpoints and habits of an OAuth 2 provider.

    `grant`: how the first token is got. "code" needs a person at a browser; the other two need nobody, so that a lost token
    is simply asked for again. A URL or scope that is "" is the connection's own setting of the same name
    (`connectors.sdk.auth.OAUTH2_SETTINGS`). `extra` goes along with the authorization request of a code, and with the token
    request of the other grants. `pkce`: the provider takes a code challenge (S256). `client_in`: where the client's id and
    secret go when a token is asked for.
    """

    authorize_url: str
    token_url: str
    scope: str
    extra: Mapping[str, str] = field(default_factory=dict)
    pkce: bool = False
    grant: Literal["code", "client_credentials", "password"] = "code"
    client_in: Literal["body", "header"] = "body"


@dataclass(frozen=True, slots=True)
class AuthKind:
    """One way to sign in. `fields` is what a person fills in (secrets carry `writeOnly: true`); `sign(headers, secrets)`
    adds authentication to a request's headers. `oauth2` is set when it signs with a token that the runtime gets, keeps and
    renews: `access_token` and `refresh_token` among the secrets."""

    id: str
    title: str
    fields: Schema
    sign: Callable[[dict[str, str], Secrets], None]
    oauth2: OAuth2 | None = None

    @property
    def in_browser(self) -> bool:
        """Whether a person has to allow it at the provider."""
        return self.oauth2 is not None and self.oauth2.grant == "code"


Identify = Callable[[Call], AccountIdentity]
"""`identify(call)` is a connection test: it makes one cheap authenticated read and says whose account it is."""
