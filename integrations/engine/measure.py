"""How big an output is."""

import json

import orjson

from connectors.sdk.wire import Json
from integrations.engine.limits import Limits, over_limit

__all__ = ["json_size", "measured"]


def json_size(value: Json) -> int:
    """Bytes of `value` as JSON."""
    try:
        return len(orjson.dumps(value))
    except TypeError:  # integers beyond 64 bits
        return len(json.dumps(value, separators=(",", ":")).encode())


def measured(output: Json, limits: Limits) -> None:
    """Refuse a step's output that is over the limit, as `Data`."""
    size = json_size(output)
    if size > limits.output:
        raise over_limit("bytes of one step's output", limit=limits.output, found=size)
