"""JSON for people: indented, coloured by kind, escaped, without secrets, and cut where it gets too long to read."""

import json
import re
from collections.abc import Iterator

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from connectors.sdk.redact import Redactor
from connectors.sdk.wire import Json
from integrations.lists.reading import readable
from integrations.payloads.codec import instead

__all__ = ["LONGEST", "pretty"]

LONGEST = 20_000
"""Characters shown of one value."""
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)')
_BY_NAME = Redactor()


def pretty(value: Json) -> SafeString:
    """A `<pre>`; fields named like a secret are shown as `***` whatever they hold."""
    gone = instead(value)
    if gone:
        return format_html('<p class="pad t3">{}</p>', gone)
    text = json.dumps(_BY_NAME.json(readable(value)), indent=2, ensure_ascii=False)
    cut = text[:LONGEST]
    rest = "" if len(text) <= LONGEST else f"\n… {len(text) - LONGEST:,} more characters"
    return format_html('<pre class="json">{}{}</pre>', format_html_join("", "{}", _coloured(cut)), rest)


def _coloured(text: str) -> Iterator[tuple[SafeString | str]]:
    done = 0
    for found in _TOKEN.finditer(text):
        yield (text[done : found.start()],)
        string, colon, number, _word = found.groups()
        kind = "k" if colon else "s" if string else "n" if number else "w"
        yield (format_html('<span class="{}">{}</span>{}', kind, string or found.group(), colon or ""),)
        done = found.end()
    yield (text[done:],)
