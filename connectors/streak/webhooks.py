"""Streak's box webhooks: an array of changed boxes, the token we gave in a header, no event name and no delivery id.

Hence one registration per event, each with a target address of its own; what is posted is a hint and is read again.
"""

import hmac
from collections.abc import Mapping, Sequence

from connectors.sdk.errors import Data, NotFound
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.schema import integer, obj, text
from connectors.sdk.trigger import Arrival, Delivery, WebhookTrigger
from connectors.sdk.wire import Json, Request
from connectors.streak.client import write_request
from connectors.streak.pipelines import pipeline_key

__all__ = ["box_trigger"]

_TOKEN = "x-streak-webhook-token"  # noqa: S105 - a header's name

CONFIG = obj(
    {"pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines")},
    required=("pipeline",),
)
OUTPUT = obj(
    {
        "key": text("Box key"),
        "name": text("Name"),
        "pipelineKey": text("Pipeline key"),
        "stageKey": text("Stage key"),
        "lastUpdatedTimestamp": integer("Last updated (ms)"),
        "lastStageChangeTimestamp": integer("Last stage change (ms)"),
    },
    more=True,
)
SAMPLE: Json = {
    "key": "agxBOX1",
    "boxKey": "agxBOX1",
    "pipelineKey": "agxPIPE1",
    "name": "Acme - 40 chairs",
    "stageKey": "5003",
    "fields": {"1001": "12500.00"},
    "lastUpdatedTimestamp": 1795253400000,
    "lastStageChangeTimestamp": 1795253400000,
}


def box_trigger(title: str, event: str, *stamps: str, help: str = "") -> WebhookTrigger:
    """The trigger for one box event. `stamps` are the box's times that tell two happenings apart, the best one first."""

    def read(delivery: Delivery, _config: Mapping[str, Json]) -> Sequence[Arrival]:
        return [_arrival(item, event, stamps) for item in _items(delivery.body)]

    def enable(call: Call, url: str, secret: str, config: Mapping[str, Json]) -> Json:
        pipeline = pipeline_key(call, str(config["pipeline"]))
        _forget_former(call, pipeline, url)
        body = {"event": event, "targetUrl": url, "token": secret}
        made = call.send(write_request("POST", "/v2/webhooks", body, query={"pipelineKey": pipeline})).json
        return {"webhook_key": str(made["key"]), "pipeline_key": pipeline}

    return WebhookTrigger(
        record="box",
        title=title,
        help=help,
        config=CONFIG,
        output=OUTPUT,
        sample=SAMPLE,
        verify=verify,
        read=read,
        enable=enable,
        disable=disable,
    )


def verify(headers: Mapping[str, str], secret: str) -> bool:
    """Whether the delivery carries the token we gave Streak (constant time)."""
    given = headers.get(_TOKEN, "")
    return bool(secret) and hmac.compare_digest(given.encode(), secret.encode())


def disable(call: Call, state: Json) -> None:
    """Remove the registration; one that is gone already is fine."""
    _delete(call, str(state["webhook_key"]))


def _forget_former(call: Call, pipeline: str, url: str) -> None:
    """Remove registrations of this very address: an earlier attempt whose answer was lost, or one with an old token."""
    answer = call.get(path_of("v2", "pipelines", pipeline, "webhooks"))
    for hook in answer if isinstance(answer, list) else answer.get("results") or []:
        if hook.get("targetUrl") == url:
            _delete(call, str(hook["key"]))


def _delete(call: Call, key: str) -> None:
    try:
        call.send(
            Request("DELETE", path_of("v2", "webhooks", key), headers={"Content-Type": "application/json"})
        )
    except NotFound:
        return


def _items(body: Json) -> list[Json]:
    """Streak posts an array of boxes; its automations builder posts one object."""
    items = body if isinstance(body, list) else [body]
    if not items:
        raise Data("The delivery holds no box.", code="empty_delivery")
    if not all(isinstance(item, dict) and _key(item) for item in items):
        raise Data("The delivery holds something that is not a Streak box.", code="not_a_box")
    return items


def _arrival(item: Json, event: str, stamps: Sequence[str]) -> Arrival:
    stamp = next((item[name] for name in stamps if item.get(name)), "")
    key = f"{_key(item)}:{stamp}:{event}" if stamp else ""
    return Arrival(key=key, title=str(item.get("name") or _key(item)), data={**item, "key": _key(item)})


def _key(item: Json) -> str:
    return str(item.get("key") or item.get("boxKey") or item.get("box_key") or "")
