"""JSON Schema violations in words, for values that have expressions where the schema wants a value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from referencing import Registry

from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions.template import escaped, expressions_in

__all__ = ["Violation", "violations"]

_COMPOSED = frozenset({"anyOf", "oneOf", "allOf", "not", "if", "contains", "dependentSchemas"})


@dataclass(frozen=True, slots=True)
class Violation:
    """Where (JSON pointer), which keyword, a sentence, and for `required` the missing name."""

    pointer: str
    keyword: str
    message: str
    missing: str = ""


def violations(schema: Schema, value: Json) -> Iterator[Violation]:
    """Everything wrong with `value`, except at and below expressions, whose results are known only at run time."""
    masked = [pointer for pointer, _ in expressions_in(value)]
    for error in _validator(orjson.dumps(schema)).iter_errors(value):
        pointer = "".join(f"/{escaped(str(part))}" for part in error.absolute_path)
        if not _hidden(pointer, str(error.validator), masked):
            yield Violation(pointer, str(error.validator), _sentence(error), _missing(error))


def _hidden(pointer: str, keyword: str, masked: list[str]) -> bool:
    """True when the error may come from an expression standing where a value will be."""
    below = any(pointer == mask or pointer.startswith(f"{mask}/") for mask in masked)
    around = keyword in _COMPOSED and any(mask.startswith(f"{pointer}/") for mask in masked)
    return below or around


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> Validator:
    """Built once per schema, and deaf to references that lead outside (they would be fetched)."""
    registry: Registry[Any] = Registry()
    return Draft202012Validator(orjson.loads(schema), registry=registry)


def _missing(error: ValidationError) -> str:
    """The name a `required` error is about: the first one asked for that isn't there and wasn't reported yet."""
    if error.validator != "required":
        return ""
    return str(error.message).split("'")[1]


def _sentence(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    match error.validator:
        case "required":
            return f"{_missing(error)} is required."
        case "type":
            return f"This must be {_listed(wanted)}."
        case "enum":
            return f"This must be one of {', '.join(map(str, wanted))}."
        case "additionalProperties":
            return f"There is no such field: {_unexpected(error)}."
        case "pattern":
            return f"{error.instance!r} doesn't have the form {wanted}."
    return f"{error.message}."


def _listed(wanted: Json) -> str:
    return " or ".join(wanted) if isinstance(wanted, list) else str(wanted)


def _unexpected(error: ValidationError) -> str:
    known: Mapping[str, Any] = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
    return ", ".join(sorted(str(key) for key in error.instance if key not in known))
