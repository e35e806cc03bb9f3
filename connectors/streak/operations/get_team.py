"""Read a team: its members, and the custom fields of its contacts and organizations."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.contacts import CONTACTS
from connectors.streak.organizations import ORGANIZATIONS
from connectors.streak.team_fields import team_fields
from connectors.streak.teams import team_key, team_of

_FIELD = obj(
    {"key": text("Key"), "name": text("Name"), "type": text("Type"), "options": items("Options", text(""))},
    required=("key", "name", "type", "options"),
)
_MEMBER = obj(
    {"user_key": text("User key"), "email": text("E-mail"), "name": text("Name"), "role": text("Role")},
    required=("user_key", "email", "name", "role"),
)


def run(call: Call, data: Json) -> Json:
    key = data.get("team_key") or team_key(call)
    team = team_of(call, key, fresh=True)
    return {
        "team_key": str(team["key"]),
        "name": str(team.get("name") or ""),
        "members": [_member(one) for one in team.get("members") or []],
        "contact_fields": _fields(call, key, CONTACTS.settings),
        "organization_fields": _fields(call, key, ORGANIZATIONS.settings),
    }


def _member(member: Json) -> Json:
    return {
        "user_key": str(member["userKey"]),
        "email": str(member.get("email") or ""),
        "name": str(member.get("fullName") or member.get("displayName") or ""),
        "role": str(member.get("role") or ""),
    }


def _fields(call: Call, key: str, settings: str) -> list[Json]:
    return [
        {"key": one.key, "name": one.name, "type": one.type, "options": list(one.options.values())}
        for one in team_fields(call, key, settings)
    ]


OPERATION = Read(
    title="Get a team",
    input=obj({"team_key": text("Team key", help="Empty for the connection's own.")}),
    output=obj(
        {
            "team_key": text("Team key"),
            "name": text("Name"),
            "members": items("Members", _MEMBER),
            "contact_fields": items("Custom fields of contacts", _FIELD),
            "organization_fields": items("Custom fields of organizations", _FIELD),
        },
        required=("team_key", "name", "members", "contact_fields", "organization_fields"),
    ),
    sample={
        "team_key": "agxTEAM1",
        "name": "Acme Sales",
        "members": [
            {"user_key": "agxUSER1", "email": "ana@example.test", "name": "Ana Ruiz", "role": "Owner"}
        ],
        "contact_fields": [{"key": "1001", "name": "ERP customer no.", "type": "TEXT_INPUT", "options": []}],
        "organization_fields": [],
    },
    run=run,
)
