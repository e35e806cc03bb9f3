"""Custom fields of a pipeline: names for people, keys and option keys for Streak."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from connectors.sdk.errors import Config, Data
from connectors.sdk.numbers import decimal_text
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json
from connectors.streak.moments import day_of, day_to_far, zone_of
from connectors.streak.people import people_from, people_to

__all__ = [
    "Field",
    "field_named",
    "fields_of",
    "named_fields",
    "option_of",
    "pointer_to",
    "readable",
    "writable",
]

_FRESH = 300.0
"""Seconds a pipeline's field list is believed; an unknown name or key asks again at once."""
_READ_ONLY = "FORMULA"
_PERSON = "PERSON"


@dataclass(frozen=True, slots=True)
class Field:
    """One custom field. `options` maps an option's key to its label (DROPDOWN and TAG)."""

    key: str
    name: str
    type: str
    options: Mapping[str, str]


def fields_of(call: Call, pipeline: str, *, fresh: bool = False) -> list[Field]:
    """The pipeline's fields in their stored order; a second field of one name is called "Name (1005)"."""
    path = path_of("v1", "pipelines", pipeline, "fields")
    return named_fields(call.cached(f"fields:{pipeline}", 0.0 if fresh else _FRESH, lambda: call.get(path)))


def named_fields(raw: Iterable[Json]) -> list[Field]:
    """Definitions as Streak gives them → fields with names that tell them apart."""
    fields: list[Field] = []
    for one in raw:
        taken = any(field.name == one["name"] for field in fields)
        name = f"{one['name']} ({one['key']})" if taken else str(one["name"])
        fields.append(Field(str(one["key"]), name, str(one.get("type", "")), _options(one)))
    return fields


def readable(call: Call, pipeline: str, values: Mapping[str, Json]) -> dict[str, Json]:
    """A box's `fields` by name with labels for options and days for dates; a field that isn't set is None."""
    fields = fields_of(call, pipeline)
    known = {field.key for field in fields}
    if set(values) - known:
        fields = fields_of(call, pipeline, fresh=True)
    zone = zone_of(call)
    found = {field.name: _readable(field, values.get(field.key), zone) for field in fields}
    people = [field.name for field in fields if field.type == _PERSON]
    return found | {name: people_from(call, found[name]) for name in people}


def field_named(call: Call, pipeline: str, name: str) -> Field:
    """The field of this name (or key). Raises `Config`: a missing column concerns every deal."""
    for fresh in (False, True):
        fields = fields_of(call, pipeline, fresh=fresh)
        found = [field for field in fields if field.name == name] or [
            field for field in fields if field.key == name
        ]
        if found:
            return found[0]
    raise Config(
        f"The pipeline has no field called “{name}”.",
        code="field_missing",
        pointer=pointer_to(name),
        info={"field": name},
    )


def writable(call: Call, pipeline: str, values: Mapping[str, Json]) -> dict[str, Json]:
    """Values by field name → Streak's `fields` object. Raises `Config` for an unknown field, `Data` for a wrong value."""
    return {
        field.key: _writable(call, pipeline, field, value)
        for field, value in ((field_named(call, pipeline, name), value) for name, value in values.items())
    }


def _readable(field: Field, value: Json, zone: tzinfo) -> Json:
    if field.type == "DATE":
        return day_of(value, zone)
    if field.type == "DROPDOWN":
        return field.options.get(str(value), value)
    if field.type == "TAG" and isinstance(value, Sequence) and not isinstance(value, str):
        return [field.options.get(str(key), key) for key in value]
    if field.type == "TEXT_INPUT" and isinstance(value, int | float) and not isinstance(value, bool):
        return decimal_text(value)
    return value


def _writable(call: Call, pipeline: str, field: Field, value: Json) -> Json:
    pointer = pointer_to(field.name)
    if field.type == _READ_ONLY:
        raise Config(
            f"“{field.name}” is a formula and can't be written.", code="field_read_only", pointer=pointer
        )
    if value is None:
        return None
    if field.type == "DATE":
        return day_to_far(value, zone_of(call), pointer)
    if field.type == "DROPDOWN":
        return _option(call, pipeline, field, value)
    if field.type == "TAG":
        return [
            _option(call, pipeline, field, one) for one in (value if isinstance(value, list) else [value])
        ]
    return people_to(call, value, pointer) if field.type == _PERSON else _plain(field, value, pointer)


def _plain(field: Field, value: Json, pointer: str) -> Json:
    if field.type == "CHECKBOX" and not isinstance(value, bool):
        raise Data(f"“{field.name}” takes true or false.", code="not_a_boolean", pointer=pointer)
    if field.type == "TEXT_INPUT" and not isinstance(value, str):
        return (
            decimal_text(value, pointer=pointer) if not isinstance(value, bool | dict | list) else str(value)
        )
    return value


def _option(call: Call, pipeline: str, field: Field, label: Json) -> str:
    """The option's key: Streak stores keys and takes any text for one without a word. A new option is asked for once."""
    key = option_of(field, label)
    if key is not None:
        return key
    fresh = [one for one in fields_of(call, pipeline, fresh=True) if one.key == field.key]
    key = option_of(fresh[0], label) if fresh else None
    if key is not None:
        return key
    raise Data(
        f"“{label}” is not one of the options of “{field.name}”.",
        code="option_unknown",
        pointer=pointer_to(field.name),
        info={"options": list(field.options.values())},
    )


def option_of(field: Field, label: Json) -> str | None:
    return next((key for key, name in field.options.items() if label in (name, key)), None)


def _options(raw: Mapping[str, Json]) -> dict[str, str]:
    items = (raw.get("dropdownSettings") or {}).get("items") or []
    tags = (raw.get("tagSettings") or {}).get("tags") or []
    return {str(one["key"]): str(one.get("name") or one.get("tag") or "") for one in (*items, *tags)}


def pointer_to(name: str) -> str:
    return "/fields/" + name.replace("~", "~0").replace("/", "~1")
