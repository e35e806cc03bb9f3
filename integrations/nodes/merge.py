"""The merge: where branches come together again."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "Merge"]


class Merge:
    """Ready when each edge into it is taken or skipped; it runs when at least one was taken."""

    id = "merge"
    version = 1
    title = "Merge"
    category: Literal["logic"] = "logic"
    help = "Goes on when every way into it has either arrived or been ruled out."
    icon = "merge"
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "output": {
                "title": "Gives",
                "enum": ["first", "all"],
                "default": "first",
                "x-order": 1,
                "x-help": "What arrived first in the order of the flow, or everything that arrived, by step.",
            },
        },
    }
    sample: Json = {"output": "first"}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        findings.config(self.schema, config)
        return findings.compiled({"output": config.get("output", "first")})

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        if params["output"] == "all":
            return Done(dict(scope.inputs))
        return Done(next(iter(scope.inputs.values()), None))


NODE = Merge()
