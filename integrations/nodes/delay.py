"""The delay: the run goes on a while later, whatever happens to the machine meanwhile."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json, Schema
from integrations.engine.decimal_text import as_decimal
from integrations.engine.due import LONGEST, fixed_before, wait_until
from integrations.engine.expressions.template import is_expression
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Outcome

__all__ = ["NODE", "Delay"]

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}


class Delay:
    """Params: `amount` (a number or an expression) and `unit`. The instant is fixed when the step is first reached."""

    id = "delay"
    version = 1
    title = "Delay"
    category: Literal["logic"] = "logic"
    help = "Waits a while, then goes on. The time runs from when the step is first reached, also across restarts."
    icon = "hourglass"
    schema: Schema = {
        "type": "object",
        "required": ["amount", "unit"],
        "additionalProperties": False,
        "properties": {
            "amount": {
                "title": "How long",
                "type": "number",
                "minimum": 0,
                "x-order": 1,
                "x-expression": "allow",
                "x-help": "Nothing or less goes on at once. A year at most.",
            },
            "unit": {
                "title": "Unit",
                "enum": list(_SECONDS),
                "default": "minutes",
                "x-order": 2,
                "x-help": "A day is 24 hours. To go on at a time of day, use Wait until.",
            },
        },
    }
    sample: Json = {"amount": 15, "unit": "minutes"}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if not findings.config(self.schema, config):
            return findings.compiled({})
        amount, unit = config["amount"], config["unit"]
        findings.values(amount, "/config/amount")
        if not is_expression(amount) and _span(amount, unit) > LONGEST:
            findings.add("wait_too_long", "A step may wait a year at most.", "/config/amount")
        return findings.compiled({"amount": amount, "unit": unit}, transparent=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        fixed = fixed_before(scope)
        if fixed is not None:
            return wait_until(fixed, scope)
        span = _span(scope.resolve(params["amount"]), params["unit"])
        return wait_until(scope.context.clock() + span, scope)


def _span(amount: Json, unit: str) -> timedelta:
    number = as_decimal(amount)
    if number is None:
        raise Data(
            f"A delay needs a number of {unit}, but got {amount!r:.60}.",
            code="delay_not_a_number",
            pointer="/amount",
        )
    seconds = min(max(number * _SECONDS[unit], Decimal(0)), Decimal(2 * LONGEST.total_seconds()))
    return timedelta(seconds=float(seconds))


NODE = Delay()
