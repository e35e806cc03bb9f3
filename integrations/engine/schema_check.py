"""JSON Schema violations in words, for values that have expressions where the schema wants a value."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs
import orjson

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
        pointer = "".join(f"/{escaped(str(part))}" for part in error.instance_path)
        keyword = str(error.kind.name)
        if not _hidden(pointer, keyword, masked):
            kind: Any = error.kind
            missing = str(kind.property) if keyword == "required" else ""
            yield Violation(pointer, keyword, _sentence(keyword, kind, error.message), missing)


def _hidden(pointer: str, keyword: str, masked: list[str]) -> bool:
    """True when the error may come from an expression standing where a value will be."""
    below = any(pointer == mask or pointer.startswith(f"{mask}/") for mask in masked)
    around = keyword in _COMPOSED and any(mask.startswith(f"{pointer}/") for mask in masked)
    return below or around


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    """Built once per schema, and deaf to references that lead outside (they would be fetched)."""
    return jsonschema_rs.Draft202012Validator(orjson.loads(schema), offline=True)


_SENTENCES: dict[str, Callable[[Any], str]] = {
    "required": lambda kind: f"The field {kind.property} is required.",
    "type": lambda kind: f"This must be {' or '.join(map(str, kind.types))}.",
    "enum": lambda kind: f"This must be one of {', '.join(map(str, kind.options))}.",
    "additionalProperties": lambda kind: f"There is no such field: {', '.join(kind.unexpected)}.",
}


def _sentence(keyword: str, kind: Any, message: str) -> str:
    wording = _SENTENCES.get(keyword)
    return wording(kind) if wording else f"{message}."
