"""The form of a question as a page shows it, and what somebody typed into it as an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.sdk.wire import Json, Schema
from integrations.payloads.codec import instead

__all__ = ["TypedField", "answer_of", "fields_of", "shown_answer"]

_PREFIX = "answer-"
_YES_NO = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class TypedField:
    """One input. `kind` is text, number, decimal, choice, boolean or date; `value` is what stands in it."""

    name: str
    title: str
    kind: str
    required: bool
    help: str = ""
    choices: list[str] = field(default_factory=list)
    value: str = ""
    problem: str = ""

    @property
    def input(self) -> str:
        """The name of the input on the page."""
        return _PREFIX + self.name


def fields_of(
    form: Schema, typed: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> list[TypedField]:
    """The inputs of a form in their order, with what was typed and what is wrong with it (by field name)."""
    required = form.get("required", [])
    return [
        TypedField(
            name=name,
            title=part.get("title", name),
            kind=_kind(part),
            required=name in required,
            help=part.get("x-help", ""),
            choices=part.get("enum", []),
            value=(typed or {}).get(_PREFIX + name, ""),
            problem=(problems or {}).get(name, ""),
        )
        for name, part in _ordered(form)
    ]


def answer_of(form: Schema, typed: Mapping[str, str]) -> dict[str, Json]:
    """The answer that was typed: what is empty is left out, what can't be read stays text and is refused as such."""
    answer: dict[str, Json] = {}
    for name, part in _ordered(form):
        text = typed.get(_PREFIX + name, "").strip()
        if text:
            answer[name] = _value(_kind(part), text)
    return answer


def shown_answer(form: Schema, answer: Json) -> list[tuple[str, str]]:
    """What was answered, as (label, text) in the order of the form."""
    if gone := instead(answer):
        return [("Answer", gone)]
    given = answer if isinstance(answer, dict) else {}
    return [(part.get("title", name), _text(given[name])) for name, part in _ordered(form) if name in given]


def _ordered(form: Schema) -> list[tuple[str, Schema]]:
    """Databases may forget the order of an object's members; `x-order` doesn't."""
    return sorted(form.get("properties", {}).items(), key=lambda one: one[1].get("x-order", 0))


def _kind(part: Schema) -> str:
    if "enum" in part:
        return "choice"
    if part.get("format") in {"decimal", "date"}:
        return str(part["format"])
    return {"number": "number", "boolean": "boolean"}.get(str(part.get("type")), "text")


def _value(kind: str, text: str) -> Json:
    if kind == "boolean":
        return _YES_NO.get(text, text)
    if kind != "number":
        return text
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return text


def _text(value: Json) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
