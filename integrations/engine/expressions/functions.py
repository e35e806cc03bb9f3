"""Our own functions, beside JSONata's: one catalogue for the evaluator, the compiler and autocomplete."""

from integrations.engine.expressions import dates, decimals, structures, tables, texts
from integrations.engine.expressions.function import Function, Parameter

__all__ = ["FUNCTIONS", "Function", "Parameter", "catalogue"]

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for module in (decimals, tables, dates, texts, structures)
    for function in module.DECLARED
}
"""By name, without the dollar."""


def catalogue() -> list[dict[str, object]]:
    """The functions as JSON, in the order people should meet them."""
    return [function.to_json() for function in FUNCTIONS.values()]
