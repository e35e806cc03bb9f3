"""Talking to Streak: signing in, the encoding each call wants, and what its refusals mean."""

import re
from collections.abc import Mapping

from connectors.sdk.account import AccountIdentity, AuthKind
from connectors.sdk.auth import api_key
from connectors.sdk.client import Client
from connectors.sdk.errors import Auth, Data, Failure, NotFound
from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Response
from connectors.streak.teams import chosen_team

__all__ = ["CLIENT", "write_request"]

_NO_SUCH_KEY = re.compile(r"invalid api path specified|invalid (?!api)\w+ key|not found", re.I)
_KEY_REFUSED = ("authentication required", "invalid api key")


def write_request(
    method: str,
    path: str,
    body: Mapping[str, Json],
    *,
    query: Mapping[str, Json] | None = None,
    far_id: str = "",
) -> Request:
    """A write in the encoding Streak wants: v1 PUT as a form, every other as JSON."""
    if method == "PUT" and path.startswith("/v1/"):
        form = {name: str(value) for name, value in body.items()}
        return Request(method, path, query or {}, form=form, far_id=far_id)
    return Request(method, path, query or {}, json=dict(body), far_id=far_id)


def classify(request: Request, response: Response) -> Failure | None:
    """Streak's own refusals; None leaves the rest to the default table."""
    sentence = _error(response)
    detail = f"{response.status}: {response.text[:2000]}"
    if response.status == 200:  # noqa: PLR2004 - Streak's only success
        return _empty(request, response, detail)
    if response.status == 401:  # noqa: PLR2004 - a bad key, or no access to this one object
        return Auth("Streak does not accept the API key.", code=_code_of_401(sentence), detail=detail)
    if response.status == 400 and (not sentence or _NO_SUCH_KEY.search(sentence)):  # noqa: PLR2004 - unknown key
        return NotFound(
            "Streak has no such record, or this key may not see it.", code="not_found", detail=detail
        )
    if response.status == 400:  # noqa: PLR2004 - refused
        return Data(f"Streak refused this: {sentence}", code="refused", detail=detail)
    return None


def identify(call: Call) -> AccountIdentity:
    """Whose key this is: the team it works in. With several teams, setting `team_key` says which."""
    user = call.get("/v1/users/me")
    team = chosen_team(call)
    return AccountIdentity(team["key"], f"{team['name']} ({user.get('email', '')})")


def _empty(request: Request, response: Response, detail: str) -> Failure | None:
    """200 with nothing in it: no such record when reading; when writing, Streak took the call and changed nothing."""
    body = response.json
    if request.method == "GET":
        return (
            NotFound("Streak has no such record.", code="not_found", detail=detail) if body is None else None
        )
    done = isinstance(body, dict) and (body.get("key") or body.get("boxKey") or body.get("success") is True)
    if done:
        return None
    return Data("Streak took this without an error, but changed nothing.", code="not_applied", detail=detail)


def _code_of_401(sentence: str) -> str:
    return "key_refused" if sentence.lower() in _KEY_REFUSED else "unauthorized"


def _error(response: Response) -> str:
    body = response.json
    return str(body.get("error") or "") if isinstance(body, dict) else ""


def _api_key() -> AuthKind:
    return api_key(
        title="API key", help="In Gmail: Streak icon, Integrations, Create new key.", as_basic_user=True
    )


CLIENT = Client(
    auth=(_api_key(),),
    identify=identify,
    classify=classify,
    recheck="/v1/users/me",
    settings=obj(
        {
            "team_key": text("Team", help="Only needed when the key sees several teams."),
            "time_zone": text(
                "Time zone", help="Of the dates in custom fields, such as Europe/London. Default: UTC."
            ),
        }
    ),
)
