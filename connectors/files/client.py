"""A folder of this installation as a connection: there is nothing to sign in to."""

from connectors.files.carrier import carry
from connectors.sdk.account import AccountIdentity
from connectors.sdk.auth import no_auth
from connectors.sdk.client import Client
from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, text

__all__ = ["CLIENT"]


def identify(call: Call) -> AccountIdentity:
    """The folder itself, relative to the installation's."""
    folder = call.get("/folder")["folder"]
    return AccountIdentity(folder, "The folder for files" if folder == "." else f"Folder {folder}")


CLIENT = Client(
    auth=(no_auth(),),
    identify=identify,
    settings=obj(
        {"folder": text("Folder", help="Inside the installation's folder for files; empty for all of that.")}
    ),
    carrier=carry,
)
