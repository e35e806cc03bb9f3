"""The wait until: the run goes on at an instant, or at a time of day."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from connectors.sdk.errors import Config
from connectors.sdk.wire import Json, Schema
from integrations.engine.due import day_of, fixed_before, instant_of, on_the_clock, wait_until, zone_of
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Outcome

__all__ = ["NODE", "WaitUntil"]


class WaitUntil:
    """Params: `at`, or `day` and `time`, and `zone` ("" = the company's). Read once, when the step is first reached."""

    id = "wait_until"
    version = 1
    title = "Wait until"
    category: Literal["logic"] = "logic"
    help = "Waits for a date and time, then goes on; at once when it is past. A year at most."
    icon = "calendar-clock"
    schema: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "at": {
                "title": "Date and time",
                "type": "string",
                "x-order": 1,
                "x-expression": "only",
                "x-placeholder": "$steps.deal.ships_at",
                "x-help": "An expression that gives a date and time. Without an offset, the flow's time zone counts.",
            },
            "day": {
                "title": "Day",
                "type": "string",
                "x-order": 2,
                "x-expression": "only",
                "x-placeholder": "$addDays($today(), 1)",
                "x-help": "Instead of a date and time: an expression that gives a day such as 2026-05-31.",
            },
            "time": {
                "title": "Time of day",
                "type": "string",
                "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
                "x-order": 3,
                "x-expression": "never",
                "x-placeholder": "09:00",
                "x-help": "On the clocks of the flow's time zone. An hour that comes twice is the first of the two; one that"
                " is left out is when the clocks jump.",
            },
        },
    }
    sample: Json = {"day": "$addDays($today(), 1)", "time": "09:00"}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if not findings.config(self.schema, config):
            return findings.compiled({})
        at, day, on_time = source_of(config.get("at")), source_of(config.get("day")), config.get("time", "")
        if bool(at) == bool(day):
            findings.add(
                "wait_for_what", "Give either a date and time, or a day and a time of day.", "/config/at"
            )
        if bool(day) != bool(on_time):
            place = "/config/time" if day else "/config/day"
            findings.add("wait_for_what", "A day and a time of day belong together.", place)
        for name, source in (("at", at), ("day", day)):
            if source:
                findings.expression(source, f"/config/{name}")
        if scope.time_zone and zone_of(scope.time_zone) is None:
            message = f"The flow's time zone {scope.time_zone} isn't one. Write it as in Europe/London."
            findings.add("time_zone_unknown", message, "/config/time")
        params = {"at": at, "day": day, "time": on_time, "zone": scope.time_zone}
        return findings.compiled(params, transparent=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        fixed = fixed_before(scope)
        if fixed is not None:
            return wait_until(fixed, scope)
        return wait_until(_due(params, scope), scope)


def _due(params: Mapping[str, Json], scope: StepScope) -> datetime:
    zone = _zone(params["zone"] or scope.context.zone)
    if params["at"]:
        return instant_of(scope.evaluate(params["at"]), zone, "/at")
    day = day_of(scope.evaluate(params["day"]), "/day")
    return on_the_clock(day, time.fromisoformat(params["time"]), zone)


def _zone(name: str) -> ZoneInfo:
    zone = zone_of(name)
    if zone is None:
        raise Config(f"There is no time zone {name}.", code="time_zone_unknown")
    return zone


NODE = WaitUntil()
