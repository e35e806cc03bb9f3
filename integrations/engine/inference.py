"""Reading the shape of an expression's result off its tree, and reporting arithmetic where decimals need functions.

Careful rather than clever: what it can't follow is of source "other", which no decimal field accepts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from integrations.engine.expressions.functions import FUNCTIONS
from integrations.engine.expressions.reading import head
from integrations.engine.expressions.syntax import Tree
from integrations.engine.shapes import UNKNOWN, Shape, decimal_shape, element, member, money_shape

__all__ = ["Report", "infer"]

Report = Callable[[str, int, str], None]
"""Told a problem code, a position and a sentence."""

_DECIMAL_WAYS = {
    "+": "$add(a, b)",
    "-": "$sub(a, b)",
    "*": "$mul(a, b)",
    "/": "$div(a, b, places)",
    "%": "decimal functions",
    **dict.fromkeys(("=", "!=", "<", ">", "<=", ">="), "$cmp(a, b), which gives -1, 0 or 1"),
    "and": "$cmp(a, 0) != 0",
    "or": "$cmp(a, 0) != 0",
    "in": "$cmp(a, b) = 0",
}
_NUMBER_FUNCTIONS = {
    "sum": "$sumDecimal(list)",
    "round": "$roundMoney(amount, places)",
    "abs": "$cmp and $neg",
    "max": "$cmp(a, b)",
    "min": "$cmp(a, b)",
    "average": "$div($sumDecimal(list), $count(list), places)",
    "floor": '$roundMoney(amount, 0, "down")',
    "ceil": '$roundMoney(amount, 0, "up")',
    "boolean": "$cmp(a, 0) != 0",
    "not": "$cmp(a, 0) = 0",
}
_READ = frozenset({"name", "variable", "wildcard", "descend", "parent"})
_KEEPS = frozenset({"filter", "sort", "reverse", "distinct", "single"})
"""Functions whose result is made of their first argument's items."""


@dataclass(frozen=True, slots=True)
class _Here:
    """What is bound at a place: variables by name, and the context `$`."""

    bound: Mapping[str, Shape]
    context: Shape = UNKNOWN

    def within(self, context: Shape) -> "_Here":
        return replace(self, context=context)

    def bind(self, name: str, shape: Shape) -> "_Here":
        return replace(self, bound={**self.bound, name: shape})


def infer(tree: Tree, names: Mapping[str, Shape], node: str, report: Report) -> Shape:
    """The shape of the result, given those of `$event`, `$steps` and so on. `node` is where the expression stands."""
    return _Inference(node, report).of(tree, _Here(names))


