"""Look-ups of one run's turn: a list's items ask for the same few rows again and again."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from connectors.sdk.wire import Json

__all__ = ["Remembered"]

Read = Callable[[str, Sequence[Json], str], Json]

_KEPT_FOR = 1.0  # seconds: as long as a table's revision is believed
_KEPT = 20_000  # values

_UNKNOWN: Final = object()


class Remembered:
    """Reads through `read`, and answers from memory what one text was looked up for within the last second.

    Only what was found is kept: a missing row is looked for anew each time.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._values: dict[tuple[str, str, str], Json] = {}
        self._until = 0.0

    def __call__(self, table: str, key: Sequence[Json], column: str) -> Json:
        text = key[0] if len(key) == 1 else None
        if type(text) is not str:
            return self._read(table, key, column)
        if time.monotonic() > self._until or len(self._values) >= _KEPT:
            self._values, self._until = {}, time.monotonic() + _KEPT_FOR
        place = (table, text, column)
        found = self._values.get(place, _UNKNOWN)
        if found is _UNKNOWN:
            found = self._values[place] = self._read(table, key, column)
        return found
