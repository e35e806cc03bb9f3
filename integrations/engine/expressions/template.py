"""Values with expressions inside: `{"$expr": "…"}` anywhere in a node's configuration."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.engine.expressions.language import MISSING

__all__ = ["Evaluate", "expressions_in", "is_expression", "resolve", "source_of"]

Evaluate = Callable[[str], Any]
"""Evaluates source text; gives `MISSING` for nothing."""


def is_expression(value: Json) -> bool:
    return isinstance(value, dict) and "$expr" in value


def source_of(value: Json) -> str:
    """The source text of a field that is always an expression, stored as text or as `{"$expr": text}`; "" for none."""
    found = value.get("$expr", "") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def expressions_in(value: Json, pointer: str = "") -> Iterator[tuple[str, str]]:
    """(pointer, source) of every expression inside `value`."""
    if is_expression(value):
        yield pointer, source_of(value)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from expressions_in(part, f"{pointer}/{escaped(key)}")
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from expressions_in(part, f"{pointer}/{index}")


def escaped(key: str) -> str:
    """A key as one token of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def resolve(value: Json, evaluate: Evaluate) -> Json:
    """`value` with every expression replaced by its result; objects and lists leave out what is omitted.

    Raises `Data` (code "missing_value") with the place of a result that isn't there and has no policy; failures of
    expressions get the place too.
    """
    return _resolve(value, evaluate, "")


def _resolve(value: Json, evaluate: Evaluate, name: str) -> Json:
    """`name` is the last token of the value's place. The rest is put before a failure's pointer on its way out."""
    if isinstance(value, dict):
        if "$expr" in value:
            return _field(value, evaluate, name)
        made: dict[str, Json] = {}
        for key, part in value.items():
            if (found := _part(part, evaluate, key)) is not MISSING:
                made[key] = found
        return made
    if isinstance(value, list):
        items = (_part(part, evaluate, str(index)) for index, part in enumerate(value))
        return [item for item in items if item is not MISSING]
    return value


def _part(part: Json, evaluate: Evaluate, name: str) -> Json:
    if not isinstance(part, dict | list):
        return part
    try:
        return _resolve(part, evaluate, name)
    except Data as failure:
        failure.pointer = f"/{escaped(name)}{failure.pointer}"
        raise


def _field(field: Mapping[str, Json], evaluate: Evaluate, name: str) -> Json:
    source = field["$expr"]
    result = evaluate(source)
    if result is not MISSING:
        return result
    match field.get("onMissing", "error"):
        case "omit":
            return MISSING
        case "null":
            return None
        case "default":
            return field.get("default")
    raise missing(source, name)


def missing(source: str, name: str) -> Data:
    """The failure of a field whose expression found nothing."""
    return Data(
        f"{name or 'The value'} is missing: {source} found nothing.",
        code="missing_value",
        info={"expression": source},
    )
