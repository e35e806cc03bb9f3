"""The scenarios a demo can rehearse, found by their files: nobody lists them."""

import importlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from integrations.demo.scenario import RehearsalError, Scenario

__all__ = ["FIRST", "scenario", "scenarios"]

FIRST = "closed-won-to-invoice"
"""What `demo --once` rehearses when nobody names another."""


@cache
def scenarios() -> Mapping[str, Scenario]:
    """Every scenario by key, the first one first. Raises `TypeError` for a file that doesn't define `SCENARIO`."""
    found = [_in(path.stem) for path in Path(__file__).parent.glob("[a-z]*.py")]
    return {one.key: one for one in sorted(found, key=lambda one: (one.key != FIRST, one.key))}


def scenario(key: str) -> Scenario:
    """Raises `RehearsalError` when there is no such scenario."""
    known = scenarios()
    if key not in known:
        raise RehearsalError(f"There is no scenario {key}; there are {', '.join(known)}.")
    return known[key]


def _in(module: str) -> Scenario:
    value = getattr(importlib.import_module(f"{__name__}.{module}"), "SCENARIO", None)
    if not isinstance(value, Scenario):
        raise TypeError(f"scenarios/{module}.py must define SCENARIO")
    return value
