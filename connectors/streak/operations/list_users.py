"""List the users of the team."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.pagination import by_page
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj
from connectors.sdk.wire import Json
from connectors.streak.teams import team_key
from connectors.streak.users import USER, USER_SAMPLE, user_output


def run(call: Call, _data: Json) -> Json:
    path = path_of("v2", "teams", team_key(call), "users")
    return {"users": [user_output(one) for one in by_page(call, path, {})]}


OPERATION = Read(
    title="List users",
    input=obj({}),
    output=obj({"users": items("Users", USER)}, required=("users",)),
    sample={"users": [USER_SAMPLE]},
    run=run,
)