class _Inference:
    def __init__(self, node: str, report: Report) -> None:
        self._node = node
        self._report = report

    def of(self, tree: Tree, here: _Here) -> Shape:
        method = _METHODS.get(tree.kind)
        return method(self, tree, here) if method else self._other(tree, here, "this form of expression")

    def _other(self, tree: Tree, here: _Here, what: str) -> Shape:
        for part in tree.parts:
            self.of(part, here)
        return Shape("other", what=what, node=self._node, position=tree.position)

    def constant(self, tree: Tree, _here: _Here) -> Shape:
        return Shape("constant", value=tree.value, node=self._node, position=tree.position)

    def name(self, tree: Tree, here: _Here) -> Shape:
        return member(here.context, str(tree.value))

    def variable(self, tree: Tree, here: _Here) -> Shape:
        return here.context if tree.value == "" else here.bound.get(tree.value, UNKNOWN)

    def anything(self, _tree: Tree, _here: _Here) -> Shape:
        """Wildcards read from data, but of what kind can't be told."""
        return UNKNOWN

    def path(self, tree: Tree, here: _Here) -> Shape:
        left, right = tree.parts
        before = self.of(left, here)
        if right.kind == "string":
            return member(before, str(right.value))
        inside = here.within(element(before))
        if left.kind == "focus":
            inside = self._focus(left, inside)
        after = self.of(right, inside)
        return after if head(right).kind in _READ else Shape("list", item=after)

    def _focus(self, tree: Tree, here: _Here) -> _Here:
        return here.bind(tree.parts[1].value, here.context if tree.value == "@" else UNKNOWN)

    def focus(self, tree: Tree, here: _Here) -> Shape:
        return self.of(tree.parts[0], here)

    def filter(self, tree: Tree, here: _Here) -> Shape:
        kept = self.of(tree.parts[0], here)
        for test in tree.parts[1:]:
            self._truth(test, self.of(test, here.within(element(kept))))
        return kept

    def sort(self, tree: Tree, here: _Here) -> Shape:
        kept = self.of(tree.parts[0], here)
        for term in tree.parts[1:]:
            if self.of(term, here.within(element(kept))).is_decimal:
                self._operator(term, "A sort", "$sort(list, function($a, $b) { $cmp($a.x, $b.x) > 0 })")
        return kept

    def block(self, tree: Tree, here: _Here) -> Shape:
        last = Shape("constant")
        for part in tree.parts:
            if part.kind == "bind":
                last = self.of(part.parts[1], here)
                here = here.bind(part.parts[0].value, last)
            else:
                last = self.of(part, here)
        return last

    def bind(self, tree: Tree, here: _Here) -> Shape:
        return self.of(tree.parts[1], here)

    def object(self, tree: Tree, here: _Here) -> Shape:
        fields: dict[str, Shape] = {}
        for key, value in zip(tree.parts[::2], tree.parts[1::2], strict=True):
            made = self.of(value, here)
            if key.kind != "string":
                return self._other(tree, here, "an object whose field names are computed")
            fields[str(key.value)] = made
        return Shape("object", fields=fields, node=self._node, position=tree.position)

    def array(self, tree: Tree, here: _Here) -> Shape:
        parts = tuple(element(self.of(part, here)) for part in tree.parts)
        item = parts[0] if len(parts) == 1 else Shape("choice", options=parts)
        return Shape("list", item=item, what="a list", node=self._node, position=tree.position)

    def choice(self, tree: Tree, here: _Here) -> Shape:
        test, *ways = tree.parts
        self._truth(test, self.of(test, here))
        return Shape("choice", options=tuple(self.of(way, here) for way in ways))

    def minus(self, tree: Tree, here: _Here) -> Shape:
        (part,) = tree.parts
        if part.kind == "number":
            return Shape("constant", value=-part.value, node=self._node, position=tree.position)
        if self.of(part, here).is_decimal:
            self._operator(tree, "A minus sign", "$neg(a)")
        return Shape("other", what="a computed number", node=self._node, position=tree.position)

    def operator(self, tree: Tree, here: _Here) -> Shape:
        which = str(tree.value)
        parts = [self.of(part, here) for part in tree.parts]
        if which in ("?:", "??"):
            if which == "?:":
                self._truth(tree, parts[0])
            return Shape("choice", options=tuple(parts))
        null = any(part.source == "constant" and part.value is None for part in parts)
        if which in _DECIMAL_WAYS and not null and any(part.is_decimal for part in parts):
            self._operator(tree, f"The operator {which}", _DECIMAL_WAYS[which])
        what = "joined text" if which == "&" else f"the result of {which}"
        return Shape("other", what=what, node=self._node, position=tree.position)

    def lambda_(self, tree: Tree, here: _Here) -> Shape:
        for name in tree.value:
            here = here.bind(name, UNKNOWN)
        return self.of(tree.parts[0], here)

    def call(self, tree: Tree, here: _Here) -> Shape:
        called, *arguments = tree.parts
        name = called.value if called.kind == "variable" else ""
        if name in _KEEPS or name == "map":
            return self._over_items(name, arguments, here)
        given = [self.of(argument, here) for argument in arguments]
        if name in FUNCTIONS:
            return self._own(name, tree, given)
        if name == "append":
            return Shape("list", item=Shape("choice", options=tuple(element(shape) for shape in given)))
        if name == "lookup" and len(arguments) > 1 and arguments[1].kind == "string":
            return member(given[0], str(arguments[1].value))
        if name in _NUMBER_FUNCTIONS and given and element(given[0]).is_decimal:
            self._operator(tree, f"${name}", _NUMBER_FUNCTIONS[name])
        return Shape("other", what=f"the result of ${name}", node=self._node, position=tree.position)

    def _over_items(self, name: str, arguments: list[Tree], here: _Here) -> Shape:
        items = self.of(arguments[0], here) if arguments else UNKNOWN
        body = arguments[1] if len(arguments) > 1 else None
        made = UNKNOWN
        if body is not None and body.kind == "lambda":
            inside = here
            for at, parameter in enumerate(body.value):
                first = at == 0 or name == "sort"
                inside = inside.bind(parameter, element(items) if first else UNKNOWN)
            made = self.of(body.parts[0], inside)
        elif body is not None:
            made = Shape("other", what=f"the result of ${name}", node=self._node, position=body.position)
        return Shape("list", item=made) if name == "map" else items

    def _own(self, name: str, tree: Tree, given: list[Shape]) -> Shape:
        """One of our functions. The arguments of decimal ones are watched by the decimal check."""
        returns = FUNCTIONS[name].returns
        if name == "roundMoney" and given and given[0].source == "object":
            return money_shape()
        if returns in ("decimal", "money"):
            self._arguments(name, tree, given)
            return decimal_shape() if returns == "decimal" else money_shape()
        if name == "cmp":
            self._arguments(name, tree, given)
        if name in ("lookupTable", "parseJson", "missing"):
            return UNKNOWN
        return Shape("other", what=f"the result of ${name}", node=self._node, position=tree.position)

    def _arguments(self, name: str, tree: Tree, given: list[Shape]) -> None:
        """What a decimal function computes with must be exact itself."""
        parameters = FUNCTIONS[name].parameters
        for at, shape in enumerate(given):
            parameter = parameters[min(at, len(parameters) - 1)]
            computed = [
                s
                for s in _leaves(shape)
                if s.source == "other" and s.what.startswith(("the result of", "a comp"))
            ]
            if parameter.kind in ("decimal", "list", "any") and computed and not _harmless(computed[0]):
                message = f"${name} gets {computed[0].what} here, which is a binary number. Use decimal functions inside too."
                self._report("decimal_source", computed[0].position or tree.position, message)

    def _truth(self, tree: Tree, shape: Shape) -> None:
        if shape.is_decimal:
            self._operator(tree, "A test of truth", '$cmp(a, 0) != 0 (the text "0.00" counts as true)')

    def _operator(self, tree: Tree, what: str, way: str) -> None:
        self._report("decimal_operator", tree.position, f"{what} can't work on decimals. Use {way}.")


