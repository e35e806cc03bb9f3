"""Anything the bench posts, with the token of its endpoint. Nobody has to be told where to call."""

import hmac
from collections.abc import Mapping, Sequence

from connectors.sdk.operation import Call
from connectors.sdk.schema import obj, text
from connectors.sdk.trigger import Arrival, Delivery, WebhookTrigger
from connectors.sdk.wire import Json

HEADER = "x-bench-token"


def verify(headers: Mapping[str, str], secret: str) -> bool:
    return bool(secret) and hmac.compare_digest(headers.get(HEADER, "").encode(), secret.encode())


def read(delivery: Delivery, _config: Mapping[str, Json]) -> Sequence[Arrival]:
    body = delivery.body
    return [Arrival(key=body["key"], title=body["name"], data=body)]


def enable(_call: Call, _url: str, _secret: str, _config: Mapping[str, Json]) -> Json:
    return {}


def disable(_call: Call, _state: Json) -> None:
    return None


TRIGGER = WebhookTrigger(
    title="Something is posted",
    config=obj({}),
    output=obj({"key": text("Key"), "name": text("Name")}, required=("key", "name"), more=True),
    sample={"key": "box-1", "name": "A deal"},
    verify=verify,
    read=read,
    enable=enable,
    disable=disable,
)
