"""People in custom fields: e-mail addresses for flows, user keys for Streak.

How Streak keeps a person there is not documented: one user key or a list of them is assumed, and what is neither is left as
it is.
"""

from connectors.sdk.errors import Data, NotFound
from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json
from connectors.streak.teams import team_key, team_of

__all__ = ["people_from", "people_to"]

_FRESH = 300.0


def people_from(call: Call, value: Json) -> Json:
    """User keys → e-mail addresses, in the shape they come in; a key nobody knows stays a key."""
    if isinstance(value, list):
        return [people_from(call, one) for one in value]
    return _email_of(call, value) if isinstance(value, str) and value else value


def people_to(call: Call, value: Json, pointer: str) -> Json:
    """E-mail addresses → user keys, in the shape they come in; keys stay keys. Raises `Data` at `pointer` for a stranger."""
    if isinstance(value, list):
        return [people_to(call, one, pointer) for one in value]
    if not isinstance(value, str) or "@" not in value:
        return value
    wanted = normal_email(value)
    for member in team_of(call, team_key(call)).get("members") or []:
        if wanted and normal_email(str(member.get("email") or "")) == wanted:
            return str(member["userKey"])
    raise Data(f"“{value}” is nobody in the team.", code="person_unknown", pointer=pointer)


def _email_of(call: Call, key: str) -> str:
    def load() -> str:
        try:
            return str(call.get(path_of("v1", "users", key)).get("email") or key)
        except NotFound:
            return key

    return str(call.cached(f"user:{key}", _FRESH, load))
