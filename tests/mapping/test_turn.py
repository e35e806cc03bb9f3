"""Look-ups of one turn: the same text is looked up once, whatever is missing or no single text each time."""

from collections.abc import Sequence

import pytest

from connectors.sdk.errors import TableMiss
from connectors.sdk.wire import Json
from integrations.mapping.turn import Remembered


class Table:
    """Gives what is in `rows`, and keeps what it was asked."""

    def __init__(self, **rows: str) -> None:
        self.rows = rows
        self.asked: list[Sequence[Json]] = []

    def read(self, table: str, key: Sequence[Json], column: str) -> Json:
        self.asked.append(key)
        if str(key[0]) not in self.rows:
            raise TableMiss(f"No row for {key}.", info={"table": table, "column": column})
        return self.rows[str(key[0])]


def test_one_text_is_looked_up_once() -> None:
    table = Table(a="1", b="2")
    remembered = Remembered(table.read)
    assert [remembered("t", [key], "c") for key in "abab"] == ["1", "2", "1", "2"]
    assert table.asked == [["a"], ["b"]]


def test_another_column_and_another_table_are_looked_up_for_themselves() -> None:
    table = Table(a="1")
    remembered = Remembered(table.read)
    for where in (("t", "c"), ("t", "d"), ("u", "c")):
        assert remembered(where[0], ["a"], where[1]) == "1"
    assert len(table.asked) == 3


def test_a_row_that_was_missing_is_found_once_it_is_there() -> None:
    table = Table()
    remembered = Remembered(table.read)
    with pytest.raises(TableMiss):
        remembered("t", ["a"], "c")
    table.rows["a"] = "1"
    assert remembered("t", ["a"], "c") == "1"


@pytest.mark.parametrize("key", [[1], [True], ["a", "b"]])
def test_what_is_no_single_text_is_read_each_time(key: list[Json]) -> None:
    """1, 1.0 and true are the same to a dictionary, but not to a table."""
    table = Table(**{"1": "one", "True": "yes", "a": "both"})
    remembered = Remembered(table.read)
    remembered("t", key, "c")
    remembered("t", key, "c")
    assert len(table.asked) == 2
