"""What may feed a decimal field, told by the syntax of the expression (DESIGN §4)."""

from collections.abc import Mapping

from connectors.sdk.wire import Json, Schema
from integrations.engine.decimal_text import as_decimal
from integrations.engine.expressions.template import escaped, is_expression, source_of
from integrations.engine.findings import Findings
from integrations.engine.money import decimal_fields
from integrations.engine.shapes import Shape, alternatives, element, member

__all__ = ["check_decimals", "shape_of"]

_FIX = "Use a path, a fixed value, a choice between such, or a decimal function such as $mul, $add or $roundMoney."


def check_decimals(schema: Schema, value: Json, pointer: str, findings: Findings) -> frozenset[str]:
    """Report each place where something other than a path, a constant, a choice between such or a decimal function's
    result enters a decimal field of `schema`. Gives the pointers of the constants it has looked at."""
    check = _Check(findings)
    check.feed(decimal_fields(schema), value, pointer)
    return frozenset(check.constants)


def shape_of(value: Json, findings: Findings) -> Shape:
    """The shape of a configured value with expressions in it."""
    if is_expression(value):
        return findings.shape(source_of(value), "")
    if isinstance(value, dict):
        return Shape("object", fields={key: shape_of(part, findings) for key, part in value.items()})
    if isinstance(value, list):
        return Shape("list", item=Shape("choice", options=tuple(shape_of(part, findings) for part in value)))
    return Shape("constant", value=value)


class _Check:
    """Goes down to the expressions along the configured value, then along their shapes."""

    def __init__(self, findings: Findings) -> None:
        self.constants: set[str] = set()
        self._findings = findings

    def feed(self, schema: Schema, value: Json, pointer: str) -> None:
        if is_expression(value):
            if schema:
                self._enter(schema, self._findings.shape(source_of(value), pointer), pointer)
        elif "x-decimal" in schema:
            self.constants.add(pointer)
            self._constant(schema, Shape("constant", value=value), pointer)
        elif isinstance(value, Mapping):
            for name in schema.get("properties", {}).keys() & value.keys():
                self.feed(schema["properties"][name], value[name], f"{pointer}/{escaped(name)}")
        elif isinstance(value, list) and "items" in schema:
            for at, item in enumerate(value):
                self.feed(schema["items"], item, f"{pointer}/{at}")

    def _enter(self, schema: Schema, shape: Shape, pointer: str) -> None:
        if "x-decimal" in schema:
            for option in alternatives(shape if shape.what else element(shape)):
                self._leaf(schema, option, pointer)
        elif shape.source == "other":
            self._refuse(shape, pointer, "makes decimals here, which can't be followed")
        elif "items" in schema:
            self._enter(schema["items"], element(shape), pointer)
        else:
            for name, part in schema.get("properties", {}).items():
                self._enter(part, member(shape, name), f"{pointer}/{escaped(name)}")

    def _leaf(self, schema: Schema, shape: Shape, pointer: str) -> None:
        if shape.source == "constant":
            self._constant(schema, shape, pointer)
        elif shape.source not in ("path", "decimal"):
            self._refuse(shape, pointer, "can't feed a decimal field")

    def _refuse(self, shape: Shape, pointer: str, why: str) -> None:
        """Says in which step, when the expression stands in another one."""
        elsewhere = shape.node and shape.node != self._findings.scope.node
        place = f"in the step {shape.node}, " if elsewhere else ""
        message = f"{place}{shape.what or f'a whole {shape.source}'} {why}. {_FIX}"
        self._findings.add(
            "decimal_source", message[:1].upper() + message[1:], pointer, position=shape.position
        )

    def _constant(self, schema: Schema, shape: Shape, pointer: str) -> None:
        if shape.value is None or is_exact(shape.value, schema):
            return
        shown = f'"{shape.value}"' if isinstance(shape.value, str) else repr(shape.value)
        message = f'{shown} is not a decimal this field takes. Write it as text, such as "12.50".'
        self._findings.add("decimal_constant", message, pointer, position=shape.position)


def is_exact(value: Json, schema: Schema) -> bool:
    """True for a whole number or decimal text within the places the schema allows."""
    number = None if isinstance(value, float) else as_decimal(value)
    if number is None:
        return False
    rule = schema["x-decimal"]
    places = rule.get("places") if isinstance(rule, Mapping) else None
    return places is None or number == round(number, places)
