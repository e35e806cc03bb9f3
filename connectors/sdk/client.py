"""What a connector's `client.py` declares, as one value named `CLIENT`: signing in, headers, and its own classifier."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.sdk.account import Account, AuthKind, Identify, Secrets
from connectors.sdk.carriage import Carrier
from connectors.sdk.errors import Failure
from connectors.sdk.operation import Call
from connectors.sdk.wire import Request, Response, Schema

if TYPE_CHECKING:
    from connectors.sdk.http import OnExchange
    from connectors.sdk.oauth import Grant
    from connectors.sdk.registry import Connector

__all__ = ["Client"]

Classify = Callable[[Request, Response], Failure | None]
Steps = Callable[[Call, Request], Response]


def _no_headers(_account: Account) -> Mapping[str, str]:
    return {}


def _default_only(_request: Request, _response: Response) -> Failure | None:
    return None


def _nothing_more(_secrets: Secrets) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Client:
    """How to talk to one far system.

    `auth`: the ways to sign in, the usual one first. `identify` is the connection test. `settings`: the schema of what a
    person sets besides the secrets. `headers(account)`: added to every request. `classify(request, response)`: this
    system's refusals, also those with status 200; None leaves it to the default table. `recheck`: a path every accepted
    account may read; when set, a 401 counts as a lost sign-in only if this read is refused too. `carrier` carries the
    requests when it isn't our HTTP client that does. `hidden(secrets)`: what must never be recorded besides the secrets as
    they are, such as the tokens inside an address.
    """

    auth: tuple[AuthKind, ...]
    identify: Identify
    settings: Schema = field(default_factory=lambda: {"type": "object", "properties": {}})
    headers: Callable[[Account], Mapping[str, str]] = _no_headers
    classify: Classify = _default_only
    recheck: str = ""
    carrier: Carrier | None = None
    hidden: Callable[[Secrets], Sequence[str]] = _nothing_more
    tokens: "Callable[[Connector, Account, OnExchange], Grant] | None" = None
    """Gets a new token by itself, where the connection's secrets say all that is needed (an `.ionapi` file)."""
    sequences: Mapping[str, Steps] = field(default_factory=dict)
    """Writes that take several requests, by the path that stands for them. Only the last of them may be a lasting effect, or
    the first must be findable by its mark: a stored request is carried out again from its beginning, and looks first."""

    def auth_kind(self, kind: str) -> AuthKind:
        """The way to sign in called `kind`, or the usual one for "". Raises `KeyError` for an unknown one."""
        if not kind:
            return self.auth[0]
        return {auth.id: auth for auth in self.auth}[kind]
