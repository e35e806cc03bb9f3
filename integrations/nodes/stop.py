"""The stop: this way ends here, well or badly, with a reason."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json, Schema
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "Stop"]


class Stop:
    """Has no output. Other ways of the same run go on."""

    id = "stop"
    version = 1
    title = "Stop"
    category: Literal["logic"] = "logic"
    help = "Ends this way. As filtered: nothing was to be done. As delivered: all is done. As failed: a person must look."
    icon = "octagon-x"
    schema: Schema = {
        "type": "object",
        "required": ["result"],
        "additionalProperties": False,
        "properties": {
            "result": {
                "title": "Ends as",
                "enum": ["filtered", "delivered", "failed"],
                "default": "filtered",
                "x-order": 1,
            },
            "message": {
                "title": "Message",
                "type": "string",
                "maxLength": 1000,
                "x-order": 2,
                "x-expression": "allow",
                "x-help": "Why. People see it in the run, or in the failure.",
            },
        },
    }
    sample: Json = {"result": "failed", "message": "This deal has no contact."}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports(outputs=())

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if findings.config(self.schema, config):
            findings.values(config.get("message", ""), "/config/message")
            if config["result"] == "failed" and not config.get("message"):
                findings.add(
                    "message_missing", "Say what is wrong, for whoever has to look.", "/config/message"
                )
        return findings.compiled({"result": config.get("result"), "message": config.get("message", "")})

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        message = scope.resolve(params["message"])
        scope.begin({"result": params["result"], "message": message})
        if params["result"] == "failed":
            raise Data(str(message), code="stopped")
        port = "filtered" if params["result"] == "filtered" else "main"
        return Done({"result": params["result"], "message": message}, port=port)


NODE = Stop()
