"""One description for each path and method of an OpenAPI document, as `connectors.sdk.described` reads them."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.sdk.openapi.document import Document, place
from connectors.sdk.openapi.samples import NO_SAMPLE, sample_of
from connectors.sdk.openapi.schemas import Converter
from connectors.sdk.schema import text
from connectors.sdk.wire import Json

__all__ = ["descriptions"]

_EFFECTS = {"get": "read", "post": "append", "put": "update", "patch": "update", "delete": "delete"}
_NOT_OURS = frozenset({"accept", "content-type", "authorization", "cookie", "host", "content-length"})
_FORM = "application/x-www-form-urlencoded"
_NAME = re.compile(r"^[a-z]+(_[a-z0-9]+)+$")
_LONGEST_NAME = 70


def descriptions(document: Document) -> dict[str, dict[str, Any]]:
    """By the operation's name. What can't be taken over is noted in the document, with its place."""
    found: dict[str, dict[str, Any]] = {}
    for path, raw_item in document.raw["paths"].items():
        item = document.followed(raw_item, place("paths", path))
        for method in item:
            if method in {"head", "options", "trace"}:
                document.note(place("paths", path, method), f"{method.upper()} is not taken over")
            if method not in _EFFECTS or not isinstance(item[method], Mapping):
                continue
            made = _description(document, path, method, item)
            if made is not None:
                found[_unused(_name(path, method, item[method]), found)] = made
    return found


def _description(
    document: Document, path: str, method: str, item: Mapping[str, Any]
) -> dict[str, Any] | None:
    raw, where = item[method], place("paths", path, method)
    body = _body(document, raw, where)
    if body is None:
        return None
    kind, body_schema, body_required = body
    taking, giving = Converter(document, "input"), Converter(document, "output")
    properties, required, parameters = _parameters(document, path, item, where, taking)
    if kind:
        properties["body"] = {"title": "Body", **taking.converted(body_schema, f"{where}/requestBody")}
        required += ["body"] if body_required else []
    own = {"type": "object", "properties": properties, "additionalProperties": False}
    taken = {**own, **({"required": required} if required else {})}
    effect = _EFFECTS[method]
    output, sample = _answer(document, raw, where, giving, writes=effect != "read")
    example = sample_of(taken)
    return {
        "title": _title(raw, path, method),
        "help": _help(raw, path, method),
        "method": method.upper(),
        "path": path if path.startswith("/") else f"/{path}",
        "parameters": parameters,
        "body": kind,
        "effect": effect,
        "record": _record(path),
        "decimals": {"input": sorted(taking.decimals), "output": sorted(giving.decimals)},
        "input": taken,
        "output": output,
        "sample": sample,
        "example": None if example is NO_SAMPLE else example,
    }


def _parameters(
    document: Document, path: str, item: Mapping[str, Any], where: str, converter: Converter
) -> tuple[dict[str, Any], list[str], list[dict[str, Json]]]:
    """The fields they are in an input, which of them are required, and where each goes."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    parameters: list[dict[str, Json]] = []
    for raw, at in _every_parameter(document, path, item, where):
        name, goes = str(raw["name"]), raw["in"]
        field = name if name not in {*properties, "body"} else f"{name}_{goes}"
        schema = _schema_of(raw)
        described = {
            "title": name,
            **({"description": str(raw["description"])[:500]} if raw.get("description") else {}),
        }
        properties[field] = {**described, **converter.converted(schema, at)}
        kind = properties[field].get("type")
        if kind == "object" and goes == "query":
            document.note(at, "is an object in the query, which is sent as its text")
        joined = goes == "query" and (
            raw.get("explode") is False or raw.get("style") in {"spaceDelimited", "pipeDelimited"}
        )
        parameters.append({"field": field, "name": name, "in": goes, **({"joined": True} if joined else {})})
        if raw.get("required") or goes == "path":
            required.append(field)
    return properties, required, parameters


def _schema_of(parameter: Mapping[str, Any]) -> Json:
    contents: list[Any] = list((parameter.get("content") or {}).values())
    return parameter.get("schema") or (contents[0].get("schema") if contents else {})


def _every_parameter(
    document: Document, path: str, item: Mapping[str, Any], where: str
) -> list[tuple[Mapping[str, Any], str]]:
    """The path's and the method's own parameters, the latter winning; and those the path names and nobody describes."""
    found: dict[tuple[str, str], tuple[Mapping[str, Any], str]] = {}
    for owner, at in ((item, where.rpartition("/")[0]), (item[where.rpartition("/")[2]], where)):
        for index, raw in enumerate(owner.get("parameters") or []):
            one = document.followed(raw, f"{at}/parameters/{index}")
            if "name" in one and "in" in one:
                found[str(one["in"]), str(one["name"])] = one, f"{at}/parameters/{index}"
    for name in re.findall(r"\{([^{}]+)\}", path):
        if ("path", name) not in found:
            document.note(where, f"doesn't describe {{{name}}} of its path; it is taken as text")
            found["path", name] = {"name": name, "in": "path", "schema": {"type": "string"}}, where
    return [(one, at) for one, at in found.values() if _is_sent(document, path, one, at)]


