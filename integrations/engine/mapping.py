"""Mapping documents become JSONata: what is drawn field by field is carried out as one expression (frontend's mapper).

Kinds: object, list (for each `as` in `from`), static (fixed items), concat (lists joined), path, const, expr, lookup.
"""

import json
from collections.abc import Iterator, Mapping

from connectors.sdk.wire import Json
from integrations.engine.expressions.language import NAMES
from integrations.engine.expressions.template import escaped
from integrations.engine.findings import Findings

__all__ = ["check_mapping", "compile_mapping"]

_PARTS = {"static": "items", "concat": "parts"}
Place = str
"""A JSONata expression that gives the pointer of the value being made: `"/lines/" & $string($line_i) & "/sku"`."""


def compile_mapping(document: Mapping[str, Json]) -> str:
    """The JSONata source of a mapping document that satisfies its schema and was checked."""
    return _made(document, '""')


def _made(node: Mapping[str, Json], place: Place) -> str:
    """The source of one node. Pieces written by people are put in brackets with a line end, so none can reach out."""
    kind = node["kind"]
    if kind in ("path", "expr"):
        return _piece(_written(node))
    if kind == "const":
        return json.dumps(node["value"])
    makers = {"object": _object, "list": _list, "static": _static, "concat": _concat, "lookup": _lookup}
    return makers[kind](node, place)


def _written(node: Mapping[str, Json]) -> str:
    """What a person wrote in a path or an expression."""
    return str(node["path" if node["kind"] == "path" else "src"])


def _object(node: Mapping[str, Json], place: Place) -> str:
    fields = (f"{json.dumps(field['key'])}: {_field(field, place)}" for field in node["fields"])
    return "{" + ", ".join(fields) + "}"


def _field(field: Mapping[str, Json], place: Place) -> str:
    here = f"{place} & {json.dumps('/' + escaped(field['key']))}"
    made = _made(field["value"], here)
    policy = field.get("onMissing", "default" if "default" in field else "error")
    if policy == "omit" or field["value"]["kind"] in ("const", "object", "list", "static", "concat"):
        return made
    otherwise = {
        "error": f"$missing({here}, {json.dumps(_said(field['value']))})",
        "null": "null",
        "default": json.dumps(field.get("default")),
    }[policy]
    return f"($found := {made}; $exists($found) ? $found : {otherwise})"


def _list(node: Mapping[str, Json], place: Place) -> str:
    """The outer brackets keep a list a list: JSONata unwraps one item, and a missing source must give []."""
    name = node["as"]
    source = _piece(node["from"])
    if "filter" in node:
        source = f"$filter({source}, function(${name}, ${name}_i) {{ {_piece(node['filter'])} }})"
    if "sort" in node:
        key = f"function(${name}) {{ {_piece(node['sort'])} }}"
        source = f"$sort({source}, function($one, $other) {{ ({key})($one) > ({key})($other) }})"
    item = _made(node["item"], f'{place} & "/" & $string(${name}_i)')
    return f"[$map({source}, function(${name}, ${name}_i) {{ {item} }})]"


def _static(node: Mapping[str, Json], place: Place) -> str:
    return "[" + ", ".join(_made(item, place) for item in node["items"]) + "]"


def _concat(node: Mapping[str, Json], place: Place) -> str:
    """The parts as one list: brackets around lists would make a list of lists."""
    joined = "[]"
    for part in node["parts"]:
        joined = f"$append({joined}, {_made(part, place)})"
    return joined


def _lookup(node: Mapping[str, Json], place: Place) -> str:
    keys = ", ".join(_made(key, place) for key in node["keys"])
    default = ""
    if node.get("onMiss") == "default":
        default = f", {_made(node['default'], place)}" if "default" in node else ", null"
    return f"$lookupTable({json.dumps(node['table'])}, [{keys}], {json.dumps(node['column'])}{default})"


def _piece(source: str) -> str:
    return f"({source}\n)"


def _said(value: Mapping[str, Json]) -> str:
    """What a person reads of where the value should have come from."""
    return str(value.get("path") or value.get("src") or value.get("table") or "")


def check_mapping(document: Mapping[str, Json], pointer: str, findings: Findings) -> None:
    """Check every piece people wrote, where it stands, with the names its lists bind."""
    _check(document, pointer, findings, NAMES)


def _check(node: Mapping[str, Json], pointer: str, findings: Findings, names: tuple[str, ...]) -> None:
    if node["kind"] in ("path", "expr"):
        which = "path" if node["kind"] == "path" else "src"
        findings.expression(node[which], f"{pointer}/{which}", names=names)
    elif node["kind"] == "list":
        _check_list(node, pointer, findings, names)
    elif node["kind"] == "lookup":
        findings.tables.add(node["table"])
    for below, part in _parts(node):
        _check(part, f"{pointer}{below}", findings, names)


def _parts(node: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """(pointer, node) of what a node holds, a list's items left out."""
    if node["kind"] == "object":
        yield from ((f"/fields/{at}/value", field["value"]) for at, field in enumerate(node["fields"]))
    if node["kind"] in _PARTS:
        which = _PARTS[node["kind"]]
        yield from ((f"/{which}/{at}", part) for at, part in enumerate(node[which]))
    if node["kind"] == "lookup":
        yield from ((f"/keys/{at}", key) for at, key in enumerate(node["keys"]))
        if "default" in node:
            yield "/default", node["default"]


def _check_list(node: Mapping[str, Json], pointer: str, findings: Findings, names: tuple[str, ...]) -> None:
    name = node["as"]
    findings.expression(node["from"], f"{pointer}/from", names=names)
    inside = (*names, name, f"{name}_i")
    for part in ("filter", "sort"):
        if part in node:
            findings.expression(node[part], f"{pointer}/{part}", names=inside)
    if name in NAMES:
        message = f"${name} has a meaning already; call the item something else."
        findings.add("mapping_name_taken", message, f"{pointer}/as", name=name)
    _check(node["item"], f"{pointer}/item", findings, inside)
