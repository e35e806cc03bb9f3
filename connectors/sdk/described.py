"""Operations that are data: what an imported description says, in a JSON file beside the operation's own module.

A description holds `title`, `help`, `method`, `path` (with {places}), `parameters` ([{"field", "name", "in", "joined"?}]), `body`
("json", "form" or ""), `input`, `output`, `sample`, `effect`, `record`, and `decimals` ({"input": […], "output": […]}: the
properties that are decimal texts here and numbers over there).
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from connectors.sdk.errors import Data
from connectors.sdk.numbers import decimal_of, decimal_text
from connectors.sdk.operation import Call, Idempotency, Mark, Operation, Read, Write
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json, Request, Response

__all__ = ["described", "request_of"]

Description = Mapping[str, Any]


def described(module: str) -> Operation:
    """The operation that `<module>.json` describes; `module` is the `__file__` of the operation's own module."""
    description: Description = orjson.loads(Path(module).with_suffix(".json").read_bytes())
    return _read(description) if description["effect"] == "read" else _write(description)


def request_of(description: Description, data: Json) -> Request:
    """The request that an input means. Raises `Data` for an empty part of the path, or a decimal that JSON can't carry."""
    given: dict[str, dict[str, Json]] = {one["in"]: {} for one in description["parameters"]}
    for one in description["parameters"]:
        if data.get(one["field"]) is not None:
            value = data[one["field"]]
            joined = one.get("joined") and isinstance(value, list)
            given[one["in"]][one["name"]] = ",".join(map(str, value)) if joined else value
    body = _numbers(data.get("body"), frozenset(description["decimals"]["input"]), "/body")
    form = _form(body) if description["body"] == "form" and body is not None else None
    return Request(
        description["method"],
        _path(description["path"], given.get("path", {})),
        given.get("query", {}),
        json=body if description["body"] == "json" else None,
        form=form,
        headers={name: str(value) for name, value in given.get("header", {}).items()},
        far_id=_target(description, data),
    )


def _read(description: Description) -> Read:
    def run(call: Call, data: Json) -> Json:
        return _output(description, data, call.send(request_of(description, data)))

    return Read(run=run, **_shared(description))


def _write(description: Description) -> Write:
    def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
        return request_of(description, data)

    result: Callable[[Json, Response], Json] = partial(_output, description)
    return Write(
        **_shared(description),
        effect=description["effect"],
        record=description["record"],
        idempotency=Idempotency(
            "none", scope="none: the description promises nothing about repeated requests"
        ),
        prepare=prepare,
        result=result,
        far_id=lambda output: str(output.get("id") or ""),
        unmarked=lambda request: {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "body": request.json if request.form is None else dict(request.form),
        },
    )


def _shared(description: Description) -> dict[str, Any]:
    return {name: description[name] for name in ("title", "help", "input", "output", "sample")}


def _output(description: Description, data: Json, response: Response) -> Json:
    body = response.json if response.json is not None else response.text or None
    body = _texts(body, frozenset(description["decimals"]["output"]))
    if description["effect"] == "read":
        return {"body": body}
    found = body.get("id") if isinstance(body, dict) else None
    is_id = isinstance(found, str | int) and not isinstance(found, bool)
    return {"body": body, "id": str(found) if is_id else _target(description, data)}


def _path(template: str, given: Mapping[str, Json]) -> str:
    for name, value in given.items():
        template = template.replace(f"{{{name}}}", path_of(str(value))[1:])
    return template


def _target(description: Description, data: Json) -> str:
    """What an update or delete aims at: the last value in its path."""
    own = [one for one in description["parameters"] if one["in"] == "path"]
    own.sort(key=lambda one: description["path"].find(f"{{{one['name']}}}"))
    return (
        str(data.get(own[-1]["field"]) or "") if own and description["effect"] in {"update", "delete"} else ""
    )


def _form(body: Json, prefix: str = "") -> dict[str, str]:
    """A form's flat fields; what is inside another is written as `outer[inner]`."""
    if not isinstance(body, dict | list):
        text = (
            {True: "true", False: "false", None: ""}.get(body) if isinstance(body, bool | None) else str(body)
        )
        return {prefix: text or ""} if prefix else {}
    inner = body.items() if isinstance(body, dict) else enumerate(body)
    fields: dict[str, str] = {}
    for name, value in inner:
        fields |= _form(value, f"{prefix}[{name}]" if prefix else str(name))
    return fields


def _texts(value: Json, names: frozenset[str]) -> Json:
    """An answer with the numbers of these properties as decimal texts."""
    if not names:
        return value
    if isinstance(value, list):
        return [_texts(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: decimal_text(one)
        if name in names and isinstance(one, int | float) and not isinstance(one, bool)
        else _texts(one, names)
        for name, one in value.items()
    }


def _numbers(value: Json, names: frozenset[str], where: str) -> Json:
    """A body with the decimal texts of these properties as numbers. Raises `Data` for one that would lose digits."""
    if isinstance(value, list):
        return [_numbers(one, names, f"{where}/{index}") for index, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    return {
        name: _number(one, f"{where}/{name}")
        if name in names and isinstance(one, str)
        else _numbers(one, names, f"{where}/{name}")
        for name, one in value.items()
    }


def _number(text: str, where: str) -> Json:
    exact = decimal_of(text, where)
    if exact == int(exact) and abs(exact) < 2**53:
        return int(exact)
    number = float(exact)
    if decimal_of(number) != exact:
        raise Data(f"{text} has more digits than can be sent.", code="too_precise", pointer=where)
    return number
