"""Reads a rendered page as a browser with a strict policy would: what is inline, and how the page is built."""

from html.parser import HTMLParser

__all__ = ["Markup", "read"]

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_SELF_CLOSED = frozenset({"path", "rect", "line", "circle"})


class Markup(HTMLParser):
    """`inline` lists what a strict policy refuses, `unlabelled` the inputs without a name for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.inputs: list[dict[str, str]] = []
        self.links: list[str] = []
        self._in_label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        self.inline += [
            f"{tag} {value[:40]}"
            for value in given.values()
            if value.strip().lower().startswith("javascript:")
        ]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.inline.append(f"<{tag}>")
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "label":
            self.labels.add(given.get("for", ""))
        if (
            tag in {"input", "select", "textarea"}
            and given.get("type") not in {"hidden", "submit"}
            and "hidden" not in given
        ):
            self.inputs.append(given | {"in_label": "label" if "label" in self.open else ""})
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag not in _VOID and tag not in _SELF_CLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SELF_CLOSED:
            return
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif not (tag == "p" and tag not in self.open):
            self.unbalanced.append(f"</{tag}> in {self.open[-3:]} at {self.getpos()}")

    @property
    def unlabelled(self) -> list[str]:
        """Names of inputs that nothing calls by a name."""
        return [
            one.get("name", "?")
            for one in self.inputs
            if one.get("id", "") not in self.labels and not one.get("aria-label") and not one["in_label"]
        ]


def read(html: str) -> Markup:
    """Parse a page."""
    page = Markup()
    page.feed(html)
    page.close()
    return page
