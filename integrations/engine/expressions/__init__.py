"""JSONata with decimals, tables and dates: compiled once, evaluated under limits (DESIGN §4)."""

from integrations.engine.expressions.language import (
    MISSING,
    Expression,
    Missing,
    SyntaxProblem,
    compile_expression,
)
from integrations.engine.expressions.template import resolve, source_of

__all__ = ["MISSING", "Expression", "Missing", "SyntaxProblem", "compile_expression", "resolve", "source_of"]
