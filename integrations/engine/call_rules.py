"""What an expression may call: known functions with the right number of arguments, and nothing without a bound."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors.sdk.wire import Json
from integrations.engine.expressions.builtins import BUILTIN, REFUSED
from integrations.engine.expressions.functions import FUNCTIONS
from integrations.engine.expressions.reading import Call, Reading
from integrations.engine.expressions.syntax import Tree
from integrations.engine.limits import LIMITS

__all__ = ["Broken", "broken_calls", "tables_of"]

_TABLE = re.compile(r"[a-z][a-z0-9_]*")
_PAD_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that an expression breaks, and where."""

    code: str
    message: str
    position: int
    params: dict[str, Json] = field(default_factory=dict)


def broken_calls(reading: Reading) -> Iterator[Broken]:
    """Every rule the calls and ranges of an expression break."""
    for call in reading.calls:
        yield from _call(call)
    for tree in reading.ranges:
        if not _bounded(tree):
            message = (
                "A range needs an end that is a number or a count, such as [1..$count($steps.deal.lines)]."
            )
            yield Broken("expression_unbounded", message, tree.position)


def tables_of(reading: Reading) -> set[str]:
    """The mapping tables named in it."""
    named = (_table(call.tree) for call in reading.calls if call.name == "lookupTable")
    return {table.value for table in named if table is not None and _names_a_table(table)}


def _call(call: Call) -> Iterator[Broken]:
    at, name = call.tree.position, {"name": call.name}
    if call.name in REFUSED:
        yield Broken("expression_refused", f"${call.name} is not allowed: {REFUSED[call.name]}.", at, name)
    elif call.name in FUNCTIONS:
        yield from _own(call)
    elif call.name not in BUILTIN:
        yield Broken("expression_unknown_function", f"There is no function ${call.name}.", at, name)
    elif call.name == "pad" and not _narrow(call.tree):
        yield Broken("expression_unbounded", f"$pad needs a fixed width of at most {_PAD_WIDTH}.", at)


def _own(call: Call) -> Iterator[Broken]:
    function = FUNCTIONS[call.name]
    least = sum(not parameter.optional for parameter in function.parameters)
    most = 99 if function.parameters[-1].many else len(function.parameters)
    table = _table(call.tree) if call.name == "lookupTable" else None
    if not least <= len(call.tree.parts) - 1 <= most:
        message = f"This call doesn't fit {function.signature}."
        yield Broken("expression_arguments", message, call.tree.position, {"name": call.name})
    elif table is not None and not _names_a_table(table):
        message = 'The mapping table must be named by its key in quotes, such as "deal_stages".'
        yield Broken("table_reference", message, table.position)


def _table(call: Tree) -> Tree | None:
    """The argument that names the table."""
    return call.parts[1] if len(call.parts) > 1 else None


def _names_a_table(tree: Tree) -> bool:
    return tree.kind == "string" and _TABLE.fullmatch(tree.value) is not None


def _narrow(call: Tree) -> bool:
    if len(call.parts) < 3:  # noqa: PLR2004 - the function, the text, the width
        return True
    width = call.parts[2].parts[0] if call.parts[2].kind == "minus" else call.parts[2]
    return width.kind == "number" and width.value <= _PAD_WIDTH


def _bounded(tree: Tree) -> bool:
    low, high = (_bound(part) for part in tree.parts)
    return low is not None and high is not None and high - low <= LIMITS.expression_array


def _bound(tree: Tree) -> float | None:
    """The value of a range's end, 0 standing for a count, which a list that was allowed to be made bounds itself."""
    match tree.kind:
        case "number":
            return float(tree.value)
        case "minus":
            inner = _bound(tree.parts[0])
            return None if inner is None else -inner
        case "call" if tree.parts[0].kind == "variable" and tree.parts[0].value in ("count", "length"):
            return 0.0
        case "operator" if tree.value in ("+", "-"):
            ends = [_bound(part) for part in tree.parts]
            return None if None in ends else sum(abs(end) for end in ends if end is not None)
    return None
