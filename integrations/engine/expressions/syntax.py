"""A tree of a JSONata expression, good enough to ask what it reads, calls and gives. It evaluates nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from connectors.sdk.wire import Json
from integrations.engine.expressions.tokens import NotUnderstood, Token, tokens

__all__ = ["NotUnderstood", "Tree", "parse"]

_POWER = {
    ".": 75, "[": 80, "{": 70, "(": 80, "@": 80, "#": 80, "?": 20, "+": 50, "-": 50, "*": 60, "/": 60, "%": 60, "^": 40,
    "**": 60, "..": 20, ":=": 10, "=": 40, "!=": 40, "<": 40, ">": 40, "<=": 40, ">=": 40, "~>": 40, "?:": 40, "??": 40,
    "and": 30, "or": 25, "in": 40, "&": 50,
}  # fmt: skip
_LITERALS = {"true": True, "false": False, "null": None}
_SYMBOLS = {"*": "wildcard", "%": "parent", "**": "descend"}
_DEPTH = 150


@dataclass(frozen=True, slots=True)
class Tree:
    """One node of the tree.

    kind: number string literal regex name variable wildcard parent descend | path(a, b) filter(a, test) group(a, object)
    object(key, value, key, value…) array block lambda(body; value = parameters) call(function, arguments…)
    partial choice(test, then[, else]) bind(variable, value) sort transform minus operator(a, b; value = which) gap
    """

    kind: str
    position: int
    value: Json = None
    parts: tuple["Tree", ...] = ()

    def walk(self) -> Iterator["Tree"]:
        """This node and all below it, in reading order."""
        yield self
        for part in self.parts:
            yield from part.walk()


def parse(source: str) -> Tree:
    """The tree of an expression. Raises `NotUnderstood` with the position where reading stopped."""
    reader = _Reader(tokens(source))
    tree = reader.expression(0)
    if reader.token.kind != "end":
        reader.lost()
    return tree


class _Reader:
    """A Pratt parser: `_prefix` reads what starts a value, `_infix` what goes on after one."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def lost(self) -> NoReturn:
        raise NotUnderstood(self.token.position)

    def expression(self, power: int) -> Tree:
        self._depth += 1
        if self._depth > _DEPTH:
            self.lost()
        left = self._prefix(self._take())
        while self.token.kind == "operator" and power < _POWER.get(self.token.value, 0):
            left = self._infix(left, self._take())
        self._depth -= 1
        return left

    def _take(self) -> Token:
        token = self.token
        if token.kind == "end":
            self.lost()
        self._at += 1
        return token

    def _is(self, operator: str) -> bool:
        return self.token.kind == "operator" and self.token.value == operator

    def _skip(self, operator: str) -> bool:
        """Step over the operator if it is next."""
        here = self._is(operator)
        self._at += here
        return here

    def _need(self, operator: str) -> None:
        if not self._skip(operator):
            self.lost()

    def _until(self, closing: str, separator: str, read: Callable[[], Tree]) -> tuple[Tree, ...]:
        """What stands between here and `closing`, which is stepped over."""
        parts: list[Tree] = []
        while not self._is(closing):
            parts.append(read())
            if not self._skip(separator):
                break
        self._need(closing)
        return tuple(parts)

    def _value(self) -> Tree:
        return self.expression(0)

    def _prefix(self, token: Token) -> Tree:
        if token.kind == "operator":
            return self._prefix_operator(token)
        if token.kind == "name" and token.value in _LITERALS:
            return Tree("literal", token.position, _LITERALS[token.value])
        if token.kind == "name" and token.value in ("function", "λ") and self._is("("):
            return self._lambda(token)
        return Tree(token.kind, token.position, token.value)

    def _prefix_operator(self, token: Token) -> Tree:
        at = token.position
        match token.value:
            case "-":
                tree = Tree("minus", at, parts=(self.expression(70),))
            case "(":
                tree = Tree("block", at, parts=self._until(")", ";", self._value))
            case "[":
                tree = Tree("array", at, parts=self._until("]", ",", self._value))
            case "{":
                tree = self._object(token)
            case "|":
                tree = self._transform(token)
            case _ if token.value in _SYMBOLS:
                tree = Tree(_SYMBOLS[token.value], at)
            case _:
                raise NotUnderstood(at)
        return tree

    def _object(self, token: Token) -> Tree:
        pairs = self._until("}", ",", self._pair)
        return Tree("object", token.position, parts=tuple(part for pair in pairs for part in pair.parts))

    def _pair(self) -> Tree:
        key = self._value()
        self._need(":")
        return Tree("pair", key.position, parts=(key, self._value()))

    def _transform(self, token: Token) -> Tree:
        pattern = self._value()
        self._need("|")
        return Tree("transform", token.position, parts=(pattern, *self._until("|", ",", self._value)))

    def _lambda(self, token: Token) -> Tree:
        self._need("(")
        names = self._until(")", ",", self._value)
        if any(name.kind != "variable" for name in names):
            self.lost()
        if self._is("<"):
            self._signature()
        self._need("{")
        body = self._value()
        self._need("}")
        return Tree("lambda", token.position, tuple(name.value for name in names), (body,))

    def _signature(self) -> None:
        depth = 0
        while depth or self._is("<"):
            depth += self._is("<") - self._is(">")
            self._take()

    def _infix(self, left: Tree, token: Token) -> Tree:
        at = token.position
        match token.value:
            case "[":
                tests = () if self._is("]") else (self._value(),)
                self._need("]")
                tree = Tree("filter", at, parts=(left, *tests))
            case "(":
                tree = self._call(left, token)
            case "{":
                tree = Tree("group", at, parts=(left, self._object(token)))
            case "^":
                tree = self._sort(left, token)
            case "?":
                tree = self._choice(left, token)
            case "@" | "#":
                tree = Tree("focus", at, token.value, (left, self.expression(80)))
            case _:
                tree = self._binary(left, token)
        return tree

    def _binary(self, left: Tree, token: Token) -> Tree:
        power = _POWER[token.value]
        right = self.expression(power - 1 if token.value == ":=" else power)
        kind = {".": "path", ":=": "bind"}.get(token.value, "operator")
        return Tree(kind, token.position, token.value, (left, right))

    def _call(self, left: Tree, token: Token) -> Tree:
        arguments = self._until(")", ",", self._argument)
        kind = "partial" if any(argument.kind == "gap" for argument in arguments) else "call"
        return Tree(kind, token.position, parts=(left, *arguments))

    def _argument(self) -> Tree:
        if self._is("?"):
            return Tree("gap", self._take().position)
        return self._value()

    def _sort(self, left: Tree, token: Token) -> Tree:
        self._need("(")
        return Tree("sort", token.position, parts=(left, *self._until(")", ",", self._term)))

    def _term(self) -> Tree:
        if not self._skip("<"):
            self._skip(">")
        return self._value()

    def _choice(self, left: Tree, token: Token) -> Tree:
        then = self._value()
        otherwise = (self._value(),) if self._skip(":") else ()
        return Tree("choice", token.position, parts=(left, then, *otherwise))
