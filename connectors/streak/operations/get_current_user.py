"""Whose API key this connection uses."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj
from connectors.sdk.wire import Json
from connectors.streak.users import USER, USER_SAMPLE, user_output


def run(call: Call, _data: Json) -> Json:
    return user_output(call.get("/v1/users/me"))


OPERATION = Read(title="Get the current user", input=obj({}), output=USER, sample=USER_SAMPLE, run=run)
