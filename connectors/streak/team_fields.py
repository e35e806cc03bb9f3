"""Custom fields of contacts and organizations: defined on the team, and every value is kept as text.

A day is its milliseconds in digits, a tick "true" or "false", an option its key.
"""

from collections.abc import Callable, Mapping

from connectors.sdk.errors import Config, Data
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json
from connectors.streak.fields import Field, named_fields, option_of, pointer_to
from connectors.streak.moments import day_of, day_to_far, zone_of
from connectors.streak.teams import team_of

__all__ = ["readable_of", "team_fields", "writable_of"]


def team_fields(call: Call, team: str, settings: str, *, fresh: bool = False) -> list[Field]:
    """The fields under `settings` ("contactSettings" or "organizationSettings") of a team."""
    held = (team_of(call, team, fresh=fresh).get(settings) or {}).get("fields") or {}
    return named_fields(held.values() if isinstance(held, dict) else held)


def readable_of(call: Call, team: str, settings: str, values: Mapping[str, Json]) -> dict[str, Json]:
    """Values by name, with labels for options and days for dates; {} without asking when nothing is set."""
    if not values:
        return {}
    fields = team_fields(call, team, settings)
    if set(values) - {field.key for field in fields}:
        fields = team_fields(call, team, settings, fresh=True)
    return {field.name: _readable(call, field, values.get(field.key)) for field in fields}


def writable_of(call: Call, team: str, settings: str, values: Mapping[str, Json]) -> dict[str, str]:
    """Values by field name → Streak's texts by key; null becomes "". Raises `Config` or `Data` at the field."""
    found: dict[str, str] = {}
    for name, value in values.items():
        field = _field_named(call, team, settings, name)
        found[field.key] = _writable(call, field, value)
    return found


def _field_named(call: Call, team: str, settings: str, name: str) -> Field:
    for fresh in (False, True):
        for field in team_fields(call, team, settings, fresh=fresh):
            if name in (field.name, field.key):
                return field
    raise Config(
        f"The team has no such field called “{name}”.",
        code="field_missing",
        pointer=pointer_to(name),
        info={"field": name},
    )


def _readable(call: Call, field: Field, value: Json) -> Json:
    if value in (None, ""):
        return None
    text = str(value)
    if field.type == "DATE":
        return day_of(int(text), zone_of(call)) if text.isdigit() else text
    if field.type == "CHECKBOX":
        return text.lower() == "true"
    if field.type == "DROPDOWN":
        return field.options.get(text, text)
    return value


def _writable(call: Call, field: Field, value: Json) -> str:
    pointer = pointer_to(field.name)
    if field.type == "FORMULA":
        raise Config(
            f"“{field.name}” is a formula and can't be written.", code="field_read_only", pointer=pointer
        )
    if value is None:
        return ""
    if field.type == "DATE":
        return str(day_to_far(value, zone_of(call), pointer))
    return _WRITERS.get(field.type, _text)(field, value, pointer)


def _text(field: Field, value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise Data(f"“{field.name}” takes text.", code="not_a_text", pointer=pointer)
    return value


def _tick(field: Field, value: Json, pointer: str) -> str:
    if not isinstance(value, bool):
        raise Data(f"“{field.name}” takes true or false.", code="not_a_boolean", pointer=pointer)
    return "true" if value else "false"


def _option(field: Field, value: Json, pointer: str) -> str:
    key = option_of(field, value)
    if key is None:
        raise Data(f"“{field.name}” has no option “{value}”.", code="option_unknown", pointer=pointer)
    return key


_WRITERS: Mapping[str, Callable[[Field, Json, str], str]] = {"CHECKBOX": _tick, "DROPDOWN": _option}
