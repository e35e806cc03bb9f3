"""What a bundle is, as values: a manifest, flows with their layout, mapping tables, tests and set-up questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.sdk.wire import Json
from designer.bundles.canonical import json_bytes, ndjson_bytes, sha256

__all__ = [
    "FORMAT",
    "READABLE",
    "Bundle",
    "BundleRefused",
    "Issue",
    "Requires",
    "Table",
    "content_hash",
    "manifest_of",
]

FORMAT = 1
READABLE = range(1, 2)
"""The formats this version reads."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong: in which file (or for which question), where in it, and a sentence."""

    file: str
    pointer: str
    code: str
    message: str

    def to_json(self) -> dict[str, str]:
        return {"file": self.file, "pointer": self.pointer, "code": self.code, "message": self.message}


class BundleRefused(Exception):  # noqa: N818 - named by what happened
    """A bundle that can't be read or installed; `issues` holds every reason."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(" ".join(issue.message for issue in issues))
        self.issues = tuple(issues)


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping table: `schema` holds key, name, columns, class and miss policy; `rows` only what is configuration."""

    schema: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Requires:
    """What the target must have. `connectors`: [{key, versions, operations, triggers}]; `slots`: [{key, connector}];
    `variables`: [{key, type, required}]; `tables`: [{key, columns}]."""

    connectors: tuple[Mapping[str, Any], ...] = ()
    slots: tuple[Mapping[str, Any], ...] = ()
    variables: tuple[Mapping[str, Any], ...] = ()
    tables: tuple[Mapping[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "connectors": [dict(one) for one in self.connectors],
            "slots": [dict(one) for one in self.slots],
            "variables": [dict(one) for one in self.variables],
            "tables": [dict(one) for one in self.tables],
        }


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything in it, checked. Holds no ids, no secrets and nothing of an environment."""

    key: str
    title: str
    description: str
    requires: Requires
    flows: Mapping[str, Json]
    layouts: Mapping[str, Json] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    tests: Mapping[str, Json] = field(default_factory=dict)
    questions: tuple[Mapping[str, Any], ...] = ()

    def files(self) -> dict[str, bytes]:
        """Every file but the manifest, canonical, by path."""
        files = {f"flows/{key}.json": json_bytes(graph) for key, graph in self.flows.items()}
        files |= {f"flows/{key}.layout.json": json_bytes(layout) for key, layout in self.layouts.items()}
        for key, table in self.tables.items():
            files[f"tables/{key}.schema.json"] = json_bytes(dict(table.schema))
            if table.rows:
                files[f"tables/{key}.rows.ndjson"] = ndjson_bytes(dict(row) for row in table.rows)
        files |= {f"tests/{name}.json": json_bytes(test) for name, test in self.tests.items()}
        if self.questions:
            files["setup.json"] = json_bytes({"questions": [dict(one) for one in self.questions]})
        return dict(sorted(files.items()))


def manifest_of(bundle: Bundle) -> dict[str, Any]:
    """The manifest: what the bundle is, what it needs, and the hash of every file and of the whole."""
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "key": bundle.key,
        "title": bundle.title,
        "description": bundle.description,
        "items": [{"path": path, "sha256": sha256(content)} for path, content in bundle.files().items()],
        "requires": bundle.requires.to_json(),
    }
    return {**manifest, "content_hash": content_hash(manifest)}


def content_hash(manifest: Mapping[str, Any]) -> str:
    """What stands for the whole bundle: the hash of the manifest without this hash."""
    meaning = {name: value for name, value in manifest.items() if name != "content_hash"}
    return sha256(json_bytes(meaning))
