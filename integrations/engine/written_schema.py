"""JSON Schemas that people write into a flow: whether they are schemas, and whether fixed values fit them."""

from collections.abc import Iterator

from connectors.sdk.validation import Validator
from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions.template import escaped
from integrations.engine.findings import Findings
from integrations.engine.schema_check import violations

__all__ = ["check_against", "check_schema"]

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_DATA = ("const", "enum", "default", "examples")
"""Keywords below which nothing is a schema."""


def check_schema(schema: Schema, pointer: str, findings: Findings) -> bool:
    """Report what isn't a schema (draft 2020-12), and references to other documents. True when it can be used."""
    remote = list(_remote(schema, pointer))
    for place, target in remote:
        message = f"A schema may refer to its own parts only, not to {target}. Copy what you need into it."
        findings.add("schema_remote", message, place)
    if remote:
        return False
    try:
        Validator(schema)
    except ValueError as error:
        reason = str(error).partition("\n")[0][:300].rstrip(".")
        findings.add("schema_wrong", f"This isn't a JSON Schema: {reason}.", pointer)
        return False
    return True


def check_against(schema: Schema, value: Json, pointer: str, findings: Findings) -> None:
    """Report what is missing in `value` and which of its fixed parts don't fit. What expressions give is known at run time."""
    for violation in violations(schema, value):
        place = f"{pointer}{violation.pointer}"
        if violation.keyword == "required":
            findings.add("input_missing", violation.message, place, field=violation.missing)
        else:
            findings.add("input_invalid", violation.message, place)


def _remote(schema: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """(place, target) of every reference that leads out of the schema."""
    if isinstance(schema, list):
        for at, part in enumerate(schema):
            yield from _remote(part, f"{pointer}/{at}")
    if not isinstance(schema, dict):
        return
    for name, part in schema.items():
        place = f"{pointer}/{escaped(name)}"
        if name in _REFERENCES and isinstance(part, str) and not part.startswith("#"):
            yield place, part
        elif name not in _DATA:
            yield from _remote(part, place)
