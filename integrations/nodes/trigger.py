"""The trigger: how a flow starts, what one of its records is called, and what makes two events mean the same record."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.recurrence import UNITS
from integrations.engine.shapes import UNKNOWN, Shape
from integrations.engine.trigger_checks import (
    SCHEDULED,
    check_connector_trigger,
    check_input,
    check_interval,
    check_schedule,
)

__all__ = ["NODE", "Trigger"]

_CONDITIONS: list[Json] = [
    {
        "if": {"properties": {"kind": {"const": "poll"}}, "required": ["kind"]},
        "then": {"required": ["trigger"]},
    },
]
"""What a kind can't do without."""


class Trigger:
    """Kinds: "webhook" (a connector's own registration, or any caller when no trigger id is given), "poll" (a connector's own
    look), "schedule" (`cron` or `every`), "manual", and "call" (other flows call this one, with an input of this schema)."""

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
                "enum": ["webhook", "poll", "schedule", "manual", "call"],
                "x-order": 1,
                "x-help": "When another system reports something, when something is found there, by the clock, when a person"
                " presses a button, or when another flow calls it.",
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
            "cron": {
                "title": "At these times",
                "type": "string",
                "maxLength": 120,
                "x-order": 4,
                "x-widget": "cron",
                "x-expression": "never",
                "x-placeholder": "30 1 * * *",
                "x-help": "Schedules: minute, hour, day of the month, month, day of the week.",
            },
            "every": {
                "title": "Every",
                "type": "object",
                "required": ["n", "unit"],
                "additionalProperties": False,
                "x-order": 5,
                "x-expression": "never",
                "x-help": "Schedules: instead of times, a fixed interval. Polls: how often to look.",
                "properties": {
                    "n": {"title": "How many", "type": "integer", "minimum": 1, "x-order": 1},
                    "unit": {"title": "Unit", "enum": list(UNITS), "x-order": 2},
                    "from": {
                        "title": "Counted from",
                        "type": "string",
                        "format": "date-time",
                        "x-order": 3,
                        "x-advanced": True,
                        "x-help": "Without it: from when the flow is activated.",
                    },
                },
            },
            "zone": {
                "title": "Time zone",
                "type": "string",
                "maxLength": 60,
                "x-order": 6,
                "x-widget": "time-zone",
                "x-expression": "never",
                "x-placeholder": "Europe/London",
                "x-help": "Of the times. Without it: the flow's, else the company's.",
            },
            "misfire": {
                "title": "When nobody was there in time",
                "type": "object",
                "additionalProperties": False,
                "x-order": 7,
                "x-advanced": True,
                "x-expression": "never",
                "x-help": "After a stop: what happens about the times that passed.",
                "properties": {
                    "policy": {
                        "title": "Then",
                        "enum": ["skip", "once", "all"],
                        "default": "once",
                        "x-order": 1,
                        "x-help": "Leave them out, start once for all of them, or start for each.",
                    },
                    "most": {
                        "title": "At most",
                        "type": "integer",
                        "minimum": 1,
                        "maximum": 1000,
                        "default": 10,
                        "x-order": 2,
                        "x-help": "With “all”: the latest so many.",
                    },
                    "grace": {
                        "title": "On time until",
                        "type": "integer",
                        "minimum": 0,
                        "maximum": 86400,
                        "default": 60,
                        "x-order": 3,
                        "x-unit": "seconds",
                    },
                },
            },
            "existing": {
                "title": "Also what is there already",
                "type": "boolean",
                "default": False,
                "x-order": 8,
                "x-expression": "never",
                "x-help": "Polls: the first look takes everything, not only what changes from now on.",
            },
            "input": {
                "title": "Input",
                "type": "object",
                "x-order": 9,
                "x-widget": "json",
                "x-expression": "never",
                "x-help": "Called flows: a JSON Schema of what the caller gives.",
            },
            "business_key": {
                "title": "Business key",
                "type": "string",
                "x-order": 10,
                "x-expression": "only",
                "x-placeholder": "$event.key",
                "x-help": "What identifies the record. What the flow creates is created once per this key.",
            },
            "title": {
                "title": "Name of a run",
                "type": "string",
                "x-order": 11,
                "x-expression": "only",
                "x-placeholder": "$event.name",
                "x-help": "What people will call a run in lists.",
            },
        },
        "allOf": _CONDITIONS,
    }
    sample: Json = {"kind": "webhook", "trigger": "streak.box_stage_changed", "business_key": "$event.key"}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports(inputs=())

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        sound = findings.config(self.schema, config)
        for name in ("business_key", "title"):
            if name in config:
                findings.expression(config[name], f"/config/{name}", names=("event", "vars"))
        if not sound:
            return findings.compiled(dict(config), shape=UNKNOWN)
        if config["kind"] == "schedule":
            check_schedule(config, findings)
            return findings.compiled(dict(config), shape=Shape("path", schema=SCHEDULED))
        if config["kind"] in ("webhook", "poll") and config.get("trigger"):
            return self._of_connector(config, findings)
        shape = Shape("path", schema=check_input(config, findings))
        return findings.compiled(dict(config), shape=shape)

    def _of_connector(self, config: Mapping[str, Json], findings: Findings) -> Compiled:
        trigger, slot = check_connector_trigger(config, findings), findings.scope.slot
        if trigger is None:
            return findings.compiled({})
        check_interval(config, findings)
        slots = {slot: str(config["trigger"]).partition(".")[0]} if slot else {}
        return findings.compiled(dict(config), slots=slots, shape=Shape("path", schema=trigger.output))

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        return Done(scope.event)


NODE = Trigger()
