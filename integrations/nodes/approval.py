"""The approval: a person decides before the run goes on, today or in three weeks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json, Schema
from integrations.engine.asking import Answered, Question
from integrations.engine.findings import Findings
from integrations.engine.node import Catalog, Compiled, CompileScope, Ports, StepScope
from integrations.engine.outcome import Done, Outcome
from integrations.engine.shapes import Shape

__all__ = ["NODE", "Approval"]

_KINDS: Mapping[str, Schema] = {
    "text": {"type": "string", "maxLength": 2000},
    "number": {"type": "number"},
    "decimal": {"type": "string", "format": "decimal", "x-decimal": True, "maxLength": 60},
    "choice": {"type": "string"},
    "yes_no": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_WHO = ("operator", "steward", "builder", "releaser", "administrator")
_LONGEST_TITLE, _LONGEST_MESSAGE = 200, 10_000  # characters


class Approval:
    """Params: `title`, `message`, `form` (JSON Schema of the answer), `who`, `days` (None = no end), and the ports that a
    rejection and an expiry leave by ("" = the expiry is a failure)."""

    id = "approval"
    version = 1
    title = "Approval"
    category: Literal["logic"] = "logic"
    help = "Waits until a person approves or rejects, with a form if you like. It waits for weeks, and across restarts."
    icon = "user-check"
    schema: Schema = {
        "type": "object",
        "required": ["title"],
        "additionalProperties": False,
        "properties": {
            "title": {
                "title": "Question",
                "type": "string",
                "minLength": 1,
                "maxLength": 1000,
                "x-order": 1,
                "x-expression": "allow",
                "x-help": "What is to be decided, in a few words.",
            },
            "message": {
                "title": "Message",
                "type": "string",
                "maxLength": 10_000,
                "x-order": 2,
                "x-expression": "allow",
                "x-help": "What one should know to decide.",
            },
            "who": {
                "title": "Who decides",
                "enum": list(_WHO),
                "default": "operator",
                "x-order": 3,
                "x-help": "Whoever has this role in the environment. Administrators may always decide.",
            },
            "expires_days": {
                "title": "Expires after days",
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 366,
                "x-order": 4,
                "x-expression": "never",
                "x-help": "Then the run leaves by “expired”, or, when nothing is drawn there, waits as a failure.",
            },
            "form": {
                "title": "Form",
                "type": "array",
                "maxItems": 30,
                "x-order": 5,
                "x-help": "What whoever approves fills in.",
                "items": {
                    "type": "object",
                    "required": ["name", "title", "kind"],
                    "additionalProperties": False,
                    "properties": {
                        "name": {
                            "title": "Name",
                            "type": "string",
                            "pattern": "^[A-Za-z_][A-Za-z0-9_]{0,59}$",
                        },
                        "title": {"title": "Label", "type": "string", "minLength": 1, "maxLength": 100},
                        "kind": {"title": "Kind", "enum": list(_KINDS)},
                        "choices": {
                            "title": "Choices",
                            "type": "array",
                            "minItems": 1,
                            "maxItems": 100,
                            "uniqueItems": True,
                            "items": {"type": "string", "minLength": 1, "maxLength": 200},
                        },
                        "required": {"title": "Required", "type": "boolean", "default": False},
                        "help": {"title": "Help", "type": "string", "maxLength": 300},
                    },
                },
            },
        },
    }
    sample: Json = {
        "title": {"$expr": '"Invoice " & $steps.deal.name & "?"'},
        "who": "operator",
        "form": [{"name": "discount", "title": "Discount", "kind": "decimal"}],
    }

    def ports(self, config: Mapping[str, Json], catalog: Catalog | None = None) -> Ports:
        expires = ("expired",) if config.get("expires_days") is not None else ()
        return Ports(outputs=("approved", "rejected", *expires))

    def compile(self, config: Mapping[str, Json], scope: CompileScope) -> Compiled:
        findings = Findings(scope)
        if not findings.config(self.schema, config):
            return findings.compiled({})
        for name in ("title", "message"):
            findings.values(config.get(name, ""), f"/config/{name}")
        _check_form(config.get("form", []), findings)
        form = _schema_of(config.get("form", []))
        params = {
            "title": config["title"],
            "message": config.get("message", ""),
            "form": form,
            "who": config.get("who", "operator"),
            "days": config.get("expires_days"),
            "rejected": "rejected" if "rejected" in scope.drawn else "filtered",
            "expired": "expired" if "expired" in scope.drawn else "",
        }
        return findings.compiled(params, transparent=True, shape=Shape("path", schema=_output(form)))

    def execute(self, params: Mapping[str, Json], scope: StepScope) -> Outcome:
        title = _text(scope.resolve(params["title"]), _LONGEST_TITLE) or "A decision is needed."
        message = _text(scope.resolve(params["message"]), _LONGEST_MESSAGE)
        before = scope.before
        question = Question(
            title,
            message,
            params["form"],
            params["who"],
            within=None if params["days"] is None else timedelta(days=params["days"]),
            anew=before is not None and before.state == "fail",
        )
        scope.begin({"title": title, "message": message, "who": params["who"]})
        return _left(scope.context.ask(path=scope.path, question=question), params)


def _left(answered: Answered, params: Mapping[str, Json]) -> Outcome:
    port = "approved" if answered.decision == "approved" else params[answered.decision]
    if not port:
        raise Data(
            "Nobody decided in time. Retry to ask again, or give the run up.",
            code="approval_expired",
            info={"asked": params["who"]},
        )
    return Done(
        {
            "decision": answered.decision,
            "answer": answered.answer,
            "by": answered.by,
            "at": answered.at.isoformat(),
            "note": answered.note,
        },
        port=port,
    )


def _check_form(form: list[Mapping[str, Json]], findings: Findings) -> None:
    seen: set[str] = set()
    for at, field in enumerate(form):
        place = f"/config/form/{at}"
        if field["name"] in seen:
            findings.add(
                "field_twice", f"Two fields are called {field['name']}.", f"{place}/name", name=field["name"]
            )
        seen.add(field["name"])
        if (field["kind"] == "choice") != ("choices" in field):
            message = "A choice needs its choices, and nothing else has any."
            findings.add("choices_wrong", message, f"{place}/choices")


def _schema_of(form: list[Mapping[str, Json]]) -> Schema:
    """The JSON Schema of the answer."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [field["name"] for field in form if field.get("required")],
        "properties": {field["name"]: _field(field, order) for order, field in enumerate(form, start=1)},
    }


def _field(field: Mapping[str, Json], order: int) -> Schema:
    schema: dict[str, Json] = {"title": field["title"], **_KINDS[field["kind"]], "x-order": order}
    if field["kind"] == "text" and field.get("required"):
        schema["minLength"] = 1
    if field["kind"] == "choice":
        schema["enum"] = field.get("choices", [])
    if field.get("help"):
        schema["x-help"] = field["help"]
    return schema


def _output(form: Schema) -> Schema:
    texts = {name: {"type": "string"} for name in ("decision", "by", "at", "note")}
    return {"type": "object", "properties": {**texts, "answer": form}}


def _text(value: Json, longest: int) -> str:
    text = "" if value is None else value if isinstance(value, str) else str(value)
    return text.strip()[:longest]


NODE = Approval()
