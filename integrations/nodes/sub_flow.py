"""The sub-flow: another flow as one step of this one, with what it takes and gives checked."""

from collections.abc import Iterable, Mapping
from typing import Literal

from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Schema
from integrations.engine.body import Apart
from integrations.engine.call_checks import tells_items_apart
from integrations.engine.expressions.reading import Reading
from integrations.engine.expressions.template import expressions_in
from integrations.engine.findings import Findings
from integrations.engine.node import CalledFlow, Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.shapes import Shape
from integrations.engine.written_schema import check_against

__all__ = ["NODE", "SubFlow"]


class SubFlow:
    """Params: `flow` (its key), `input` (its `$event`, expressions inside), `schema` (what the input must fit, {} = anything)
    and `results` (its result steps). The called flow's plan is the step's body: a release holds it, whatever becomes of
    the other flow later.
    """

    id = "sub_flow"
    version = 1
    title = "Sub-flow"
    category: Literal["logic"] = "logic"
    help = (
        "Runs another flow as a step of this one. Its trigger says what it takes, its result what it gives. It uses the"
        " connections, tables and variables of this flow's environment."
    )
    icon = "workflow"
    schema: Schema = {
        "type": "object",
        "required": ["flow"],
        "additionalProperties": False,
        "properties": {
            "flow": {
                "title": "Flow",
                "type": "string",
                "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
                "maxLength": 80,
                "x-order": 1,
                "x-widget": "flow",
                "x-expression": "never",
                "x-help": "One that is started by other flows.",
            },
            "input": {
                "title": "Input",
                "type": "object",
                "x-order": 2,
                "x-mapping": "flow.input",
                "x-help": "What the flow gets as its event: fixed values, or expressions over earlier steps.",
            },
        },
    }
    sample: Json = {"flow": "ensure-customer", "input": {"name": {"$expr": "$steps.deal.company"}}}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports(outputs=("main", "filtered"))

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if not findings.config(self.schema, config):
            return findings.compiled({})
        key, value = config["flow"], config.get("input", {})
        readings = [
            findings.expression(source, place) for place, source in expressions_in(value, "/config/input")
        ]
        called = scope.called(key)
        if called is None:
            findings.add("flow_unknown", f"There is no flow {key} with a version.", "/config/flow", flow=key)
            return findings.compiled({})
        if called.plan is None:
            _tell(key, called, findings)
            return findings.compiled({})
        check_against(called.input, value, "/config/input", findings)
        _check_identity(called, readings, findings)
        needs = called.plan.needs
        findings.tables |= set(needs["tables"])
        findings.variables |= set(needs["variables"])
        return findings.compiled(
            {"flow": key, "input": value, "schema": dict(called.input), "results": list(called.results)},
            slots=dict(needs["slots"]),
            writes=called.writes,
            shape=Shape("path", schema=called.output),
            flow=key,
            plan=called.plan,
        )

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Apart:
        event = scope.resolve(params["input"])
        if params["schema"]:
            validator_for(params["schema"]).check(event)
        return Apart(event, params["results"])


NODE = SubFlow()


def _tell(key: str, called: CalledFlow, findings: Findings) -> None:
    """What is wrong inside the other flow, at the step that calls it."""
    for problem in called.problems:
        inner = {"flow": key, "node": problem.node, "pointer": problem.pointer, "params": problem.params}
        where = f", step {problem.node}" if problem.node else ""
        message = f"In the flow {key}{where}: {problem.message}"
        findings.add(problem.code, message, "/config/flow", inner=inner)


def _check_identity(called: CalledFlow, readings: Iterable[Reading | None], findings: Findings) -> None:
    """In a loop, a flow that writes must be told which item it is for: it happens once per what it is given."""
    if not (findings.scope.in_loop and called.writes):
        return
    if not any(reading is not None and tells_items_apart(reading, findings) for reading in readings):
        message = "Inside a loop, what this flow gets must tell the items apart: give it a key of $item."
        findings.add("identity_not_item", message, "/config/input")
