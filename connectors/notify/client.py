"""Signing in to a mail server or to a messaging service, and whose account that is."""

from connectors.notify.destination import SERVICES, hidden_parts
from connectors.notify.sending import carry
from connectors.sdk.account import AccountIdentity, AuthKind
from connectors.sdk.auth import basic
from connectors.sdk.client import Client
from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, secret, text

__all__ = ["CLIENT"]

_MAIL_USER = basic()


def identify(call: Call) -> AccountIdentity:
    """Signs in to the mail server without sending; a service's address is read, since it can only be tried by a message."""
    found = call.get("/account")
    return AccountIdentity(found["account"], f"{found['service']} {found['account']}")


CLIENT = Client(
    auth=(
        AuthKind(
            "basic", "E-mail, with user name and password", _MAIL_USER.fields, lambda _headers, _secrets: None
        ),
        AuthKind("none", "E-mail, without sign-in", obj({}), lambda _headers, _secrets: None),
        AuthKind(
            "api_key",
            "A service, by its Apprise address",
            obj(
                {
                    "address": secret(
                        "Service address",
                        help=f"As Apprise writes it; begins with one of {', '.join(SERVICES)}.",
                    )
                },
                required=("address",),
            ),
            lambda _headers, _secrets: None,
        ),
    ),
    identify=identify,
    settings=obj(
        {
            "sender": text("Sender", help="E-mail only: the address messages come from."),
            "to": text(
                "Usual recipients", help="E-mail only, separated by commas; a message may name others."
            ),
        }
    ),
    carrier=carry,
    hidden=hidden_parts,
)
