"""How a far system tells us that something happened. One file in `triggers/` holds one trigger, named `TRIGGER`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connectors.sdk.operation import Call
from connectors.sdk.wire import Json, Schema

__all__ = ["Arrival", "Delivery", "WebhookTrigger"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """An incoming HTTP request, verified: headers are lower-cased, `body` is parsed JSON."""

    headers: Mapping[str, str]
    body: Json


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing that happened. `key` tells it from every other one of this endpoint ("" = the runtime hashes the body);
    `title` is what people call it; `data` becomes `$event`."""

    key: str
    title: str
    data: Json


@dataclass(frozen=True, slots=True)
class WebhookTrigger:
    """A webhook registration. `verify(headers, secret)` checks the delivery's own token in constant time (True = genuine).

    `read(delivery, config)` gives 1..n arrivals or raises `Data`. `enable(call, url, secret, config)` registers and returns
    state for `disable(call, state)`. `config` is the schema of what a person sets on the trigger node.
    """

    title: str
    config: Schema
    output: Schema
    sample: Json
    verify: Callable[[Mapping[str, str], str], bool]
    read: Callable[[Delivery, Mapping[str, Json]], Sequence[Arrival]]
    enable: Callable[[Call, str, str, Mapping[str, Json]], Json]
    disable: Callable[[Call, Json], None]
    help: str = ""
