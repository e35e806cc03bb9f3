"""The try: what fails inside it leaves by its error port instead of waiting for a person."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.body import Once
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope

__all__ = ["NODE", "TryScope"]


class TryScope:
    """Its output is that of the last step inside; by "error" it gives `{"error": {kind, code, message, pointer, node}}`."""

    id = "try_scope"
    version = 1
    title = "Try"
    category: Literal["logic"] = "logic"
    help = (
        "Runs what is inside it. What fails there leaves by “error” instead of waiting for a person; the steps after it are"
        " left out. Retries come first. An account to reconnect and a write that may have happened still wait."
    )
    icon = "shield"
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": {}}
    sample: Json = {}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        findings.config(self.schema, config)
        if not scope.has_body:
            findings.add("scope_empty", "There is nothing inside this step.", "/body")
        return findings.compiled({}, encloses="once", takes_failures=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Once:
        return Once()


NODE = TryScope()
