"""OpenAPI schemas as JSON Schema 2020-12: references put in place, cycles cut, `nullable` and old bounds in today's words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from connectors.sdk.openapi.document import Document
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Schema

__all__ = ["MONEY", "Converter"]

MONEY = re.compile(r"(amount|price|total|quantity|rate)$")
_DECIMAL: Schema = {
    "type": "string",
    "format": "decimal",
    "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
    "x-decimal": True,
}
_PLAIN = (
    "type", "enum", "const", "default", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "minItems",
    "maxItems", "uniqueItems", "minProperties", "maxProperties",
)  # fmt: skip
_FORMATS = frozenset({"date", "date-time", "email", "uri", "uuid", "time"})
_NESTED = frozenset({"$ref", "properties", "items", "allOf", "oneOf", "anyOf"})
_DEEPEST = 8
_LARGEST = 150
"""Objects and lists inside one schema: enough to map by, small enough to show."""


@dataclass(slots=True)
class Converter:
    """Converts one schema of `document`. `side`: what only an answer has is left out of an input, and the other way round.

    `decimals` are the names of the properties that became decimal texts. Use one for each schema.
    """

    document: Document
    side: Literal["input", "output"]
    decimals: set[str] = field(default_factory=set)
    _count: int = 0
    _root: str = ""

    def converted(self, raw: Json, where: str) -> Schema:
        """A schema that compiles; what doesn't is left open, with a note."""
        self._root, self._count = where, 0
        made = self._schema(raw, where, ())
        if _compiles(made):
            return made
        looser: Schema = _without_patterns(made)
        if _compiles(looser):
            self.document.note(where, "has a pattern that can't be used here; it is not checked")
            return looser
        self.document.note(where, "is a schema that can't be used; any JSON is taken")
        return {}

    def _schema(self, raw: Json, where: str, within: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            return {}
        if not _NESTED.isdisjoint(raw):
            self._count += 1
            if len(within) > _DEEPEST or self._count > _LARGEST:
                self.document.note(
                    self._root, "is cut where it becomes too deep or too large; any JSON is taken there"
                )
                return {}
        if "$ref" in raw:
            return self._referred(raw, where, within)
        made = {name: raw[name] for name in _PLAIN if name in raw}
        made |= _words(raw)
        if raw.get("format") in _FORMATS:
            made["format"] = raw["format"]
        _bounds(raw, made)
        self._inner(raw, made, where, within)
        return _nullable(raw, made)

    def _referred(self, raw: Mapping[str, Any], where: str, within: tuple[str, ...]) -> dict[str, Any]:
        ref = str(raw["$ref"])
        name = ref.rpartition("/")[2]
        if ref in within:
            self.document.note(
                ref.removeprefix("#"), "refers to itself; it is cut there, and any JSON is taken"
            )
            return {"title": name}
        made = self._schema(self.document.target(ref, where), ref.removeprefix("#"), (*within, ref))
        return _nullable(raw, {**made, **_words(raw)})

    def _inner(
        self, raw: Mapping[str, Any], made: dict[str, Any], where: str, within: tuple[str, ...]
    ) -> None:
        if isinstance(raw.get("properties"), Mapping):
            made["properties"] = self._properties(raw["properties"], where, within)
            made.setdefault("type", "object")
        if required := self._required(raw):
            made["required"] = required
        for name in ("items", "additionalProperties", "not"):
            if isinstance(raw.get(name), Mapping):
                made[name] = self._schema(raw[name], f"{where}/{name}", within)
            elif isinstance(raw.get(name), bool):
                made[name] = raw[name]
        self._combined(raw, made, where, within)

    def _required(self, raw: Mapping[str, Any]) -> list[str]:
        known = raw.get("properties") if isinstance(raw.get("properties"), Mapping) else {}
        hidden = {name for name, one in (known or {}).items() if self._is_hidden(one)}
        named = raw.get("required")
        return [
            str(name)
            for name in dict.fromkeys(named if isinstance(named, list) else ())
            if name not in hidden
        ]

    def _combined(
        self, raw: Mapping[str, Any], made: dict[str, Any], where: str, within: tuple[str, ...]
    ) -> None:
        for name in ("oneOf", "anyOf"):
            if isinstance(raw.get(name), list) and raw[name]:
                branches = self._branches(raw[name], f"{where}/{name}", within)
                made[_kept_choice(name, branches)] = branches
        if isinstance(raw.get("allOf"), list) and raw["allOf"]:
            _join(made, self._branches(raw["allOf"], f"{where}/allOf", within))

    def _branches(self, raw: list[Json], where: str, within: tuple[str, ...]) -> list[dict[str, Any]]:
        return [self._schema(one, f"{where}/{index}", within) for index, one in enumerate(raw)]

    def _properties(self, raw: Mapping[str, Any], where: str, within: tuple[str, ...]) -> dict[str, Any]:
        made = {}
        for name, one in raw.items():
            if self._is_hidden(one):
                continue
            found = self._schema(one, f"{where}/properties/{name}", within)
            if MONEY.search(name) and "number" in _types(found):
                null = [None] if "null" in _types(found) else []
                found = {**_DECIMAL, **_words(found), **({"type": ["string", "null"]} if null else {})}
                self.decimals.add(name)
            made[str(name)] = found
        return made

    def _is_hidden(self, raw: Json) -> bool:
        return isinstance(raw, Mapping) and bool(
            raw.get("readOnly") if self.side == "input" else raw.get("writeOnly")
        )


def _compiles(schema: Schema) -> bool:
    try:
        validator_for(schema)
    except ValueError:
        return False
    return True


def _words(raw: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(raw[name])[:500] for name in ("title", "description") if raw.get(name)}


def _types(schema: Mapping[str, Any]) -> list[str]:
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def _bounds(raw: Mapping[str, Any], made: dict[str, Any]) -> None:
    """OpenAPI 3.0 says `exclusiveMinimum: true` beside `minimum`; JSON Schema gives the number itself."""
    for exclusive, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        value = raw.get(exclusive)
        if value is True and plain in made:
            made[exclusive] = made.pop(plain)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            made[exclusive] = value


def _nullable(raw: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    if raw.get("nullable") is not True:
        return made
    if "type" in made and not {"oneOf", "anyOf", "allOf", "const"} & made.keys():
        made["type"] = list(dict.fromkeys([*_types(made), "null"]))
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made
    return {"anyOf": [made, {"type": "null"}]} if made else made


def _kept_choice(name: str, branches: list[dict[str, Any]]) -> str:
    """ "Exactly one" can't be told once a branch is open or cut: then one of them is enough."""
    return (
        "anyOf"
        if any(not _types(one) and "enum" not in one and "const" not in one for one in branches)
        else name
    )


def _join(made: dict[str, Any], branches: list[dict[str, Any]]) -> None:
    """Objects that all hold become one object; `additionalProperties: false` of one would refuse the others' fields."""
    keys = {"type", "properties", "required", "title", "description", "additionalProperties"}
    own = {name: one for name, one in made.items() if name in keys}
    if not all(one.keys() <= keys and _types(one) in ([], ["object"]) for one in [own, *branches]):
        made["allOf"] = branches
        return
    properties: dict[str, Any] = {}
    required: list[str] = []
    for one in [*branches, own]:
        properties |= one.get("properties", {})
        required += one.get("required", [])
        made |= {name: one[name] for name in ("title", "description") if name in one}
    made.pop("additionalProperties", None)
    if properties or any(_types(one) for one in branches):
        made |= {"type": "object", "properties": properties}
    if required:
        made["required"] = list(dict.fromkeys(required))


def _without_patterns(schema: Json) -> Any:
    if isinstance(schema, dict):
        return {
            name: _without_patterns(one)
            for name, one in schema.items()
            if name != "pattern" or not isinstance(one, str) or schema.get("x-decimal")
        }
    return [_without_patterns(one) for one in schema] if isinstance(schema, list) else schema
