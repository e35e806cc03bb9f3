"""Streak's body encodings: v1 PUT takes a form, v1 POST takes JSON, v2 takes JSON. The wrong one fails its own way."""

import json

from connectors.sdk.sandbox.http import Request
from connectors.sdk.wire import Json
from connectors.streak.sandbox.refusals import refuse

__all__ = ["number", "read_post", "read_put", "read_v2", "read_v2_list", "text"]


def read_put(request: Request, entity: str, *needed: str) -> dict[str, str]:
    """The form of a v1 PUT, from the body or the query string; JSON there, or a missing field, is refused."""
    if request.content_type == "application/json" and request.body.strip():
        refuse(f"Insufficient params for {entity}")
    form = {name: values[-1] for name, values in request.queries.items()} | request.form()
    if any(not form.get(name) for name in needed):
        refuse(f"Insufficient params for {entity}")
    return form


def read_post(request: Request) -> dict[str, Json] | None:
    """The object of a v1 POST: JSON, or a form with one field `json`. None for any other form: that changes nothing."""
    if request.content_type == "application/json":
        return _object(_parsed(request.body.decode("utf-8", "replace")))
    packed = request.form().get("json")
    return _object(_parsed(packed)) if packed is not None else None


def read_v2(request: Request, *needed: str) -> dict[str, Json]:
    """The JSON object of a v2 call, with the needed fields present."""
    body = _object(_v2(request))
    if any(body.get(name) in (None, "") for name in needed):
        refuse("Missing parameters")
    return body


def read_v2_list(request: Request) -> list[Json]:
    """The JSON array of a v2 call."""
    body = _v2(request)
    if not isinstance(body, list):
        refuse("Missing parameters")
    return body


def text(value: Json) -> str:
    """A text as Streak keeps it: null becomes empty."""
    return "" if value is None else str(value)


def number(value: str, default: int, highest: int = 1000) -> int:
    """A page, limit or offset from the query, capped."""
    return min(int(value), highest) if value.isdigit() else default


def _v2(request: Request) -> Json:
    if request.content_type != "application/json":
        refuse("Missing parameters")
    return _parsed(request.body.decode("utf-8", "replace"))


def _parsed(source: str) -> Json:
    try:
        return json.loads(source)
    except ValueError:
        refuse("Missing parameters")


def _object(body: Json) -> dict[str, Json]:
    if not isinstance(body, dict):
        refuse("Missing parameters")
    return body
