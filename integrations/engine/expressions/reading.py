"""What an expression reads, calls and asks for, found in its tree: for the compiler's checks and for lineage."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from integrations.engine.expressions.syntax import Tree

__all__ = ["Call", "Reading", "Use", "head", "read"]


@dataclass(frozen=True, slots=True)
class Use:
    """A name that isn't bound by the expression itself. `first`: the name right after it ("deal" in `$steps.deal`),
    "" when there is none that can be told by reading."""

    name: str
    first: str
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a named function; `tree` is the call with its arguments."""

    name: str
    tree: Tree


@dataclass(slots=True)
class Reading:
    """What was found, in reading order. `rootless` are the places of names that stand on nothing (`total` for
    `$event.total`); `ranges` are the range operators."""

    uses: list[Use] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    ranges: list[Tree] = field(default_factory=list)
    rootless: list[Tree] = field(default_factory=list)

    def names(self) -> set[str]:
        return {use.name for use in self.uses}

    def firsts(self, name: str) -> Iterator[Use]:
        """The uses of one name."""
        return (use for use in self.uses if use.name == name)


def read(tree: Tree) -> Reading:
    """Read a whole expression."""
    reader = _Reader(Reading())
    reader.visit(tree, frozenset(), rooted=False)
    return reader.found


def head(tree: Tree) -> Tree:
    """What a path step is about, without its filters and focus."""
    while tree.kind in ("filter", "focus", "sort", "group"):
        tree = tree.parts[0]
    return tree


class _Reader:
    """Visits each node once. `bound` are the names the expression has bound so far; `rooted` says there is a context."""

    def __init__(self, found: Reading) -> None:
        self.found = found

    def visit(self, tree: Tree, bound: frozenset[str], *, rooted: bool) -> None:
        match tree.kind:
            case "variable":
                self._variable(tree, "", bound, rooted=rooted)
            case "name" | "wildcard" | "descend" | "parent":
                if not rooted:
                    self.found.rootless.append(tree)
            case "path":
                self._path(tree, bound, rooted=rooted)
            case "block":
                self._block(tree, bound, rooted=rooted)
            case "lambda":
                self.visit(tree.parts[0], bound | set(tree.value), rooted=rooted)
            case _:
                self._others(tree, bound, rooted=rooted)

    def _others(self, tree: Tree, bound: frozenset[str], *, rooted: bool) -> None:
        match tree.kind:
            case "call" | "partial":
                self._call(tree, bound, rooted=rooted)
            case "filter" | "group" | "sort" | "transform":
                self.visit(tree.parts[0], bound, rooted=rooted)
                for part in tree.parts[1:]:
                    self.visit(part, bound, rooted=True)
            case "operator" if tree.value == "..":
                self.found.ranges.append(tree)
                self._each(tree.parts, bound, rooted=rooted)
            case "operator" if tree.value == "~>" and tree.parts[1].kind == "variable":
                self._named(tree.parts[1].value, Tree("call", tree.position, parts=tree.parts[::-1]), bound)
                self.visit(tree.parts[0], bound, rooted=rooted)
            case "focus":
                self.visit(tree.parts[0], bound, rooted=rooted)
            case _:
                self._each(tree.parts, bound, rooted=rooted)

    def _each(self, parts: tuple[Tree, ...], bound: frozenset[str], *, rooted: bool) -> None:
        for part in parts:
            self.visit(part, bound, rooted=rooted)

    def _path(self, tree: Tree, bound: frozenset[str], *, rooted: bool) -> None:
        left, right = tree.parts
        focused = bound | _focused(left)
        if left.kind == "variable":
            after = head(right)
            self._variable(
                left, after.value if after.kind in ("name", "string") else "", bound, rooted=rooted
            )
        elif left.kind != "string" or rooted:
            self.visit(left, bound, rooted=rooted)
        self.visit(right, focused, rooted=True)

    def _block(self, tree: Tree, bound: frozenset[str], *, rooted: bool) -> None:
        for part in tree.parts:
            if part.kind == "bind":
                name, value = part.parts
                within = bound | {name.value} if value.kind == "lambda" else bound
                self.visit(value, within, rooted=rooted)
                bound = bound | {name.value}
            else:
                self.visit(part, bound, rooted=rooted)

    def _call(self, tree: Tree, bound: frozenset[str], *, rooted: bool) -> None:
        called, *arguments = tree.parts
        if called.kind == "variable":
            self._named(called.value, tree, bound)
        else:
            self.visit(called, bound, rooted=rooted)
        self._each(tuple(arguments), bound, rooted=rooted)

    def _named(self, name: str, tree: Tree, bound: frozenset[str]) -> None:
        if name not in bound:
            self.found.calls.append(Call(name, tree))

    def _variable(self, tree: Tree, first: str, bound: frozenset[str], *, rooted: bool) -> None:
        if tree.value in ("", "$"):
            if not rooted or tree.value == "$":
                self.found.rootless.append(tree)
        elif tree.value not in bound:
            self.found.uses.append(Use(tree.value, first, tree.position))


def _focused(tree: Tree) -> frozenset[str]:
    """The variables `@$x` and `#$i` bind for what follows in the path."""
    return frozenset(
        part.parts[1].value
        for part in tree.walk()
        if part.kind == "focus" and part.parts[1].kind == "variable"
    )
