"""The validation: a value must fit a JSON Schema, and everything that doesn't is said at once."""

from collections.abc import Iterator, Mapping
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.validation import Finding, Validator, validator_for
from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions import source_of
from integrations.engine.expressions.template import escaped
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "Validate"]

_KEPT = 100
"""Findings kept of one value."""
_TOLD = 5
"""Findings told in the failure's sentence; the others are in its facts."""


class Validate:
    """Params: `value` (an expression, "" for `$in`), `schema`, `has_invalid` (an edge leaves by the port "invalid")."""

    id = "validate"
    version = 1
    title = "Validate"
    category: Literal["logic"] = "logic"
    help = (
        "Checks a value against a JSON Schema. What doesn't fit goes out by “invalid”, or waits for a person."
    )
    icon = "shield-check"
    schema: Schema = {
        "type": "object",
        "required": ["schema"],
        "additionalProperties": False,
        "properties": {
            "value": {
                "title": "Value",
                "type": "string",
                "x-order": 1,
                "x-expression": "only",
                "x-placeholder": "$in",
                "x-help": "What is checked. Without it: what comes in.",
            },
            "schema": {
                "title": "Schema",
                "type": "object",
                "x-order": 2,
                "x-widget": "json",
                "x-expression": "never",
                "x-help": "A JSON Schema (draft 2020-12). It may refer to its own parts, never to other documents.",
            },
        },
    }
    sample: Json = {"schema": {"type": "object", "required": ["email"]}}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports(outputs=("main", "invalid"))

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        value = source_of(config.get("value"))
        if findings.config(self.schema, config):
            if value:
                findings.expression(value, "/config/value")
            _check_schema(config["schema"], findings)
        params = {
            "value": value,
            "schema": config.get("schema", {}),
            "has_invalid": "invalid" in scope.drawn,
        }
        return findings.compiled(params, transparent=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        value = scope.evaluate(params["value"] or "$in")
        scope.begin({"value": value})
        found = validator_for(params["schema"]).findings(value)
        if not found:
            return Done({"valid": True, "findings": []})
        told = [{"pointer": pointer, "message": sentence} for pointer, sentence in found[:_KEPT]]
        if params["has_invalid"]:
            return Done({"valid": False, "count": len(found), "findings": told}, port="invalid")
        raise Data(
            _sentence(found),
            code="invalid",
            pointer=found[0][0],
            info={"count": len(found), "findings": told},
        )


def _check_schema(schema: Schema, findings: Findings) -> None:
    remote = list(_remote(schema, "/config/schema"))
    for place, target in remote:
        message = f"A schema may refer to its own parts only, not to {target}. Copy what you need into it."
        findings.add("schema_remote", message, place)
    if remote:
        return
    try:
        Validator(schema)
    except ValueError as error:
        why = str(error).partition("\n")[0][:300].rstrip(".")
        findings.add("schema_wrong", f"This isn't a JSON Schema: {why}.", "/config/schema")


def _remote(schema: Json, pointer: str) -> Iterator[tuple[str, str]]:
    """(place, target) of every reference that leads out of the schema, and of names that would give it another base."""
    if isinstance(schema, list):
        for at, part in enumerate(schema):
            yield from _remote(part, f"{pointer}/{at}")
    if not isinstance(schema, dict):
        return
    for name, part in schema.items():
        place = f"{pointer}/{escaped(name)}"
        leads_out = name in ("$ref", "$dynamicRef", "$recursiveRef") and isinstance(part, str)
        if leads_out and not part.startswith("#"):
            yield place, part
        elif name not in ("const", "enum", "default", "examples"):
            yield from _remote(part, place)


def _sentence(found: list[Finding]) -> str:
    told = " ".join(sentence for _, sentence in found[:_TOLD])
    more = len(found) - _TOLD
    return told if more <= 0 else f"{told} And {more} more."


NODE = Validate()
