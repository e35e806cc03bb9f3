"""List the webhook registrations of a pipeline, or of the team."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text, timestamp
from connectors.sdk.wire import Json
from connectors.streak.moments import iso
from connectors.streak.pipelines import pipeline_key
from connectors.streak.teams import team_key

_WEBHOOK = obj(
    {
        "webhook_key": text("Webhook key"),
        "event": text("Event"),
        "target": text("Target", help="The host only: the rest of the address is a secret."),
        "pipeline_key": text("Pipeline key"),
        "team_key": text("Team key"),
        "user_key": text("Registered by"),
        "created_at": timestamp("Created", type=["string", "null"]),
    },
    required=("webhook_key", "event", "target"),
)


def run(call: Call, data: Json) -> Json:
    if data.get("pipeline"):
        path = path_of("v2", "pipelines", pipeline_key(call, data["pipeline"]), "webhooks")
    else:
        path = path_of("v2", "teams", team_key(call), "webhooks")
    answer = call.get(path)
    found = answer if isinstance(answer, list) else answer.get("results") or []
    return {"webhooks": [_webhook(one) for one in found]}


def _webhook(hook: Json) -> Json:
    return {
        "webhook_key": str(hook["key"]),
        "event": str(hook.get("event") or ""),
        "target": "/".join(str(hook.get("targetUrl") or "").split("/")[:3]),
        "pipeline_key": str(hook.get("pipelineKey") or ""),
        "team_key": str(hook.get("teamKey") or ""),
        "user_key": str(hook.get("userKey") or ""),
        "created_at": iso(hook.get("creationDate")),
    }


OPERATION = Read(
    title="List webhooks",
    help="Of a pipeline, or without one of the team. Who doesn't administer the pipeline sees only their own.",
    input=obj({"pipeline": text("Pipeline", help="Name or key.", x_options="pipelines")}),
    output=obj({"webhooks": items("Webhooks", _WEBHOOK)}, required=("webhooks",)),
    sample={
        "webhooks": [
            {
                "webhook_key": "agxHOOK1",
                "event": "BOX_CREATE",
                "target": "https://interlock.example",
                "pipeline_key": "agxPIPE1",
                "team_key": "",
                "user_key": "agxUSER1",
                "created_at": "2026-11-21T09:30:00Z",
            }
        ]
    },
    run=run,
)
