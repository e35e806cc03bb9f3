"""Conditions: expressions that must give true or false."""

from connectors.sdk.errors import Data
from integrations.engine.expressions import source_of
from integrations.engine.findings import Findings
from integrations.engine.node import StepScope

__all__ = ["check_condition", "holds"]


def check_condition(value: object, pointer: str, findings: Findings) -> None:
    """Check a condition where it is configured."""
    findings.expression(source_of(value), pointer)


def holds(source: str, scope: StepScope, pointer: str) -> bool:
    """Whether the condition is true. Nothing counts as false; anything but true, false and nothing is `Data`."""
    result = scope.evaluate(source)
    if result is None:
        return False
    if not isinstance(result, bool):
        raise Data(
            f"A condition must give true or false, but this gave {result!r:.60}.",
            code="condition_not_boolean",
            pointer=pointer,
            info={"expression": source},
        )
    return result
