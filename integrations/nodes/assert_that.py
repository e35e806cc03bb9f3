"""The assertion: something about the business must be so, such as "the lines add up to the header"."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from connectors.sdk.errors import Data, Failure
from connectors.sdk.wire import Json, Schema
from integrations.engine.conditions import check_condition, holds
from integrations.engine.decimal_check import check_decimals
from integrations.engine.decimal_text import EXACT, as_decimal, as_text, is_currency
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome

__all__ = ["NODE", "Assert"]

_DECIMAL: Schema = {
    "type": "object",
    "properties": {"left": {"x-decimal": True}, "right": {"x-decimal": True}},
}


class Assert:
    """Params: `condition`, `left`, `right` (expressions, "" for none), `tolerance` and `message`."""

    id = "assert"
    version = 1
    title = "Assert"
    category: Literal["logic"] = "logic"
    help = "Goes on only when something is so: a condition, or two amounts that agree. Otherwise a person must look."
    icon = "scale"
    schema: Schema = {
        "type": "object",
        "required": ["message"],
        "additionalProperties": False,
        "properties": {
            "condition": {
                "title": "Condition",
                "type": "string",
                "x-order": 1,
                "x-expression": "only",
                "x-placeholder": "$count($steps.deal.lines) > 0",
                "x-help": "An expression that must give true.",
            },
            "left": {
                "title": "This amount",
                "type": "string",
                "x-order": 2,
                "x-expression": "only",
                "x-placeholder": "$sumDecimal($steps.deal.lines.net)",
                "x-help": "A decimal, or money, that must equal the other.",
            },
            "right": {
                "title": "Equals this amount",
                "type": "string",
                "x-order": 3,
                "x-expression": "only",
                "x-placeholder": "$steps.deal.total",
            },
            "tolerance": {
                "title": "Tolerance",
                "type": "string",
                "pattern": "^[0-9]{1,20}(\\.[0-9]{1,12})?$",
                "default": "0",
                "x-order": 4,
                "x-expression": "never",
                "x-placeholder": "0.01",
                "x-help": "How far apart the two may be.",
            },
            "message": {
                "title": "Message",
                "type": "string",
                "minLength": 1,
                "maxLength": 1000,
                "x-order": 5,
                "x-expression": "allow",
                "x-help": "What is wrong when it isn't so, for whoever has to look.",
            },
        },
    }
    sample: Json = {
        "left": "$sumDecimal($steps.deal.lines.net)",
        "right": "$steps.deal.total",
        "tolerance": "0.01",
        "message": "The lines don't add up to the total.",
    }

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        return Ports()

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        params: dict[str, Json] = {
            name: source_of(config.get(name)) for name in ("condition", "left", "right")
        }
        params["tolerance"] = config.get("tolerance", "0")
        params["message"] = config.get("message", "")
        if findings.config(self.schema, config):
            _check(params, findings)
        return findings.compiled(params, transparent=True)

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        told: dict[str, Json] = {}
        if params["condition"]:
            told["condition"] = params["condition"]
            if not holds(params["condition"], scope, "/condition"):
                scope.begin(told)
                raise Data(_message(params, scope), code="assertion_failed", pointer="/condition", info=told)
        if params["left"]:
            told |= _compared(params, scope)
            if told["apart"] is None or _apart(told) > Decimal(params["tolerance"]):
                scope.begin(told)
                raise Data(
                    f"{_message(params, scope)} {_difference(told)}",
                    code="assertion_failed",
                    pointer="/left",
                    info=told,
                )
        scope.begin(told)
        return Done({"holds": True, **told})


def _check(params: Mapping[str, Json], findings: Findings) -> None:
    if not (params["condition"] or params["left"] or params["right"]):
        findings.add(
            "assert_nothing", "Give a condition, or two amounts that must agree.", "/config/condition"
        )
    for name, other in (("left", "right"), ("right", "left")):
        if params[name] and not params[other]:
            findings.add(
                "assert_half", "Two amounts are compared: give the other one, too.", f"/config/{other}"
            )
    if params["condition"]:
        check_condition(params["condition"], "/config/condition", findings)
    amounts = {name: {"$expr": params[name]} for name in ("left", "right") if params[name]}
    for name, amount in amounts.items():
        read = findings.expression(params[name], f"/config/{name}")
        money = findings.shape(params[name], f"/config/{name}").source == "object"
        if read is not None and not money:
            check_decimals(_DECIMAL, {name: amount}, "/config", findings)
    findings.values(params["message"], "/config/message")


def _compared(params: Mapping[str, Json], scope: StepScope) -> dict[str, Json]:
    """Both amounts as text, and how far apart they are; None when they are in different currencies."""
    (left, here), (right, there) = (_amount(params[name], scope, name) for name in ("left", "right"))
    same = not (here and there) or here == there
    apart = as_text(abs(EXACT.subtract(left, right))) if same else None
    return {
        "left": f"{as_text(left)} {here}".strip(),
        "right": f"{as_text(right)} {there}".strip(),
        "apart": apart,
        "tolerance": params["tolerance"],
    }


def _amount(source: str, scope: StepScope, name: str) -> tuple[Decimal, str]:
    """The amount and its currency ("" for a plain decimal). Binary numbers with a fraction are no amounts."""
    found, currency = scope.evaluate(source), ""
    if isinstance(found, dict) and is_currency(found.get("currency")):
        currency = str(found["currency"])
        found = found.get("amount")
    number = None if isinstance(found, float) and not found.is_integer() else as_decimal(found)
    if number is None:
        shown = "nothing" if found is None else repr(found)[:60]
        raise Data(
            f"{source} must give a decimal such as “12.50”, but gave {shown}.",
            code="not_decimal",
            pointer=f"/{name}",
            info={"expression": source},
        )
    return number, currency


def _apart(told: Mapping[str, Json]) -> Decimal:
    return Decimal(told["apart"])


def _difference(told: Mapping[str, Json]) -> str:
    values = f"One is {told['left']}, the other {told['right']}"
    if told["apart"] is None:
        return f"{values}: the currencies differ."
    allowed = "" if Decimal(told["tolerance"]) == 0 else f" ({told['tolerance']} is allowed)"
    return f"{values}: {told['apart']} apart{allowed}."


def _message(params: Mapping[str, Json], scope: StepScope) -> str:
    """What the flow says about it; when that can't be worked out, what was asserted still shows."""
    try:
        return str(scope.resolve(params["message"]))
    except Failure:
        return "What this step asserts isn't so."


NODE = Assert()
