"""Checking values against JSON Schemas: compiled once, offline, with a sentence and a place for what is wrong."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs
import orjson

from connectors.sdk.errors import Data
from connectors.sdk.numbers import is_decimal
from connectors.sdk.wire import Json, Schema

__all__ = ["Finding", "Validator", "validator_for"]

Finding = tuple[str, str]
"""A JSON pointer and a sentence."""

_LONGEST_MESSAGE = 300


class Validator:
    """A compiled draft 2020-12 schema. `format: decimal` is checked; a `$ref` to another document is refused.

    Raises `ValueError` for a schema that isn't one.
    """

    def __init__(self, schema: Schema) -> None:
        self._validator = jsonschema_rs.Draft202012Validator(
            dict(schema),
            formats={"decimal": is_decimal},
            validate_formats=True,
            offline=True,
        )

    def findings(self, value: Json) -> list[Finding]:
        """Everything that is wrong with `value`."""
        return [finding for error in self._validator.iter_errors(value) for finding in _findings(error)]

    def check(self, value: Json) -> None:
        """Raise `Data` with the pointer of the first thing that is wrong."""
        if self._validator.is_valid(value):
            return
        findings = self.findings(value)
        pointer, sentence = findings[0]
        more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
        raise Data(
            sentence + more,
            code="invalid",
            pointer=pointer,
            info={"findings": [list(one) for one in findings[:20]]},
        )


_known: dict[int, tuple[Schema, Validator]] = {}
"""By the identity of a schema, which its entry holds on to, so that an identity is never another schema's."""
_MOST_KNOWN = 1_024


def validator_for(schema: Schema) -> Validator:
    """The validator of a schema, compiled once per process. A schema isn't changed once it was given here."""
    known = _known.get(id(schema))
    if known is not None:
        return known[1]
    validator = _compiled(orjson.dumps(schema, option=orjson.OPT_SORT_KEYS))
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[id(schema)] = (schema, validator)
    return validator


@cache
def _compiled(text: bytes) -> Validator:
    schema: Mapping[str, Any] = orjson.loads(text)
    return Validator(schema)


def _findings(error: jsonschema_rs.ValidationError) -> list[Finding]:
    """What is missing, or not known, is pointed at itself, each by itself, rather than at the object around it."""
    kind, path = error.kind, list(error.instance_path)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        return [_finding([*path, kind.property], "is missing")]
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        return [_finding([*path, name], "is not known here") for name in kind.unexpected]
    message = str(error.message)
    if len(message) > _LONGEST_MESSAGE:
        message = message[:_LONGEST_MESSAGE] + "…"
    return [_finding(path, message)]


def _finding(path: list[str | int], message: str) -> Finding:
    pointer = _pointer(path)
    return pointer, f"{pointer.lstrip('/') or 'The value'}: {message}."


def _pointer(path: list[str | int]) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)
