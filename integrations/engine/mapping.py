"""Mapping documents become JSONata: what is drawn field by field is carried out as one expression (frontend's mapper).

Kinds: object, list (for each `as` in `from`), static (fixed items), concat (lists joined), path, const, expr, lookup.
"""

import json
from collections.abc import Iterator, Mapping

from connectors.sdk.wire import Json
from integrations.engine.by_page import over_items
from integrations.engine.expressions.functions import FUNCTIONS
from integrations.engine.expressions.language import NAMES
from integrations.engine.expressions.syntax import NotUnderstood, parse
from integrations.engine.expressions.template import escaped
from integrations.engine.findings import Findings

__all__ = ["check_mapping", "compile_mapping", "paged_lists"]

_PARTS = {"static": "items", "concat": "parts"}
Place = str
"""A JSONata expression that gives the pointer of the value being made: `"/lines/" & $string($line_i) & "/sku"`."""


def compile_mapping(document: Mapping[str, Json]) -> str:
    """The JSONata source of a mapping document that satisfies its schema and was checked."""
    return _made(document, '""')


def paged_lists(document: Mapping[str, Json]) -> dict[str, Json]:
    """How the mapping's lists are made a page at a time, for lists that are too long to be made at once.

    `lists` of {at (keys from the top), from, item, passes}: `from` gives the items, filtered only when they are sorted as
    well; `passes` (or "") says of every item of a page whether it stays; `item` makes the page's items out of what stayed.
    `rest` is everything around them, null where they belong ("" = nothing is). Lists of anything but objects, and those
    inside others, are made as part of what they lie in.
    """
    lists: list[Json] = []
    rest = _without_lists(document, (), lists)
    if not lists:
        return {}
    return {"lists": lists, "rest": compile_mapping(rest) if document["kind"] == "object" else ""}


def _without_lists(node: Mapping[str, Json], at: tuple[str, ...], lists: list[Json]) -> Mapping[str, Json]:
    if node["kind"] == "list" and node["item"]["kind"] == "object":
        lists.append({"at": list(at), **_paged(node, json.dumps("".join(f"/{escaped(key)}" for key in at)))})
        return {"kind": "const", "value": None}
    if node["kind"] != "object":
        return node
    fields = [
        {**field, "value": _without_lists(field["value"], (*at, field["key"]), lists)}
        for field in node["fields"]
    ]
    return {**node, "fields": fields}


def _paged(node: Mapping[str, Json], place: Place) -> Mapping[str, Json]:
    name = node["as"]
    item = _made(node["item"], f'{place} & "/" & $string(${name}_i)')
    passes = f"$boolean({_piece(node['filter'])}) ? true : false" if "filter" in node else ""
    sorts = "sort" in node
    return {
        "from": _source(node) if sorts else node["from"],
        "passes": over_items(name, passes) if passes and not sorts else "",
        "item": over_items(name, item),
    }


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
    if policy == "omit" or _is_always_there(field["value"]):
        return made
    otherwise = {
        "error": f"$missing({here}, {json.dumps(_said(field['value']))})",
        "null": "null",
        "default": json.dumps(field.get("default")),
    }[policy]
    return f"($found := {made}; $exists($found) ? $found : {otherwise})"


def _is_always_there(node: Mapping[str, Json]) -> bool:
    """It finds something or fails, so that nothing need be done about nothing: a made value, joined text, an amount."""
    if node["kind"] != "expr":
        return node["kind"] in ("const", "object", "list", "static", "concat")
    try:
        tree = parse(node["src"])
    except NotUnderstood:
        return False
    if tree.kind == "call" and tree.parts[0].kind == "variable":
        function = FUNCTIONS.get(str(tree.parts[0].value))
        return function is not None and function.returns in ("decimal", "money")
    return tree.kind == "operator" and tree.value == "&"


def _list(node: Mapping[str, Json], place: Place) -> str:
    """The outer brackets keep a list a list: JSONata unwraps one item, and a missing source must give []."""
    name = node["as"]
    item = _made(node["item"], f'{place} & "/" & $string(${name}_i)')
    return f"[$map({_source(node)}, function(${name}, ${name}_i) {{ {item} }})]"


def _source(node: Mapping[str, Json]) -> str:
    """The items of a list, filtered and sorted."""
    name = node["as"]
    source = _piece(node["from"])
    if "filter" in node:
        source = f"$filter({source}, function(${name}, ${name}_i) {{ {_piece(node['filter'])} }})"
    if "sort" in node:
        key = f"function(${name}) {{ {_piece(node['sort'])} }}"
        source = f"$sort({source}, function($one, $other) {{ ({key})($one) > ({key})($other) }})"
    return source


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
