"""List the teams this key sees."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.teams import teams_of


def run(call: Call, _data: Json) -> Json:
    return {"teams": [{"team_key": one["key"], "name": one["name"]} for one in teams_of(call)]}


OPERATION = Read(
    title="List teams",
    input=obj({}),
    output=obj(
        {
            "teams": items(
                "Teams",
                obj({"team_key": text("Team key"), "name": text("Name")}, required=("team_key", "name")),
            )
        },
        required=("teams",),
    ),
    sample={"teams": [{"team_key": "agxTEAM1", "name": "Acme Sales"}]},
    run=run,
)
