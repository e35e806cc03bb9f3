"""A small made-up value that fits a schema: what stands for an answer nobody has seen yet."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.sdk.errors import Data
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Schema

__all__ = ["NO_SAMPLE", "sample_of"]

NO_SAMPLE = object()
_TEXTS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T09:30:10Z",
    "email": "ida@larch.example",
    "uri": "https://example.com/one",
    "uuid": "5d0c0c0e-1b2a-4c3d-8e4f-5a6b7c8d9e0f",
    "time": "09:30:10Z",
    "decimal": "12.50",
}


def sample_of(schema: Schema) -> Json:
    """A value that `schema` accepts, or `NO_SAMPLE`."""
    for everything in (True, False):
        value = _made(schema, everything=everything)
        try:
            validator_for(schema).check(value)
        except Data:
            continue
        return value
    return NO_SAMPLE


def _made(schema: Mapping[str, Any], *, everything: bool) -> Json:
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if schema.get("enum"):
        return schema["enum"][0]
    for name in ("oneOf", "anyOf"):
        if schema.get(name):
            first = _made(schema[name][0], everything=everything)
            own = _typed(schema, everything=everything) if schema.get("properties") else None
            return {**own, **first} if isinstance(own, dict) and isinstance(first, dict) else first
    if schema.get("allOf"):
        parts = [_made(one, everything=everything) for one in schema["allOf"]]
        merged = {name: one for part in parts if isinstance(part, dict) for name, one in part.items()}
        return merged or parts[0]
    return _typed(schema, everything=everything)


def _typed(schema: Mapping[str, Any], *, everything: bool) -> Json:
    kind = schema.get("type", "object" if "properties" in schema else "")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    maker = _MAKERS.get(kind)
    return maker(schema, everything) if maker is not None else None


def _object(schema: Mapping[str, Any], everything: bool) -> Json:  # noqa: FBT001 - one of a table
    required = schema.get("required", [])
    return {
        name: _made(one, everything=everything)
        for name, one in schema.get("properties", {}).items()
        if everything or name in required
    }


def _array(schema: Mapping[str, Any], everything: bool) -> Json:  # noqa: FBT001 - one of a table
    least = max(int(schema.get("minItems", 0)), 1 if everything else 0)
    one = _made(schema["items"] if isinstance(schema.get("items"), Mapping) else {}, everything=everything)
    return [one] * min(least, 20)


def _text(schema: Mapping[str, Any], _everything: bool) -> Json:  # noqa: FBT001 - one of a table
    found = _TEXTS.get(str(schema.get("format", "")), "text")
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 10_000))
    return found.ljust(least, "x")[:most]


def _number(schema: Mapping[str, Any], _everything: bool) -> Json:  # noqa: FBT001 - one of a table
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in schema else 1)
    high = schema.get("maximum", low)
    step = schema.get("multipleOf")
    value = min(low, high)
    return step if step and step >= value else value


_MAKERS: Mapping[str, Callable[[Mapping[str, Any], bool], Json]] = {
    "object": _object,
    "array": _array,
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda _schema, _everything: True,
}
