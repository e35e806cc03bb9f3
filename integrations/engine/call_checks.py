"""What is checked about a connector call while compiling: its input against the schema, and a write's identity."""

from collections.abc import Mapping

from connectors.sdk.operation import Operation, Write
from connectors.sdk.wire import Json
from integrations.engine.decimal_check import check_decimals
from integrations.engine.expressions import source_of
from integrations.engine.expressions.reading import Reading
from integrations.engine.findings import Findings
from integrations.engine.schema_check import violations

__all__ = ["check_input", "effect_params", "tells_items_apart"]

_INPUT = "/config/input"


def check_input(operation: Operation, value: Json, findings: Findings) -> None:
    """Expressions, fixed values against the schema, required fields, and what feeds decimals."""
    findings.values(value, _INPUT)
    decimals = check_decimals(operation.input, value, _INPUT, findings)
    for violation in violations(operation.input, value):
        pointer = f"{_INPUT}{violation.pointer}"
        if violation.keyword == "required":
            findings.add("input_missing", violation.message, pointer, field=violation.missing)
        elif pointer not in decimals:
            findings.add("input_invalid", violation.message, pointer)


def effect_params(operation: Operation, config: Mapping[str, Json], findings: Findings) -> dict[str, Json]:
    """identity, on_change, source and position of a write, checked; {} for a read."""
    if not isinstance(operation, Write):
        return {}
    for name in ("source", "position"):
        if name in config:
            findings.expression(config[name], f"/config/{name}")
    given = config.get("once_per", [])
    sources = [source_of(part) for part in (given if isinstance(given, list) else [given])]
    if sources:
        _check_keys(sources, findings)
    elif operation.effect in ("create", "append") and operation.identities is None:
        sources = _default_identity(operation, findings)
    return {
        "identity": sources,
        "on_change": _on_change(operation, str(config.get("on_change", "hold")), findings),
        "source": config.get("source", findings.scope.business_key),
        "position": config.get("position", ""),
    }


def _on_change(operation: Write, policy: str, findings: Findings) -> str:
    """What the operation lets a node do about changed content; "hold" is always possible."""
    lacking = {
        "update": operation.revise is None,
        "credit": operation.compensation is None,
    }
    if lacking.get(policy):
        way = "written over" if policy == "update" else "credited"
        message = f"What “{operation.title}” makes can't be {way}: let it be held for a person."
        findings.add("on_change_unsupported", message, "/config/on_change", operation=operation.title)
        return "hold"
    return policy


def _default_identity(operation: Write, findings: Findings) -> list[str]:
    """The trigger's business key, where one record of it means one of these."""
    scope = findings.scope
    if scope.in_loop:
        message = "Inside a loop, say what each is created once per: a key of the item, such as $item.sku."
        findings.add("identity_missing", message, "/config/once_per", operation=operation.title)
    elif not scope.business_key:
        message = "Say what this is created once per; or give the trigger a business key."
        findings.add("identity_missing", message, "/config/once_per", operation=operation.title)
    return [scope.business_key] if scope.business_key else []


def _check_keys(sources: list[str], findings: Findings) -> None:
    for index, source in enumerate(sources):
        pointer = f"/config/once_per/{index}" if len(sources) > 1 else "/config/once_per"
        reading = findings.expression(source, pointer)
        if reading is None:
            continue
        names = reading.names()
        if "index" in names:
            message = (
                "A position in a list is no identity: it changes when the list does. Use a key of the item."
            )
            findings.add("identity_index", message, pointer)
        elif findings.scope.in_loop and not tells_items_apart(reading, findings):
            message = "Inside a loop this must tell the items apart: use a key of $item."
            findings.add("identity_not_item", message, pointer)


def tells_items_apart(reading: Reading, findings: Findings) -> bool:
    """Whether an expression inside a loop reads something of the item: `$item`, `$in`, or a step of the loop's body."""
    steps = {use.first for use in reading.firsts("steps")}
    return bool(reading.names() & {"item", "in"}) or bool(steps & findings.scope.inner)
