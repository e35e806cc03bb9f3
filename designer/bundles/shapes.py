"""JSON Schemas of a bundle's files. A key that isn't described is refused, so that nothing is carried along unseen."""

from functools import cache
from typing import Any

from connectors.sdk.validation import Validator
from integrations.engine.compiler import graph_schema

__all__ = ["findings", "kind_of"]

_KEY = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$", "maxLength": 80}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 2000}
_SHA = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_DAY = {"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_POINT = {"x": {"type": "number"}, "y": {"type": "number"}, "w": {"type": "number"}, "h": {"type": "number"}}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    properties = {**required, **(optional or {})}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(required),
        "properties": properties,
    }


def _list(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


_MANIFEST = _object(
    {
        "format": {"type": "integer", "minimum": 1},
        "key": _KEY,
        "title": _TEXT,
        "description": {"type": "string", "maxLength": 2000},
        "content_hash": _SHA,
        "items": _list(_object({"path": {"type": "string"}, "sha256": _SHA})),
        "requires": _object(
            {
                "connectors": _list(
                    _object(
                        {"key": _KEY, "versions": {"type": "string"}},
                        {"operations": _list({"type": "string"}), "triggers": _list({"type": "string"})},
                    )
                ),
                "slots": _list(_object({"key": _KEY, "connector": {"type": "string"}})),
                "variables": _list(
                    _object({"key": _KEY, "type": {"type": "string"}, "required": {"type": "boolean"}})
                ),
                "tables": _list(_object({"key": _KEY, "columns": _list({"type": "string"})})),
            }
        ),
    }
)
_TABLE = _object(
    {
        "key": _KEY,
        "name": _TEXT,
        "class": {"enum": ["configuration", "environment", "runtime"]},
        "columns": {
            "type": "array",
            "minItems": 1,
            "items": _object(
                {
                    "key": _KEY,
                    "title": _TEXT,
                    "type": {"enum": ["text", "number", "decimal", "boolean", "date"]},
                    "is_key": {"type": "boolean"},
                }
            ),
        },
        "miss_policy": {"enum": ["error", "default", "hold"]},
    },
    {"description": {"type": "string"}, "default": {"type": ["object", "null"]}},
)
_ROWS = _list(_object({"values": {"type": "object"}}, {"valid_from": _DAY, "valid_to": _DAY}))
_LAYOUT = _object(
    {},
    {
        "nodes": {
            "type": "object",
            "additionalProperties": _object(
                {"x": _POINT["x"], "y": _POINT["y"]}, {"w": _POINT["w"], "h": _POINT["h"]}
            ),
        },
        "notes": {
            "type": "object",
            "additionalProperties": _object(
                {"text": {"type": "string"}, "x": _POINT["x"], "y": _POINT["y"]},
                {"w": _POINT["w"], "h": _POINT["h"]},
            ),
        },
    },
)
_WRITES = {
    "oneOf": [
        _object({"to": {"const": "slot"}, "slot": _KEY}),
        _object({"to": {"const": "variable"}, "variable": _KEY}),
        _object({"to": {"const": "flow"}, "flow": _KEY, "pointer": {"type": "string", "pattern": "^/"}}),
    ]
}
_SETUP = _object(
    {
        "questions": _list(
            _object(
                {
                    "key": _KEY,
                    "title": _TEXT,
                    "type": {"enum": ["connection", "choice", "option", "text", "time_zone"]},
                    "writes": _WRITES,
                },
                {
                    "help": {"type": "string"},
                    "connector": {"type": "string"},
                    "options": {"type": "string"},
                    "choices": _list(_object({"value": {"type": "string"}, "label": _TEXT})),
                    "default": {"type": "string"},
                },
            )
        )
    }
)
_TEST = _object(
    {"title": _TEXT, "flow": _KEY, "event": {}, "expect": {"type": "object"}},
    {"now": {"type": "string"}, "variables": {"type": "object"}, "replies": {"type": "object"}},
)
_BY_KIND: dict[str, Any] = {
    "manifest": _MANIFEST,
    "layout": _LAYOUT,
    "table": _TABLE,
    "rows": _ROWS,
    "setup": _SETUP,
    "test": _TEST,
}


def kind_of(path: str) -> tuple[str, str]:
    """(kind, key) of a file by its path; ("", "") for one that doesn't belong in a bundle."""
    folder, _, name = path.rpartition("/")
    endings = {
        "": {"setup.json": "setup"},
        "flows": {".layout.json": "layout", ".json": "flow"},
        "tables": {".schema.json": "table", ".rows.ndjson": "rows"},
        "tests": {".json": "test"},
    }.get(folder, {})
    for ending, kind in endings.items():
        key = name.removesuffix(ending)
        if name.endswith(ending) and (not folder or _is_key(key)):
            return kind, key
    return "", ""


def findings(kind: str, value: Any) -> list[tuple[str, str]]:
    """(pointer, sentence) of everything that is wrong with a file's content."""
    return _validator(kind).findings(value)


@cache
def _validator(kind: str) -> Validator:
    return Validator(graph_schema() if kind == "flow" else _BY_KIND[kind])


def _is_key(key: str) -> bool:
    return bool(key) and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in key)
