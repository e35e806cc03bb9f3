"""Template tags of the admin pages: icons, marks and pretty JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.safestring import SafeString

from integrations.console import marks
from integrations.console.json_text import pretty
from integrations.console.names import operation_title
from integrations.console.navigation import title_of

register = template.Library()

register.simple_tag(marks.icon, name="icon")
register.filter("instant", marks.instant)
register.filter("ago", marks.ago)
register.filter("duration", marks.duration)
register.simple_tag(marks.money, name="money")
register.filter("badge", marks.badge)
register.filter("mark", marks.status)
register.filter("short", marks.short)
register.filter("operation", operation_title)


@register.filter("cell_name")
def cell_name(column: str) -> str:
    """The name of a form field that holds a column's value."""
    return f"cell-{column}"


@register.filter("cell_text")
def cell_text(value: Any) -> str:
    """A typed value as a mapping table's cell shows it."""
    return (
        {True: "yes", False: "no"}[value] if isinstance(value, bool) else "" if value is None else str(value)
    )


@register.filter("moment")
def moment(text: str) -> SafeString:
    """An instant kept as ISO 8601 text."""
    return marks.instant(datetime.fromisoformat(text))


@register.filter("clock")
def clock(instant: datetime) -> str:
    """`14:02:11` in the company's time zone."""
    return f"{marks.local(instant):%H:%M:%S}"


@register.filter("unlocalised")
def unlocalised(number: float) -> str:
    """A number for an SVG attribute: a point, whatever the language."""
    return f"{number:g}"


@register.filter("list_title")
def list_title(opts: Any) -> str:
    """A model's list by the name the sidebar gives it."""
    return title_of(opts.label) or str(opts.verbose_name_plural).capitalize()


@register.filter("json")
def pretty_json(value: Any) -> SafeString:
    """A JSON value as indented, coloured, escaped text."""
    return pretty(value)


@register.filter("item")
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """`{{ errors|item:name }}`."""
    return mapping.get(key, "")


@register.filter("at")
def at(items: Sequence[Any], place: int) -> Any:
    """`{{ columns|at:forloop.counter0 }}`; "" beyond the end."""
    return items[place] if place < len(items) else ""
