"""The one seam over the JSONata engine: nothing else imports `jlens`, so that another engine could take its place here.

An expression sees `$event $steps $item $index $vars $in` and our own functions. These names are handed over as the input
document, which the engine reads only where the expression goes; as bindings they would be copied whole every time.
"""

import re
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jlens

from connectors.sdk.errors import Data, Failure
from connectors.sdk.wire import Json
from integrations.engine.expressions.functions import FUNCTIONS, Function
from integrations.engine.expressions.missing import MISSING, Missing
from integrations.engine.expressions.plain_path import UNSURE, find_list, follow, plain_path
from integrations.engine.limits import LIMITS
from integrations.engine.long_list import LongList, refused
from integrations.engine.node import Context

__all__ = ["MISSING", "NAMES", "Expression", "Missing", "SyntaxProblem", "compile_expression"]

NAMES = ("event", "steps", "item", "index", "vars", "in")
"""What an expression may read, each written with a dollar."""
PAGE_NAMES = ("Page", "First")
"""What our own expressions over the pages of a list read besides: some of its items, and the place of their first one."""

_ROOT = "§"
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_LIMITS: dict[str, Any] = {
    "timeout": LIMITS.expression_seconds,
    "max_depth": LIMITS.expression_depth,
    "max_steps": LIMITS.expression_steps,
    "max_string_length": LIMITS.expression_string,
    "max_array_length": LIMITS.expression_array,
    "max_result_size": LIMITS.expression_result,
}
_COUNTED = re.compile(r"\$count\((\$[^()]*)\)")
_UNREADABLE = "U1004"
"""The code for a value that isn't JSON: of all that names hold, only a long list isn't."""
_OVER_LIMIT = frozenset({"U1001", "D1011", "D1012", "D1013"})


class _Here(threading.local):
    """What this thread is evaluating in."""

    context: Context | None = None


_here = _Here()


class SyntaxProblem(ValueError):  # noqa: N818 - a problem of the text, shown to people as such
    """The text is not an expression. `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


class Expression:
    """A compiled expression; may be shared between threads."""

    __slots__ = ("_counted", "_offset", "_path", "_present", "_program", "source")

    def __init__(self, source: str) -> None:
        _check(source)
        used = set(_VARIABLE.findall(source))
        prefix = "".join(f"${name} := `{_ROOT}`.`{name}`; " for name in (*NAMES, *PAGE_NAMES) if name in used)
        functions = [FUNCTIONS[name] for name in used if name in FUNCTIONS]
        self.source = source
        self._offset = len(prefix) + 1
        self._path = plain_path(source, NAMES)
        counted = _COUNTED.fullmatch(source.strip())
        self._counted = plain_path(counted[1].strip(), NAMES) if counted else None
        try:
            self._program = _program(f"({prefix}{source}\n)", functions)
            self._present = _program(f"({prefix}$exists(({source}\n)))", functions)
        except jlens.JlensError as error:
            raise SyntaxProblem(str(error), 0) from error

    def evaluate(self, names: Mapping[str, Json], context: Context | None = None) -> Json:
        """The result over `names` (keys of `NAMES`), or `MISSING`. Raises `Data` for whatever goes wrong, and lets the
        failures of functions through (`TableMiss`). `$now()` and `$today()` are the context's `now`."""
        if self._path is not None and (found := follow(self._path, names)) is not UNSURE:
            return found
        if self._counted is not None and (counted := find_list(self._counted, names)) is not None:
            return len(counted)
        result = self._run(self._program, names, context)
        if result is None and not self._run(self._present, names, context):
            return MISSING
        return result

    def list_of(self, names: Mapping[str, Json], context: Context | None = None) -> list[Json] | LongList:
        """The list it gives: nothing is an empty one, a single value a list of one. Where it only names a list, that is the
        list itself, long or not. Raises what `evaluate` raises."""
        if self._path is not None and (found := find_list(self._path, names)) is not None:
            return found
        result = self.evaluate(names, context)
        if result is MISSING or result is None:
            return []
        return result if isinstance(result, list) else [result]

    def _run(self, program: jlens.Expression, names: Mapping[str, Json], context: Context | None) -> Json:
        _here.context = context
        try:
            return program.evaluate({_ROOT: names}, **_LIMITS, now=context.now if context else None)
        except jlens.JlensError as error:
            raise self._failure(error) from error
        except Failure as failure:
            failure.info.setdefault("expression", self.source)
            failure.info.setdefault("position", self._place(getattr(failure, "position", None)))
            raise

    def _failure(self, error: jlens.JlensError) -> Data:
        if error.code == _UNREADABLE:
            return refused(self.source)
        limit = error.code in _OVER_LIMIT
        return Data(
            f"The expression took too long or grew too big: {error}."
            if limit
            else f"The expression failed: {error}.",
            code="expression_limit" if limit else "expression_failed",
            info={
                "expression": self.source,
                "position": self._place(error.position),
                "reason": error.code,
            },
        )

    def _place(self, position: int | None) -> int | None:
        return None if position is None else min(max(position - self._offset, 0), len(self.source))


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Expression:
    """The compiled expression, from the cache when it was met before. Raises `SyntaxProblem`."""
    return Expression(source)


def _check(source: str) -> None:
    """The text alone must be an expression, so that what we put around it can't change what it means."""
    if len(source) > LIMITS.expression_source:
        raise SyntaxProblem(
            f"An expression may have {LIMITS.expression_source} characters", LIMITS.expression_source
        )
    if not source.strip():
        raise SyntaxProblem("The expression is empty", 0)
    try:
        jlens.Expression(source)
    except jlens.JlensError as error:
        raise SyntaxProblem(str(error), error.position or 0) from error


def _program(source: str, functions: list[Function]) -> jlens.Expression:
    program = jlens.Expression(source)
    program.register_function("eval", _refused)
    for function in functions:
        program.register_function(
            function.name, _in_context(function) if function.contextual else function.run
        )
    return program


def _in_context(function: Function) -> Callable[..., Json]:
    """A function that gets the context of the evaluation this thread is in: binding it anew each time would cost more
    than most expressions do."""

    def run(*arguments: Json) -> Json:
        return function.run(_here.context, *arguments)

    return run


def _refused(*_arguments: Json) -> Json:
    raise Data("$eval is switched off: a flow's content is never run as code.", code="expression_refused")
