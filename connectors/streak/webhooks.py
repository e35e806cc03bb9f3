"""Streak's webhooks: an array of changed records, the token we gave in a header, no event name and no delivery id.

Hence one registration per event, each with a target address of its own; what is posted is a hint and is read again.
"""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors.sdk.errors import Data, NotFound
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.trigger import Arrival, Delivery, WebhookTrigger
from connectors.sdk.wire import Json, Request, Schema
from connectors.streak.client import write_request
from connectors.streak.pipelines import pipeline_key
from connectors.streak.records import BOX, Told
from connectors.streak.teams import team_key

__all__ = ["box_trigger", "pipeline_trigger", "team_trigger"]

_TOKEN = "x-streak-webhook-token"  # noqa: S105 - a header's name

_IN_PIPELINE = obj(
    {"pipeline": text("Pipeline", help="Name or key.", shortest=1, x_options="pipelines")},
    required=("pipeline",),
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """For what a webhook is registered: `place` gives the kind ("pipeline", "team") and the key from what a person set."""

    config: Schema
    place: Callable[[Call, Mapping[str, Json]], tuple[str, str]]


def box_trigger(title: str, event: str, *stamps: str, help: str = "") -> WebhookTrigger:
    """The trigger for one box event. `stamps` are the box's times that tell two happenings apart, the best one first."""
    return pipeline_trigger(title, event, BOX, *stamps, help=help)


def pipeline_trigger(title: str, event: str, told: Told, *stamps: str, help: str = "") -> WebhookTrigger:
    """The trigger for one event of a pipeline that posts `told`."""
    return _trigger(title, event, told, stamps, help, _PIPELINE)


def team_trigger(title: str, event: str, told: Told, *stamps: str, help: str = "") -> WebhookTrigger:
    """The trigger for one event of the connection's team that posts `told`. Streak offers them from its Pro plan up."""
    return _trigger(title, event, told, stamps, help or "Needs Streak's Pro plan or better.", _TEAM)


_PIPELINE = _Scope(
    _IN_PIPELINE, lambda call, config: ("pipeline", pipeline_key(call, str(config["pipeline"])))
)
_TEAM = _Scope(obj({}), lambda call, _config: ("team", team_key(call)))


def _trigger(
    title: str, event: str, told: Told, stamps: Sequence[str], help: str, scope: _Scope
) -> WebhookTrigger:
    def read(delivery: Delivery, _config: Mapping[str, Json]) -> Sequence[Arrival]:
        return [_arrival(item, event, stamps, told) for item in _items(delivery.body, told)]

    def enable(call: Call, url: str, secret: str, config: Mapping[str, Json]) -> Json:
        kind, key = scope.place(call, config)
        _forget_former(call, path_of("v2", f"{kind}s", key, "webhooks"), url)
        body = {"event": event, "targetUrl": url, "token": secret}
        made = call.send(write_request("POST", "/v2/webhooks", body, query={f"{kind}Key": key})).json
        return {"webhook_key": str(made["key"]), f"{kind}_key": key}

    return WebhookTrigger(
        record=told.record,
        title=title,
        help=help,
        config=scope.config,
        output=told.schema,
        sample=told.sample,
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


def _forget_former(call: Call, path: str, url: str) -> None:
    """Remove registrations of this very address: an earlier attempt whose answer was lost, or one with an old token."""
    answer = call.get(path)
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


def _items(body: Json, told: Told) -> list[Json]:
    """Streak posts an array of records; its automations builder posts one object."""
    items = body if isinstance(body, list) else [body]
    if not items:
        raise Data(f"The delivery holds no {told.record}.", code="empty_delivery")
    if not all(isinstance(item, dict) and (told.open or _key(item)) for item in items):
        raise Data(
            f"The delivery holds something that is not a Streak {told.record}.", code=f"not_a_{told.record}"
        )
    return items


def _arrival(item: Json, event: str, stamps: Sequence[str], told: Told) -> Arrival:
    stamp = next((item[name] for name in stamps if item.get(name)), "")
    found = _key(item)
    key = f"{found}:{stamp}:{event}" if found and stamp else ""
    return Arrival(
        key=key, title=told.title_of(item) or found or event, data={**item, "key": found} if found else item
    )


def _key(item: Json) -> str:
    return str(item.get("key") or item.get("boxKey") or item.get("box_key") or "")
