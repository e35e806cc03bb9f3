"""The filter: only what meets its condition goes on."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.conditions import check_condition, holds
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "Filter"]


class Filter:
    """Leaves by "main" when the condition is true; otherwise the path ends, and the run counts as filtered."""

    id = "filter"
    version = 1
    title = "Filter"
    category: Literal["logic"] = "logic"
    help = "Goes on only when the condition is true. A run that ends here is filtered, which is a success."
    icon = "filter"
    schema: Schema = {
        "type": "object",
        "required": ["condition"],
        "additionalProperties": False,
        "properties": {
            "condition": {
                "title": "Condition",
                "type": "string",
                "x-order": 1,
                "x-expression": "only",
                "x-placeholder": '$steps.deal.stage.name = "Won"',
                "x-help": "An expression that gives true or false.",
            },
        },
    }
    sample: Json = {"condition": '$lookupTable("deal_stages", $steps.deal.stage.name, "status") = "won"'}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if findings.config(self.schema, config):
            check_condition(config["condition"], "/config/condition", findings)
        return findings.compiled({"condition": source_of(config.get("condition"))}, transparent=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        passed = holds(params["condition"], scope, "/condition")
        scope.begin({"condition": params["condition"]})
        return Done({"passed": passed}, port="main" if passed else "filtered")


NODE = Filter()
