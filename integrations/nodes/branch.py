"""The branch: the first case whose condition is true says where to go."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.conditions import check_condition, holds
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "Branch"]


class Branch:
    """One output per case, by its name, and "else". Exactly one is taken."""

    id = "branch"
    version = 1
    title = "Branch"
    category: Literal["logic"] = "logic"
    help = "Goes one of several ways: the first case that is true, or else the last."
    icon = "split"
    schema: Schema = {
        "type": "object",
        "required": ["cases"],
        "additionalProperties": False,
        "properties": {
            "cases": {
                "title": "Cases",
                "type": "array",
                "minItems": 1,
                "maxItems": 20,
                "x-order": 1,
                "items": {
                    "type": "object",
                    "required": ["name", "condition"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {
                            "title": "Name",
                            "type": "string",
                            "pattern": "^[A-Za-z][A-Za-z0-9_-]*$",
                            "not": {"enum": ["else", "error"]},
                            "maxLength": 60,
                        },
                        "condition": {"title": "Condition", "type": "string", "x-expression": "only"},
                    },
                },
            },
        },
    }
    sample: Json = {"cases": [{"name": "large", "condition": '$cmp($steps.deal.amount, "10000") >= 0'}]}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        cases = config.get("cases")
        named = (
            (case.get("name") for case in cases if isinstance(case, Mapping))
            if isinstance(cases, list)
            else ()
        )
        return Ports(outputs=(*(name for name in named if isinstance(name, str)), "else"))

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if not findings.config(self.schema, config):
            return findings.compiled({})
        seen: set[str] = set()
        for index, case in enumerate(config["cases"]):
            pointer = f"/config/cases/{index}"
            if case["name"] in seen:
                message = f"Two cases are called {case['name']}."
                findings.add("case_twice", message, f"{pointer}/name", name=case["name"])
            seen.add(case["name"])
            check_condition(case["condition"], f"{pointer}/condition", findings)
        cases = [
            {"name": case["name"], "condition": source_of(case["condition"])} for case in config["cases"]
        ]
        return findings.compiled({"cases": cases}, transparent=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        scope.begin({"cases": params["cases"]})
        for index, case in enumerate(params["cases"]):
            if holds(case["condition"], scope, f"/cases/{index}/condition"):
                return Done({"case": case["name"]}, port=case["name"])
        return Done({"case": "else"}, port="else")


NODE = Branch()
