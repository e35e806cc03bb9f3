"""Talking to an API we know nothing of: the usual ways to sign in and the default table of failures."""

from urllib.parse import urlsplit

from connectors.sdk.account import AccountIdentity
from connectors.sdk.auth import (
    OAUTH2_SETTINGS,
    api_key_in_named_header,
    basic,
    bearer,
    no_auth,
    oauth2_client_credentials,
    oauth2_code,
    oauth2_password,
)
from connectors.sdk.client import Client
from connectors.sdk.errors import Config
from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, text

__all__ = ["CLIENT"]


def identify(call: Call) -> AccountIdentity:
    """Reads the test path with the connection's own sign-in. The account is what a person calls it: an API of unknown
    kind doesn't say whose it is."""
    name = str(call.settings.get("account") or "").strip()
    if not name:
        raise Config(
            "Give the account a name; it tells its records from another account's.",
            code="account",
            pointer="/account",
        )
    path = str(call.settings.get("test_path") or "/")
    if urlsplit(path).netloc:
        raise Config("The test path must begin with a single slash.", code="test_path", pointer="/test_path")
    call.get(path)
    return AccountIdentity(name, name)


CLIENT = Client(
    auth=(
        no_auth(),
        api_key_in_named_header(),
        basic(),
        bearer(),
        oauth2_client_credentials(),
        oauth2_password(),
        oauth2_code(),
    ),
    identify=identify,
    settings=obj(
        {
            "account": text("Account name", help="Tells this account's records from another's.", shortest=1),
            "test_path": text("Test path", help="A path that any signed-in account may read.", default="/"),
            **OAUTH2_SETTINGS,
        },
        required=("account",),
    ),
)
