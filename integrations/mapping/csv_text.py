"""How a mapping table's cells and headings are spelled in CSV, so that spreadsheets don't run what people typed."""

import csv
import re
from collections.abc import Mapping, Sequence

from connectors.sdk.wire import Json
from integrations.mapping.values import written

__all__ = ["FROM", "TO", "cell_text", "dialect_of", "headings", "plain_cell"]

FROM, TO = "valid from", "valid to"
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[\d.]+\Z")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def headings(columns: Sequence[Mapping[str, Json]]) -> dict[str, str]:
    """Heading by column key: the titles, or the keys where two titles would be the same."""
    keys = [str(column["key"]) for column in columns]
    titles = [str(column.get("title") or column["key"]).strip() for column in columns]
    spelled = [title.casefold() for title in titles]
    clear = len(set(spelled)) == len(spelled) and not {FROM, TO} & set(spelled)
    return dict(zip(keys, titles if clear else keys, strict=True))


def cell_text(value: Json) -> str:
    """A value as a cell. Text that a spreadsheet would run as a formula gets an apostrophe, as spreadsheets do."""
    text = written(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def plain_cell(text: str) -> str:
    """The inverse of `cell_text`."""
    return text[1:] if _GUARDED.match(text) else text


def dialect_of(text: str) -> type[csv.Dialect]:
    """Comma, semicolon or tab, whichever the heading line holds most of."""
    head = text.lstrip("\ufeff").partition("\n")[0]

    class Found(csv.excel):
        delimiter = max(",;\t", key=head.count)
        strict = True

    return Found
