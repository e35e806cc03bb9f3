"""How big an output is, and how deep."""

import json
from collections.abc import Iterable

import orjson

from connectors.sdk.wire import Json
from integrations.engine.limits import Limits, over_limit
from integrations.engine.long_list import noted

__all__ = ["json_size", "measured", "nesting"]


def json_size(value: Json) -> int:
    """Bytes of `value` as JSON."""
    try:
        return len(orjson.dumps(value, default=noted))
    except TypeError:  # integers beyond 64 bits, or nesting beyond 254
        return len(json.dumps(value, separators=(",", ":"), default=noted).encode())


def nesting(value: Json) -> int:
    """How deep objects and lists lie in each other; 0 for a plain value. Counts without recursing."""
    level, deep = [value], 0
    while level := [outer for outer in level if isinstance(outer, dict | list)]:
        deep += 1
        level = [part for outer in level for part in _parts(outer)]
    return deep


def _parts(value: dict[str, Json] | list[Json]) -> Iterable[Json]:
    return value.values() if isinstance(value, dict) else value


def measured(output: Json, limits: Limits) -> None:
    """Refuse a step's output that is over the limits, as `Data`."""
    try:
        size = len(orjson.dumps(output, default=noted))
    except TypeError:
        deep = nesting(output)
        if deep > limits.nesting:
            raise over_limit("levels of one step's output", limit=limits.nesting, found=deep) from None
        size = json_size(output)
    if size > limits.output:
        raise over_limit("bytes of one step's output", limit=limits.output, found=size)
