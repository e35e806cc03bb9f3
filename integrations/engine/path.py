"""Where a step stands in a run: node ids and loop keys, never a counter ("each_line[SKU-1]/create")."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

__all__ = ["Segment", "inside", "join", "parse", "place_of"]

_KEPT = " .,:;@+-_~=!*#&'()|"
"""What stays readable in a key beside letters and digits; the rest (brackets, slashes, controls) is percent-coded."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One level of a path: the node, and the item's key when the node is a loop we are inside of."""

    node: str
    key: str | None = None


def join(prefix: str, node: str) -> str:
    """The path of `node` under `prefix` ("" at the flow's own level)."""
    return f"{prefix}/{node}" if prefix else node


def inside(path: str, key: str) -> str:
    """The prefix of everything a loop at `path` does for the item `key`."""
    return f"{path}[{quote(key, safe=_KEPT)}]"


def parse(path: str) -> tuple[Segment, ...]:
    """The segments of a path; the inverse of `join` and `inside`."""
    return tuple(_segment(part) for part in path.split("/"))


def place_of(path: str) -> str:
    """Where in the plan a path stands: the path without keys, the same for every item ("each_line/create")."""
    return "/".join(segment.node for segment in parse(path))


def _segment(part: str) -> Segment:
    node, bracket, rest = part.partition("[")
    return Segment(node, unquote(rest.removesuffix("]")) if bracket else None)
