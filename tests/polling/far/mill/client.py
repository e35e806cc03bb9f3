"""How the mill is signed in to. Nobody ever calls it."""

from connectors.sdk.account import AccountIdentity
from connectors.sdk.auth import api_key
from connectors.sdk.client import Client

CLIENT = Client(auth=(api_key(),), identify=lambda _call: AccountIdentity("mill", "The mill"))
