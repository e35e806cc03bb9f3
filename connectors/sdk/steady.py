"""Reading a list by page numbers while it changes: what moves up from one page to the one before is not missed.

When a record of a page already read goes away, the next page's first records move up into it. So each page is read together
with the one before it, the later one first; what is seen twice is known by its version.
"""

from collections.abc import Callable, Sequence

from connectors.sdk.wire import Json

__all__ = ["steady_page"]


def steady_page(
    read: Callable[[int], Sequence[Json]], page: int, first: int
) -> tuple[Sequence[Json], list[Json]]:
    """The records of `page`, and those of the page before it as it is now (none for the first page)."""
    here = read(page)
    before = list(read(page - 1)) if page > first else []
    return here, before
