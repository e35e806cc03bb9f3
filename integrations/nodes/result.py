"""The result: what a flow gives to the flow that calls it."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Schema
from integrations.engine.decimal_check import shape_of
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.written_schema import check_against, check_schema

__all__ = ["NODE", "Result"]


class Result:
    """Params: `value`, in which every expression is replaced, and `output`, the JSON Schema it must fit ({} = any).

    Ends its way, like a stop. Where a run reaches several, the caller gets the last one's. In a flow that nobody calls it
    only shows what the run came to.
    """

    id = "result"
    version = 1
    title = "Result"
    category: Literal["logic"] = "logic"
    help = "What the caller gets, in a flow that other flows call."
    icon = "corner-down-left"
    schema: Schema = {
        "type": "object",
        "required": ["fields"],
        "additionalProperties": False,
        "properties": {
            "fields": {
                "title": "Fields",
                "type": "object",
                "x-order": 1,
                "x-expression": "allow",
                "x-help": "Name and value of each field.",
            },
            "output": {
                "title": "Schema",
                "type": "object",
                "x-order": 2,
                "x-widget": "json",
                "x-expression": "never",
                "x-help": "A JSON Schema that the result must fit; callers then know its fields.",
            },
        },
    }
    sample: Json = {"fields": {"customer_id": {"$expr": "$in.id"}}}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports(outputs=())

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if scope.enclosed.get(scope.node):
            findings.add("result_inside", "A result can't stand inside another step.", "")
        if not findings.config(self.schema, config):
            return findings.compiled({})
        fields, output = config["fields"], config.get("output", {})
        findings.values(fields, "/config/fields")
        if check_schema(output, "/config/output", findings):
            check_against(output, fields, "/config/fields", findings)
        return findings.compiled({"value": fields, "output": output}, shape=shape_of(fields, findings))

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        value = scope.resolve(params["value"])
        scope.begin(value)
        if params["output"]:
            validator_for(params["output"]).check(value)
        return Done(value)


NODE = Result()
