"""The call: one connector operation, its input mapped, and for writes the identity that makes it happen once."""

from collections.abc import Mapping
from typing import Literal

from connectors.sdk.errors import Data, NotFound
from connectors.sdk.operation import Operation, Read, Write
from connectors.sdk.wire import Json, Schema
from integrations.engine.call_checks import check_input, effect_params
from integrations.engine.findings import Findings
from integrations.engine.money import decimal_fields, gate
from integrations.engine.node import Catalog, Compiled, CompileScope, EffectSpec, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.read_all import read_all
from integrations.engine.shapes import Shape

__all__ = ["NODE", "Call"]


class Call:
    """Params: operation, slot, input, decimals (the input schema's decimal fields), for lists `pages`, and for writes
    identity, on_change, source and position (expressions, "" for none)."""

    id = "call"
    version = 1
    title = "Call"
    category: Literal["action"] = "action"
    help = "Carries out one operation of a connector: looks something up, or creates, changes or removes it."
    icon = "plug"
    schema: Schema = {
        "type": "object",
        "required": ["operation"],
        "additionalProperties": False,
        "properties": {
            "operation": {
                "title": "Operation",
                "type": "string",
                "pattern": "^[a-z0-9_]+\\.[a-z0-9_]+$",
                "x-order": 1,
                "x-widget": "operation",
                "x-expression": "never",
            },
            "input": {
                "title": "Input",
                "type": "object",
                "x-order": 2,
                "x-mapping": "operation.input",
                "x-help": "What the operation gets: fixed values, or expressions over earlier steps.",
            },
            "once_per": {
                "title": "Once per",
                "type": ["string", "array"],
                "items": {"type": "string"},
                "x-order": 3,
                "x-expression": "only",
                "x-placeholder": "$event.key",
                "x-help": "What is created is created once per this, however often the flow runs. Several keys are for"
                " finding or creating, strongest first. Without it: the trigger's business key.",
            },
            "on_change": {
                "title": "When it was made before with other content",
                "enum": ["hold", "update", "credit"],
                "default": "hold",
                "x-order": 4,
                "x-advanced": True,
                "x-help": "hold: nothing is written; the run waits for a person, who sees both contents. update: it is written"
                " over while it is a draft. credit: it is credited (a draft is deleted) and made anew.",
            },
            "source": {
                "title": "Source record",
                "type": "string",
                "x-order": 5,
                "x-advanced": True,
                "x-expression": "only",
                "x-help": "For updates: the record the values come from. Without it: the trigger's business key.",
            },
            "position": {
                "title": "Position",
                "type": "string",
                "x-order": 6,
                "x-advanced": True,
                "x-expression": "only",
                "x-help": "For updates: the source record's version or last-saved time, so that older never overwrites newer.",
            },
        },
    }
    sample: Json = {"operation": "streak.get_box", "input": {"box_key": {"$expr": "$event.key"}}}

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        operation = catalog.operation(str(config.get("operation", ""))) if catalog else None
        lookup = operation is not None and operation.effect == "read"
        return Ports(outputs=("main", "not_found") if lookup else ("main",))

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if not findings.config(self.schema, config):
            return findings.compiled({})
        operation_id = config["operation"]
        operation = scope.catalog.operation(operation_id)
        if operation is None:
            message = f"There is no operation {operation_id}."
            findings.add("operation_unknown", message, "/config/operation", operation=operation_id)
            return findings.compiled({})
        if not scope.slot:
            findings.add("slot_missing", f"Choose the slot this {operation.title!r} goes to.", "/slot")
        check_input(operation, config.get("input", {}), findings)
        params = {
            "operation": operation_id,
            "slot": scope.slot,
            "input": config.get("input", {}),
            "decimals": decimal_fields(operation.input),
            "effect": operation.effect,
            **_list_params(operation),
            **effect_params(operation, config, findings),
        }
        return findings.compiled(
            params,
            slots={scope.slot: operation_id.partition(".")[0]} if scope.slot else {},
            writes=isinstance(operation, Write),
            shape=Shape("path", schema=operation.output),
        )

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        data = gate(params["decimals"], scope.resolve(params["input"]))
        scope.begin(data)
        if "pages" in params:
            return Done({params["pages"]: read_all(params, data, scope)})
        output = scope.context.call(
            path=scope.path,
            attempt=scope.attempt,
            slot=params["slot"],
            operation=params["operation"],
            data=data,
            effect=_effect(params, scope),
        )
        if output is None and params["effect"] == "read":
            raise NotFound(f"{params['operation']} found nothing.")
        return Done(output)


def _list_params(operation: Operation) -> dict[str, Json]:
    """`pages`: the field of the output that is a list, read page by page."""
    if isinstance(operation, Read) and operation.pages is not None:
        return {"pages": operation.pages.field}
    return {}


def _effect(params: Mapping[str, Json], scope: StepScope) -> EffectSpec | None:
    if params["effect"] == "read":
        return None
    return EffectSpec(
        identity=_identity(params["identity"], scope),
        on_change=params["on_change"],
        source=_text(params["source"], scope),
        position=_text(params["position"], scope),
    )


def _identity(sources: list[str], scope: StepScope) -> tuple[str, ...]:
    """Every identity that is there; at least one must be, when any is asked for."""
    found = tuple(text for text in (_text(source, scope) for source in sources) if text)
    if sources and not found:
        raise Data(
            f"Nothing says which record this is: {', '.join(sources)} found nothing.",
            code="identity_empty",
            pointer="/once_per",
        )
    return found


def _text(source: str, scope: StepScope) -> str:
    """The text of a key expression; numbers count as their digits, nothing as ""."""
    value = scope.evaluate(source) if source else ""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Data(
            f"A key must be text or a whole number, but {source} gave {value!r}.", code="identity_wrong"
        )
    return str(value).strip()


NODE = Call()
