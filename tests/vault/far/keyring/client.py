"""How tests sign in to the token server: by code (with PKCE), as the client itself, by password, or with a key."""

from connectors.sdk.account import AccountIdentity, AuthKind, OAuth2, Secrets
from connectors.sdk.auth import api_key, oauth2_client_credentials, oauth2_password
from connectors.sdk.client import Client
from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, secret, text


def _sign(headers: dict[str, str], secrets: Secrets) -> None:
    headers["Authorization"] = f"Bearer {secrets.reveal('access_token')}"


def _identify(call: Call) -> AccountIdentity:
    me = call.get("/me")
    return AccountIdentity(me["id"], me["name"])


CLIENT = Client(
    auth=(
        AuthKind(
            "oauth2_code",
            "Sign in",
            obj({"client_id": text("Client id"), "client_secret": secret("Client secret")}),
            _sign,
            OAuth2(
                "https://keyring.example.com/authorize", "https://keyring.example.com/token", "all", pkce=True
            ),
        ),
        api_key(),
        oauth2_client_credentials("https://keyring.example.com/token", "all"),
        oauth2_password("https://keyring.example.com/token"),
    ),
    identify=_identify,
)
