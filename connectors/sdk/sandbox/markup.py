"""Small pieces of HTML, always escaped."""

import html
from collections.abc import Iterable, Sequence

from connectors.sdk.sandbox.simulator import Summary, Table
from connectors.sdk.wire import Json

__all__ = ["badge", "icon", "options", "short_path", "summary", "text", "tree"]

LONG_KEY = 24


def text(value: object) -> str:
    """A value as text that is safe between tags and in quoted attributes."""
    return html.escape("" if value is None else str(value), quote=True)


def icon(name: str) -> str:
    return f'<svg class="i" aria-hidden="true"><use href="#i-{text(name)}"/></svg>'


def badge(word: str, symbol: str, tone: str = "") -> str:
    """A state: icon and word, then colour."""
    return f'<span class="st {text(tone)}">{icon(symbol)} {text(word)}</span>'


def options(choices: Iterable[tuple[str, str]], chosen: str = "") -> str:
    """The options of a select from (value, title)."""
    return "".join(
        f'<option value="{text(value)}"{" selected" if value == chosen else ""}>{text(title)}</option>'
        for value, title in choices
    )


def short_path(path: str) -> str:
    """A path without its query, long keys cut to their last characters."""
    parts = path.partition("?")[0].split("/")
    return "/".join(f"…{part[-6:]}" if len(part) > LONG_KEY else part for part in parts)


def summary(record: Summary) -> str:
    """A record for people."""
    facts = "".join(f"<dt>{text(label)}</dt><dd>{text(value)}</dd>" for label, value in record.facts if value)
    lines = _table(record.lines) if record.lines else ""
    return f'<h3>{text(record.title)}</h3><dl class="kv">{facts}</dl>{lines}'


def _table(table: Table) -> str:
    last = len(table.head) - 2
    head = "".join(_cell("th", name, number=number >= last) for number, name in enumerate(table.head))
    rows = "".join(f"<tr>{_cells(row, last)}</tr>" for row in table.rows)
    foot = "".join(
        f'<tr><th scope="row" class="r" colspan="{len(table.head) - 1}">{text(title)}</th>{_cell("td", value, number=True)}</tr>'
        for title, value in table.foot
    )
    return f'<table class="lines"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody><tfoot>{foot}</tfoot></table>'


def _cells(row: Sequence[str], last: int) -> str:
    return "".join(_cell("td", value, number=number >= last) for number, value in enumerate(row))


def _cell(tag: str, value: str, *, number: bool) -> str:
    return f"<{tag}{' class=' + chr(34) + 'r num' + chr(34) if number else ''}>{text(value)}</{tag}>"


def tree(value: Json, name: str = "") -> str:
    """A JSON value as nested lists, for reading."""
    label = f'<span class="k">{text(name)}</span> ' if name else ""
    if isinstance(value, dict):
        inner = "".join(f"<li>{tree(item, key)}</li>" for key, item in value.items())
        return (
            f'{label}<span class="p">{len(value)} fields</span><ul>{inner}</ul>'
            if name
            else f"<ul>{inner}</ul>"
        )
    if isinstance(value, list):
        inner = "".join(f"<li>{tree(item)}</li>" for item in value)
        return f'{label}<span class="p">{len(value)} items</span><ul>{inner}</ul>'
    if isinstance(value, str):
        return f'{label}<span class="s">"{text(value)}"</span>'
    words = {"None": "null", "True": "true", "False": "false"}
    return f'{label}<span class="n">{text(words.get(str(value), value))}</span>'
