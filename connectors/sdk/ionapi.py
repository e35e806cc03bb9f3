"""Signing in with an `.ionapi` file: the JSON an Infor administrator downloads for a backend service with a service account.

The file holds everything: the gateway, the tenant, the sign-in service and both pairs of keys. The token is asked for by the
service account's password; nobody has to be there.
"""

import json
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from connectors.sdk.account import Account, AuthKind, OAuth2, Secrets
from connectors.sdk.classify import classify_answer
from connectors.sdk.errors import Auth, Config, Data, Transient
from connectors.sdk.http import Http, OnExchange, Route
from connectors.sdk.oauth import Grant
from connectors.sdk.redact import Redactor
from connectors.sdk.registry import Connector
from connectors.sdk.schema import obj, secret
from connectors.sdk.wire import Json, Request, Response

__all__ = ["IonApi", "ionapi", "ionapi_tokens", "read_ionapi"]

_PARTS = {
    "iu": "the gateway's address (iu)",
    "ti": "the tenant (ti)",
    "pu": "the sign-in service's address (pu)",
    "ot": "the path of the token service (ot)",
    "ci": "the client id (ci)",
    "cs": "the client secret (cs)",
    "saak": "the service account's access key (saak)",
    "sask": "the service account's secret key (sask)",
}
_SERVICE = frozenset({"saak", "sask"})


@dataclass(frozen=True, slots=True)
class IonApi:
    """What is needed of the file. `base_url` is the gateway with the tenant, `token_url` where tokens are got."""

    base_url: str
    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)


def read_ionapi(text: str) -> IonApi:
    """Read the file's JSON. Raises `Config` with one sentence for each missing part (code "ionapi")."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise _unusable("This is no .ionapi file: paste the whole text of the file, from { to }.") from error
    if not isinstance(found, dict):
        raise _unusable("This is no .ionapi file: paste the whole text of the file, from { to }.")
    missing = [name for name in _PARTS if not str(found.get(name) or "").strip()]
    if missing:
        raise _unusable(" ".join(_missing(name) for name in missing))
    parts = {name: str(found[name]).strip() for name in _PARTS}
    for name in ("iu", "pu"):
        if urlsplit(parts[name]).scheme not in ("http", "https"):
            raise _unusable(
                f"In the .ionapi file, {_PARTS[name]} is no web address. Download the file again."
            )
    return IonApi(
        base_url=f"{parts['iu'].rstrip('/')}/{parts['ti']}",
        token_url=f"{parts['pu'].rstrip('/')}/{parts['ot'].lstrip('/')}",
        client_id=parts["ci"],
        client_secret=parts["cs"],
        access_key=parts["saak"],
        secret_key=parts["sask"],
    )


def ionapi(title: str = "Infor .ionapi file") -> AuthKind:
    """The sign-in kind: one secret, the file's text. Its token is kept and renewed by the runtime."""

    def sign(headers: dict[str, str], secrets: Secrets) -> None:
        headers["Authorization"] = f"Bearer {secrets.reveal('access_token')}"

    told = "Open the downloaded file in a text editor and paste all of it, from { to }."
    fields = obj({"ionapi": secret(".ionapi file", help=told)}, required=("ionapi",))
    return AuthKind("ionapi", title, fields, sign, OAuth2("", "", "", grant="password"))


def ionapi_tokens(connector: Connector, account: Account, on_exchange: OnExchange) -> Grant:
    """A new access token. Nothing is lost with an answer that doesn't arrive: it is simply asked for again.

    Raises `Config` for a file that can't be used or belongs to another address, `Auth` for keys that aren't accepted,
    `Transient` or `RateLimited` when the sign-in service can't answer now.
    """
    text = account.secrets.reveal("ionapi")
    if not text:
        raise Auth("The .ionapi file of this connection has not been entered yet.", code="not_connected")
    file = read_ionapi(text)
    if file.base_url.rstrip("/") != account.base_url.rstrip("/"):
        raise Config(
            f"The .ionapi file is for {file.base_url}. Set this connection's address to that, or enter the right file.",
            code="ionapi_address",
            pointer="/base_url",
        )
    parts = urlsplit(file.token_url)
    at = replace(
        account, base_url=f"{parts.scheme}://{parts.netloc}", connection=f"{account.connection}/oauth"
    )
    connector.check_account(at)
    http = Http(
        Route(at.base_url, at.reach, at.connection, account.deadline, max_bytes=200_000),
        on_exchange=on_exchange,
        redactor=Redactor([text, file.client_id, file.client_secret, file.access_key, file.secret_key]),
    )
    form = {
        "grant_type": "password",
        "username": file.access_key,
        "password": file.secret_key,
        "client_id": file.client_id,
        "client_secret": file.client_secret,
    }
    request = Request("POST", parts.path, form=form)
    try:
        return _grant(request, http.send(request, {"Accept": "application/json"}))
    except Data as failure:
        raise Config(
            "Infor's sign-in service did not take the request.", code=failure.code, detail=failure.detail
        ) from failure


def _grant(request: Request, response: Response) -> Grant:
    body = response.json if isinstance(response.json, dict) else {}
    error = str(body.get("error") or "")
    if error in ("invalid_grant", "invalid_client"):
        part = "service account's keys" if error == "invalid_grant" else "client id or secret"
        raise Auth(
            f"Infor does not accept the {part} of the .ionapi file any more. Download a new file and enter it.",
            code=error,
        )
    failure = classify_answer(Request("GET", request.path), response)
    if failure is not None:
        raise failure
    if not body.get("access_token"):
        raise Transient("Infor's sign-in service gave no token.", code="no_token")
    return Grant({"access_token": str(body["access_token"])}, expires_in=_seconds(body.get("expires_in")))


def _seconds(value: Json) -> float:
    """The lifetime: a number, or one as text; 0 = it never ends."""
    try:
        return max(float(value or 0), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _missing(name: str) -> str:
    if name in _SERVICE:
        return f"The .ionapi file lacks {_PARTS[name]}: download it again with “Create Service Account” switched on."
    return f"The .ionapi file lacks {_PARTS[name]}: download it again."


def _unusable(sentence: str) -> Config:
    return Config(sentence, code="ionapi", pointer="/ionapi")
