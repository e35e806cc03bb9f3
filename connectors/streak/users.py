"""Users: the people of the team, and whose key this is."""

from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["USER", "USER_SAMPLE", "user_output"]

USER: Schema = obj(
    {
        "user_key": text("User key"),
        "email": text("E-mail"),
        "name": text("Name"),
        "time_zone": text("Time zone"),
    },
    required=("user_key", "email", "name"),
)
USER_SAMPLE: Json = {
    "user_key": "agxUSER1",
    "email": "ana@example.test",
    "name": "Ana Ruiz",
    "time_zone": "Europe/Berlin",
}


def user_output(user: Json) -> dict[str, Json]:
    """Streak's user, or a member of a team → what `USER` describes."""
    parts = [str(user.get(name) or "") for name in ("firstName", "lastName")]
    name = user.get("fullName") or " ".join(part for part in parts if part) or user.get("displayName")
    return {
        "user_key": str(user.get("userKey") or user["key"]),
        "email": str(user.get("email") or ""),
        "name": str(name or user.get("email") or ""),
        "time_zone": str(user.get("timezoneId") or ""),
    }
