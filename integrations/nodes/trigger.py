"""The trigger: how a flow starts, what one of its records is called, and what makes two events mean the same record."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.schema_check import violations
from integrations.engine.shapes import Shape

__all__ = ["NODE", "Trigger"]


class Trigger:
    """Kinds: "webhook" (a connector's own registration, or any caller when no trigger id is given) and "manual"."""

    id = "trigger"
    version = 1
    title = "Trigger"
    category: Literal["trigger"] = "trigger"
    help = "Starts the flow. Its business key says which record an event is about, so that a deal is one deal however often it is reported."
    icon = "zap"
    schema: Schema = {
        "type": "object",
        "required": ["kind"],
        "additionalProperties": False,
        "properties": {
            "kind": {
                "title": "Starts",
                "enum": ["webhook", "manual"],
                "x-order": 1,
                "x-help": "When another system reports something, or when a person presses a button.",
            },
            "trigger": {
                "title": "Event",
                "type": "string",
                "x-order": 2,
                "x-widget": "trigger",
                "x-expression": "never",
                "x-help": "What the connector listens for, such as streak.box_stage_changed.",
            },
            "settings": {
                "title": "Settings",
                "type": "object",
                "x-order": 3,
                "x-expression": "never",
                "x-widget": "trigger-settings",
            },
            "business_key": {
                "title": "Business key",
                "type": "string",
                "x-order": 4,
                "x-expression": "only",
                "x-placeholder": "$event.key",
                "x-help": "What identifies the record. What the flow creates is created once per this key.",
            },
            "title": {
                "title": "Name of a run",
                "type": "string",
                "x-order": 5,
                "x-expression": "only",
                "x-placeholder": "$event.name",
                "x-help": "What people will call a run in lists.",
            },
        },
    }
    sample: Json = {"kind": "webhook", "trigger": "streak.box_stage_changed", "business_key": "$event.key"}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports(inputs=())

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        findings.config(self.schema, config)
        for name in ("business_key", "title"):
            if name in config:
                findings.expression(config[name], f"/config/{name}", names=("event", "vars"))
        trigger_id = config.get("trigger", "")
        if not trigger_id:
            return findings.compiled(dict(config))
        trigger = scope.catalog.trigger(trigger_id)
        if trigger is None:
            message = f"There is no trigger {trigger_id}."
            findings.add("trigger_unknown", message, "/config/trigger", trigger=trigger_id)
            return findings.compiled({})
        if not scope.slot:
            findings.add("slot_missing", "Choose the slot whose connection listens.", "/slot")
        for violation in violations(trigger.config, config.get("settings", {})):
            findings.add("config_invalid", violation.message, f"/config/settings{violation.pointer}")
        slots = {scope.slot: trigger_id.partition(".")[0]} if scope.slot else {}
        return findings.compiled(dict(config), slots=slots, shape=Shape("path", schema=trigger.output))

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        return Done(scope.event)


NODE = Trigger()
