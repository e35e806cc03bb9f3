"""The form of mapping documents, as JSON Schema: what the visual mapper edits and `mapping.py` compiles."""

from typing import Any

__all__ = ["MAPPING_DEFS", "MAPPING_REF"]

_NODE = {"$ref": "#/$defs/mapNode"}
_TEXT = {"type": "string", "minLength": 1}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60}


def _kind(name: str, required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {
        "if": {"properties": {"kind": {"const": name}}},
        "then": {
            "required": list(required),
            "properties": {"kind": True, "note": {"type": "string"}, **properties},
            "additionalProperties": False,
        },
    }


_FIELD = {
    "type": "object",
    "required": ["key", "value"],
    "additionalProperties": False,
    "properties": {
        "key": _TEXT,
        "value": _NODE,
        "onMissing": {"enum": ["error", "omit", "null", "default"]},
        "default": True,
    },
}

MAPPING_REF = _NODE
"""Where a node's schema wants a mapping; the schema must carry `MAPPING_DEFS` under `$defs`."""

MAPPING_DEFS: dict[str, Any] = {
    "mapNode": {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"enum": ["object", "list", "static", "concat", "path", "const", "expr", "lookup"]}
        },
        "allOf": [
            _kind("object", ("fields",), fields={"type": "array", "items": _FIELD}),
            _kind(
                "list",
                ("from", "as", "item"),
                **{"from": _TEXT, "as": _NAME},
                filter=_TEXT,
                sort=_TEXT,
                item=_NODE,
            ),
            _kind("static", ("items",), items={"type": "array", "items": _NODE}),
            _kind("concat", ("parts",), parts={"type": "array", "items": _NODE}),
            _kind("path", ("path",), path=_TEXT),
            _kind("const", ("value",), value=True),
            _kind("expr", ("src",), src=_TEXT),
            _kind(
                "lookup",
                ("table", "keys", "column"),
                table=_NAME,
                keys={"type": "array", "minItems": 1, "items": _NODE},
                column=_TEXT,
                onMiss={"enum": ["error", "default"]},
                default=_NODE,
            ),
        ],
    },
}
