"""The validation: a value must fit a JSON Schema, and everything that doesn't is said at once."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.validation import Finding, validator_for
from connectors.sdk.wire import Json, Schema
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.written_schema import check_schema

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
            check_schema(config["schema"], "/config/schema", findings)
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


def _sentence(found: list[Finding]) -> str:
    told = " ".join(sentence for _, sentence in found[:_TOLD])
    more = len(found) - _TOLD
    return told if more <= 0 else f"{told} And {more} more."


NODE = Validate()
