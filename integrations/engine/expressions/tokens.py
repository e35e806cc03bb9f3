"""JSONata text cut into tokens, for our own reading of expressions (the engine that evaluates them shows no tree)."""

import json
import re
from dataclasses import dataclass
from typing import Literal

from connectors.sdk.wire import Json

__all__ = ["NotUnderstood", "Token", "tokens"]

Kind = Literal["number", "string", "name", "variable", "operator", "regex", "end"]

_OPERATORS = (
    "..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??",
    ".", "[", "]", "{", "}", "(", ")", ",", "@", "#", ";", ":", "?", "+", "-", "*", "/", "%", "|", "=", "<", ">", "^", "&",
)  # fmt: skip
_WORD_OPERATORS = frozenset({"and", "or", "in"})
_SPACE = re.compile(r"(?:\s+|/\*.*?\*/)+", re.DOTALL)
_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][-+]?\d+)?", re.ASCII)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'', re.DOTALL)
_QUOTED = re.compile(r"`([^`]*)`")
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.)+)/[im]*")
_LITERALS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("regex", _REGEX),
    ("number", _NUMBER),
    ("string", _STRING),
    ("name", _QUOTED),
)
"""A regular expression comes first, and only where a value may start: elsewhere its slash divides."""
_WORD = re.compile(r"\$?[^\s.\[\]{}(),@#;:?+\-*/%|=<>^&!~\"'`]*")
_ENDS_A_VALUE = frozenset({")", "]", "}", "*", "%"})


class NotUnderstood(ValueError):  # noqa: N818 - not an error of the flow: we only can't read it
    """Our reader doesn't understand the text at `position`; the engine may."""

    def __init__(self, position: int) -> None:
        super().__init__(f"not understood at {position}")
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """`value` is a number's or string's value, a name, a variable's name without its dollar, or the operator."""

    kind: Kind
    value: Json
    position: int


def tokens(source: str) -> list[Token]:
    """All tokens, with one of kind "end" last. Raises `NotUnderstood`."""
    found: list[Token] = []
    position = _after_space(source, 0)
    while position < len(source):
        token, after = _next(source, position, prefix=not found or _wants_value(found[-1]))
        found.append(token)
        position = _after_space(source, after)
    found.append(Token("end", "", len(source)))
    return found


def _after_space(source: str, position: int) -> int:
    match = _SPACE.match(source, position)
    return match.end() if match else position


def _wants_value(token: Token) -> bool:
    """True when a slash after this token starts a regular expression."""
    return token.kind == "operator" and token.value not in _ENDS_A_VALUE


def _next(source: str, position: int, *, prefix: bool) -> tuple[Token, int]:
    for kind, pattern in _LITERALS if prefix else _LITERALS[1:]:
        if match := pattern.match(source, position):
            return Token(kind, _value(kind, match, position), position), match.end()
    for operator in _OPERATORS:
        if source.startswith(operator, position):
            return Token("operator", operator, position), position + len(operator)
    return _word(source, position, prefix=prefix)


def _value(kind: Kind, match: re.Match[str], position: int) -> Json:
    match kind:
        case "number":
            return json.loads(match.group())
        case "string":
            return _unquoted(match.group(), position)
    return match.group(1)


def _word(source: str, position: int, *, prefix: bool) -> tuple[Token, int]:
    match = _WORD.match(source, position)
    text = match.group() if match else ""
    if not text:
        raise NotUnderstood(position)
    after = position + len(text)
    if text == "$" and source.startswith("$", after):
        return Token("variable", "$", position), after + 1
    if text.startswith("$"):
        return Token("variable", text[1:], position), after
    if text in _WORD_OPERATORS and not prefix:
        return Token("operator", text, position), after
    return Token("name", text, position), after


def _unquoted(text: str, position: int) -> str:
    inner = text[1:-1]
    if text[0] == "'":
        inner = re.sub(r'\\.|"', lambda m: {"\\'": "'", '"': '\\"'}.get(m.group(), m.group()), inner)
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError as error:
        raise NotUnderstood(position) from error