def _leaves(shape: Shape) -> list[Shape]:
    if shape.source == "choice":
        return [leaf for option in shape.options for leaf in _leaves(option)]
    return _leaves(shape.item) if shape.source == "list" and shape.item else [shape]


def _harmless(shape: Shape) -> bool:
    """Counts and text functions give exact results."""
    return shape.what in _EXACT


_EXACT = frozenset(
    f"the result of ${name}"
    for name in (
        "count",
        "length",
        "substring",
        "substringBefore",
        "substringAfter",
        "trim",
        "replace",
        "string",
        "match",
    )
)
_METHODS: Mapping[str, Callable[[_Inference, Tree, _Here], Shape]] = {
    **dict.fromkeys(("number", "string", "literal"), _Inference.constant),
    **dict.fromkeys(("wildcard", "descend", "parent"), _Inference.anything),
    "name": _Inference.name,
    "variable": _Inference.variable,
    "path": _Inference.path,
    "focus": _Inference.focus,
    "filter": _Inference.filter,
    "sort": _Inference.sort,
    "block": _Inference.block,
    "bind": _Inference.bind,
    "object": _Inference.object,
    "array": _Inference.array,
    "choice": _Inference.choice,
    "minus": _Inference.minus,
    "operator": _Inference.operator,
    "lambda": _Inference.lambda_,
    "call": _Inference.call,
}
