"""What a node's compilation collects: problems with their place, and what the node needs from its environment."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from connectors.sdk.wire import Json, Schema
from integrations.engine.call_rules import broken_calls, tables_of
from integrations.engine.expressions import SyntaxProblem, compile_expression
from integrations.engine.expressions.language import NAMES
from integrations.engine.expressions.reading import Reading, Use, read
from integrations.engine.expressions.syntax import NotUnderstood, Tree, parse
from integrations.engine.expressions.template import expressions_in
from integrations.engine.inference import infer
from integrations.engine.node import Compiled, CompileScope
from integrations.engine.problem import Problem
from integrations.engine.schema_check import violations
from integrations.engine.shapes import Shape

__all__ = ["Findings"]

_LOOP_NAMES = frozenset({"item", "index"})


class Findings:
    """Problems, tables and variables of one node. Pointers are into the node."""

    def __init__(self, scope: CompileScope) -> None:
        self.scope = scope
        self.problems: list[Problem] = []
        self.tables: set[str] = set()
        self.variables: set[str] = set()
        self._shapes: dict[str, Shape] = {}

    def compiled(self, params: Mapping[str, Json], **rest: Any) -> Compiled:
        """The node's result, with everything found so far."""
        return Compiled(
            params,
            tuple(self.problems),
            tables=frozenset(self.tables),
            variables=frozenset(self.variables),
            **rest,
        )

    def add(
        self,
        code: str,
        message: str,
        pointer: str = "",
        *,
        severity: Literal["error", "warning"] = "error",
        **params: Json,
    ) -> None:
        self.problems.append(Problem(code, message, self.scope.node, pointer, severity, params))

    def config(self, schema: Schema, config: Json) -> bool:
        """Check a node's configuration against its schema. False when it has violations."""
        found = list(violations(schema, config))
        for violation in found:
            self.add(
                "config_invalid", violation.message, f"/config{violation.pointer}", keyword=violation.keyword
            )
        return not found

    def values(self, value: Json, pointer: str) -> None:
        """Check every expression inside a configured value."""
        for place, source in expressions_in(value, pointer):
            self.expression(source, place)

    def expression_of_item(self, source: str, pointer: str, items: Shape) -> Reading | None:
        """Check an expression of a loop node itself that may already use `$item` and `$index`."""
        inside = Findings(replace(self.scope, in_loop=True, item=items))
        reading = inside.expression(source, pointer)
        self.problems += inside.problems
        self.tables |= inside.tables
        self.variables |= inside.variables
        return reading

    def item_shape(self, source: str, items: Shape) -> Shape:
        """What is known of an expression over `$item`, which `expression_of_item` has checked."""
        return Findings(replace(self.scope, in_loop=True, item=items)).shape(source, "")

    def expression(self, source: str, pointer: str, *, names: Iterable[str] = NAMES) -> Reading | None:
        """Check one expression that may use `names`. Gives what it reads, or None when it can't be read at all."""
        try:
            compile_expression(source)
        except SyntaxProblem as problem:
            self.add(
                "expression_syntax",
                f"{problem.message} (at {problem.position}).",
                pointer,
                position=problem.position,
            )
            return None
        try:
            tree = parse(source)
        except NotUnderstood as lost:
            self.add(
                "expression_not_understood",
                f"This form of expression can't be checked (at {lost.position}). Write it in a simpler way.",
                pointer,
                position=lost.position,
            )
            return None
        reading = read(tree)
        self._uses(reading, pointer, frozenset(names))
        self._calls(reading, pointer)
        self._shapes[source] = self._infer(tree, pointer)
        return reading

    def shape(self, source: str, pointer: str) -> Shape:
        """What is known of an expression's result. Arithmetic on decimals in it is reported, once per expression."""
        if source not in self._shapes:
            try:
                self._shapes[source] = self._infer(parse(source), pointer)
            except NotUnderstood:
                return Shape("other", what="this form of expression", node=self.scope.node)
        return self._shapes[source]

    def _infer(self, tree: Tree, pointer: str) -> Shape:
        names = {
            "steps": Shape("object", fields=self.scope.shapes),
            "event": self.scope.event,
            "item": self.scope.item,
        }
        return infer(tree, names, self.scope.node, lambda *found: self._decimal(pointer, *found))

    def _decimal(self, pointer: str, code: str, position: int, message: str) -> None:
        self.add(code, message, pointer, position=position)

    def _uses(self, reading: Reading, pointer: str, names: frozenset[str]) -> None:
        allowed = names if self.scope.in_loop else names - _LOOP_NAMES
        for use in reading.uses:
            if use.name not in allowed:
                self._unknown_name(use, pointer)
            elif use.name == "steps":
                self._step(use, pointer)
            elif use.name == "vars":
                self._variable(use, pointer)
        for tree in reading.rootless[:1]:
            self.add(
                "expression_rootless",
                f"The name {_shown(tree)} stands on nothing. Begin with one of {', '.join(f'${name}' for name in sorted(allowed))}.",
                pointer,
                position=tree.position,
            )

    def _unknown_name(self, use: Use, pointer: str) -> None:
        why = "is known only inside a loop" if use.name in _LOOP_NAMES else "is not known here"
        self.add(
            "expression_unknown_name", f"${use.name} {why}.", pointer, position=use.position, name=use.name
        )

    def _step(self, use: Use, pointer: str) -> None:
        place: dict[str, Any] = {"position": use.position, "step": use.first}
        if not use.first:
            self.add("step_unnamed", "Name the step to read from: $steps.<id>.", pointer, **place)
        elif use.first not in self.scope.known:
            self.add("step_unknown", f"There is no step {use.first}.", pointer, **place)
        elif use.first not in self.scope.upstream and (around := self._closed_around(use.first)):
            message = f"The step {use.first} is inside {around}; from outside, read $steps.{around}."
            self.add("step_not_upstream", message, pointer, **place, container=around)
        elif use.first not in self.scope.upstream:
            self.add(
                "step_not_upstream", f"The step {use.first} doesn't come before this one.", pointer, **place
            )
        elif use.first in self.scope.disabled:
            message = f"The step {use.first} is switched off, so it gives only what it was given."
            self.add("step_disabled", message, pointer, severity="warning", **place)

    def _closed_around(self, step: str) -> str:
        """The outermost container before this node that the step lies in; "" when it lies in none such."""
        around, found = self.scope.enclosed.get(step, ""), ""
        while around:
            found = around if around in self.scope.upstream else found
            around = self.scope.enclosed.get(around, "")
        return found

    def _variable(self, use: Use, pointer: str) -> None:
        if use.first:
            self.variables.add(use.first)
        else:
            message = "Name the variable to read: $vars.<name>."
            self.add("variable_unnamed", message, pointer, position=use.position)

    def _calls(self, reading: Reading, pointer: str) -> None:
        for broken in broken_calls(reading):
            self.add(broken.code, broken.message, pointer, position=broken.position, **broken.params)
        self.tables |= tables_of(reading)


def _shown(tree: Tree) -> str:
    symbols = {"wildcard": "*", "descend": "**", "parent": "%"}
    return f"${tree.value}" if tree.kind == "variable" else symbols.get(tree.kind, str(tree.value))