def _is_sent(document: Document, path: str, one: Mapping[str, Any], at: str) -> bool:
    goes, name = one["in"], str(one["name"])
    if goes not in {"path", "query", "header"}:
        document.note(at, f"is a parameter in a {goes}, which is not sent")
        return False
    if goes == "path" and f"{{{name}}}" not in path:
        document.note(at, f"is a part of the path that the path doesn't have: {name}")
        return False
    return goes != "header" or name.lower() not in _NOT_OURS


def _body(document: Document, raw: Mapping[str, Any], where: str) -> tuple[str, Json, bool] | None:
    """("json" | "form" | "", its schema, whether it is required); None when the operation can't be taken over."""
    body = document.followed(raw.get("requestBody") or {}, f"{where}/requestBody")
    content = body.get("content") or {}
    if not content:
        return "", {}, False
    required = bool(body.get("required"))
    for media, one in content.items():
        if _is_json(media):
            return "json", one.get("schema") or {}, required
    if _FORM in content:
        return "form", content[_FORM].get("schema") or {}, required
    if not required:
        document.note(f"{where}/requestBody", f"can only be {', '.join(content)}; it is left out")
        return "", {}, False
    document.note(where, f"takes only {', '.join(content)}; the operation is left out")
    return None


def _answer(
    document: Document, raw: Mapping[str, Any], where: str, converter: Converter, *, writes: bool
) -> tuple[dict[str, Any], Json]:
    """The output's schema and a sample of it. A body that no sample can be made for is left open."""
    responses = raw.get("responses") or {}
    good = sorted(status for status in map(str, responses) if status.startswith("2"))
    status = good[0] if good else "default" if "default" in responses else ""
    at = f"{where}/responses/{status}"
    answer = document.followed(
        responses.get(status, responses.get(int(status)) if status.isdigit() else {}), at
    )
    content = answer.get("content") or {}
    schema = next((one.get("schema") for media, one in content.items() if _is_json(media)), None)
    body = converter.converted(schema, at) if schema is not None else {}
    sample = sample_of(body)
    if sample is NO_SAMPLE:
        document.note(at, "is an answer that no sample can be made for; its body is left open")
        body, sample = {}, None
    properties = {"body": {**body, "title": "Body"}}
    if not writes:
        return {"type": "object", "properties": properties, "required": ["body"]}, {"body": sample}
    properties["id"] = dict(text("Id", help="Empty when the answer has none."))
    required = ["body", "id"]
    return {"type": "object", "properties": properties, "required": required}, {"body": sample, "id": "42"}


def _is_json(media: str) -> bool:
    plain = media.partition(";")[0].strip().lower()
    return plain in {"application/json", "*/*", "application/*"} or plain.endswith("+json")


def _name(path: str, method: str, raw: Mapping[str, Any]) -> str:
    """A name of small letters with an underscore: of the operationId, else of method and path."""
    plain = str(raw.get("operationId") or "") or f"{method} {path}"
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", plain))
    words = [word for word in re.sub(r"[^a-z0-9]+", " ", spaced.lower()).split() if word]
    name = "_".join(words)[:_LONGEST_NAME].rstrip("_")
    return name if _NAME.match(name) else "_".join([method, *words])[:_LONGEST_NAME].rstrip("_")


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number, unused = 2, name
    while unused in taken:
        number, unused = number + 1, f"{name}_{number}"
    return unused


def _title(raw: Mapping[str, Any], path: str, method: str) -> str:
    plain = " ".join(str(raw.get("summary") or "").split())[:100].strip(" .")
    return plain or f"{method.upper()} {path}"


def _help(raw: Mapping[str, Any], path: str, method: str) -> str:
    plain = " ".join(str(raw.get("description") or "").split())
    return plain[:300] + ("…" if len(plain) > 300 else "") if plain else f"{method.upper()} {path}"  # noqa: PLR2004


def _record(path: str) -> str:
    """The kind of record it is about: the last fixed part of the path."""
    fixed = [part for part in path.strip("/").split("/") if part and "{" not in part]
    plain = re.sub(r"[^a-z0-9]+", "_", (fixed[-1] if fixed else "record").lower()).strip("_")
    return plain[:40] or "record"
