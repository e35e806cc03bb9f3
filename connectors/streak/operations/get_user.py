"""Read one user."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.users import USER, USER_SAMPLE, user_output


def run(call: Call, data: Json) -> Json:
    return user_output(call.get(path_of("v1", "users", data["user_key"])))


OPERATION = Read(
    title="Get a user",
    input=obj({"user_key": text("User key", shortest=1)}, required=("user_key",)),
    output=USER,
    sample=USER_SAMPLE,
    run=run,
)
