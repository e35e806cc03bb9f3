"""Our own mark in a text field of a far record: how an effect with a lost answer is recognised afterwards."""

import re

from connectors.sdk.operation import Mark

__all__ = ["has_mark", "restamp", "stamp", "unstamp"]

_STAMP = re.compile(r"\s*\[interlock ([0-9A-Za-z]{16})\]")


def stamp(text: str, mark: Mark) -> str:
    """`text` with the mark at its end: "Call first" → "Call first\\n[interlock 8K2M…]"."""
    return f"{text}\n[interlock {mark.token}]".lstrip("\n")


def restamp(text: str, former: str) -> str:
    """`text` with the mark that `former` carries, for a record that is written over and must stay recognisable."""
    found = _STAMP.search(former)
    return f"{text}\n[interlock {found.group(1)}]".lstrip("\n") if found else text


def unstamp(text: str) -> str:
    """`text` as it was before `stamp`."""
    return _STAMP.sub("", text)


def has_mark(text: object, mark: Mark) -> bool:
    """Whether a far record's text carries exactly this mark."""
    return isinstance(text, str) and mark.token in _STAMP.findall(text)
