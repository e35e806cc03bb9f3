"""What a trigger node says, checked by its kind: the connector's trigger and its slot, the times of a schedule, a schema."""

from collections.abc import Mapping

from connectors.sdk.trigger import PollTrigger, Trigger
from connectors.sdk.wire import Json, Schema
from integrations.engine.findings import Findings
from integrations.engine.recurrence import NoRecurrence, recurrence
from integrations.engine.schema_check import violations
from integrations.engine.written_schema import check_schema

__all__ = ["SCHEDULED", "check_connector_trigger", "check_input", "check_interval", "check_schedule"]

SCHEDULED: Schema = {
    "type": "object",
    "required": ["due", "scheduled_for", "zone", "previous"],
    "properties": {
        "due": {"title": "Due", "type": "string", "format": "date-time"},
        "scheduled_for": {"title": "Due, by the schedule's clock", "type": "string"},
        "zone": {"title": "Time zone", "type": "string"},
        "previous": {"title": "Due before", "type": ["string", "null"], "format": "date-time"},
    },
}
"""`$event` of a schedule."""


def check_connector_trigger(config: Mapping[str, Json], findings: Findings) -> Trigger | None:
    """The connector's trigger that the node names, None when there is none such; its kind, slot and settings are checked."""
    trigger_id = str(config.get("trigger", ""))
    trigger = findings.scope.catalog.trigger(trigger_id)
    if trigger is None:
        message = f"There is no trigger {trigger_id}."
        findings.add("trigger_unknown", message, "/config/trigger", trigger=trigger_id)
        return None
    if isinstance(trigger, PollTrigger) != (config["kind"] == "poll"):
        does = (
            "looks by itself; choose “poll”"
            if isinstance(trigger, PollTrigger)
            else "is called; choose “webhook”"
        )
        findings.add("trigger_kind", f"The trigger {trigger_id} {does}.", "/config/kind", trigger=trigger_id)
    if not findings.scope.slot:
        findings.add("slot_missing", "Choose the slot whose connection listens.", "/slot")
    for violation in violations(trigger.config, config.get("settings", {})):
        findings.add("config_invalid", violation.message, f"/config/settings{violation.pointer}")
    return trigger


def check_schedule(config: Mapping[str, Json], findings: Findings) -> None:
    """The times can be read, in a zone that exists, and come at all."""
    try:
        recurrence(config, str(config.get("zone") or findings.scope.time_zone or "UTC"))
    except NoRecurrence as problem:
        findings.add("schedule_invalid", str(problem), f"/config{problem.pointer}")


def check_interval(config: Mapping[str, Json], findings: Findings) -> None:
    """How often a poll looks, when the node says so."""
    if config.get("every"):
        check_schedule({"every": config["every"]}, findings)


def check_input(config: Mapping[str, Json], findings: Findings) -> Schema:
    """What callers give, as a JSON Schema; {} = anything."""
    schema: Schema = config.get("input") or {}
    return schema if check_schema(schema, "/config/input", findings) else {}
