"""How big a run may get: every limit of the engine in one place, each with the failure people see when it is met."""

from dataclasses import dataclass

from connectors.sdk.errors import Data

__all__ = ["LIMITS", "Limits", "over_limit"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one flow and one run may use. Sizes are bytes of JSON, times seconds."""

    nodes: int = 500
    """Nodes in a flow, bodies included."""
    all_nodes: int = 2_000
    """Nodes in a flow and the flows it calls, each counted as often as it is called."""
    depth: int = 8
    """Containers inside containers, in one flow."""
    calls: int = 8
    """Flows that call flows."""
    steps: int = 50_000
    """Steps carried out in one turn of a run, each loop item's counted."""
    items: int = 10_000
    """Items of one loop."""
    long_items: int = 10_000_000
    """Items of a list that is kept in pages."""
    page: int = 500
    """Items of a list that one evaluation goes through: the limits of expressions hold for so many at a time."""
    page_bytes: int = 256_000
    """A stored page of a list: no more items are put into it once it has so many."""
    whole_bytes: int = 2_000_000
    """A list that came in pages is given whole when it has no more than this, and no more items than a loop takes."""
    nesting: int = 500
    """Objects and lists inside each other in one step's output."""
    output: int = 8_000_000
    """One step's output."""
    expression_source: int = 20_000
    """Characters of one expression."""
    expression_seconds: float = 0.5
    expression_depth: int = 200
    expression_steps: int = 2_000_000
    expression_array: int = 20_000
    expression_string: int = 2_000_000
    expression_result: int = 8_000_000
    numeric_digits: int = 60
    """Digits of one decimal, before and after the point together."""


LIMITS = Limits()


def over_limit(what: str, *, limit: float, found: float | None = None) -> Data:
    """The failure for something too big; `what` names it in the plural, as in "loop items"."""
    seen = "" if found is None else f" This run needed {found:g}."
    return Data(
        f"Too many or too much: the limit for {what} is {limit:g}.{seen}",
        code="limit",
        info={"what": what, "limit": limit, "found": found},
    )
