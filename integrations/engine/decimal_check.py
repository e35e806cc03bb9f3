"""What may feed a decimal field, told by the syntax of the expression (DESIGN §4)."""

from connectors.sdk.wire import Json, Schema
from integrations.engine.findings import Findings

__all__ = ["check_decimals"]


def check_decimals(schema: Schema, value: Json, pointer: str, findings: Findings) -> None:
    """Report each place below `value` where something other than a path, a constant, a choice between such or a decimal
    function's result enters a decimal field."""
