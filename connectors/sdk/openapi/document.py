"""An OpenAPI 3 document: its references followed, and a list of what can't be taken over, each with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sdk.wire import Json

__all__ = ["Document", "DocumentError", "place"]

_MOST_HOPS = 20


class DocumentError(ValueError):
    """Why nothing can be imported, in one sentence."""


@dataclass(slots=True)
class Document:
    """`raw` is the parsed document; `notes` collects (place, sentence) in the order they were met, each once."""

    raw: Mapping[str, Any]
    notes: dict[tuple[str, str], None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises `DocumentError` for anything but OpenAPI 3 with paths."""
        version = str(self.raw.get("openapi", "")) if isinstance(self.raw, Mapping) else ""
        if not version.startswith("3."):
            raise DocumentError("This is no OpenAPI 3 document: it does not begin with `openapi: 3…`.")
        if not isinstance(self.raw.get("paths"), Mapping) or not self.raw["paths"]:
            raise DocumentError("The document has no paths.")

    @property
    def title(self) -> str:
        info = self.raw.get("info")
        return str(info.get("title") or "") if isinstance(info, Mapping) else ""

    def note(self, where: str, sentence: str) -> None:
        self.notes.setdefault((where, sentence))

    def followed(self, node: Json, where: str) -> Mapping[str, Any]:
        """`node` with its reference followed, if it is one; {} with a note when it leads nowhere."""
        for _ in range(_MOST_HOPS):
            if not isinstance(node, Mapping):
                return {}
            if "$ref" not in node:
                return node
            node = self.target(str(node["$ref"]), where)
        self.note(where, "refers to itself")
        return {}

    def target(self, ref: str, where: str) -> Json:
        """What a reference inside this document means, or None with a note."""
        if not ref.startswith("#/"):
            self.note(where, f"refers to another document, {ref}")
            return None
        value: Json = self.raw
        for part in ref[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            if isinstance(value, Mapping) and name in value:
                value = value[name]
            elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            else:
                self.note(where, f"refers to {ref}, which isn't there")
                return None
        return value


def place(*parts: str) -> str:
    """A JSON pointer: `place("paths", "/orders", "get")` → "/paths/~1orders/get"."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)
