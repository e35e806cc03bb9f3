"""CSI's filter texts: conditions joined by AND, with quoted literals. Double quotes and functions are refused."""

import re
from collections.abc import Callable, Mapping

from connectors.sdk.sandbox.store import Record

__all__ = ["IllegalFilterError", "matcher"]

_CONDITION = re.compile(
    r"\s*(\w+)\s*(?:(=|<>|<=|>=|<|>|LIKE)\s*(?:N?'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?))|(IS\s+NULL)|IN\s*\(([^()]*)\))\s*",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"N?'((?:[^']|'')*)'", re.IGNORECASE)
_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda one, other: one.rstrip() == other.rstrip(),
    "<>": lambda one, other: one.rstrip() != other.rstrip(),
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
    "LIKE": lambda one, other: bool(
        re.fullmatch(".*".join(map(re.escape, other.split("%"))), one, re.I | re.S)
    ),
}


class IllegalFilterError(ValueError):
    """A filter that can't be read."""


def matcher(text: str, properties: frozenset[str]) -> Callable[[Record], bool]:
    """A test of a row by this filter. Raises `IllegalFilterError`."""
    if not text.strip():
        return lambda _row: True
    tests = []
    position = 0
    while True:
        found = _CONDITION.match(text, position)
        if not found or found[1] not in properties:
            raise IllegalFilterError(f"IllegalFilterException: {text}")
        tests.append(_test(found))
        position = found.end()
        if position == len(text):
            return lambda row: all(test(row) for test in tests)
        if text[position : position + 3].upper() != "AND":
            raise IllegalFilterError(f"IllegalFilterException: {text}")
        position += 3


def _test(found: re.Match[str]) -> Callable[[Record], bool]:
    name, sign, quoted, number, null, several = found.groups()
    if null:
        return lambda row: row.get(name) in (None, "")
    if several is not None:
        wanted = {_plain(one) for one in _LITERAL.findall(several)}
        return lambda row: str(row.get(name) or "").rstrip() in wanted
    literal = number if quoted is None else _plain(quoted)
    date = name.endswith("Date")
    literal = literal.replace("-", "") if date else literal
    test = _TESTS[sign.upper()]
    return lambda row: test(str(row.get(name) or ""), literal)


def _plain(quoted: str) -> str:
    return quoted.replace("''", "'")
