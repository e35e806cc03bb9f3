"""Smaller limits, so that a list of a few items counts as long."""

from dataclasses import replace

import pytest

from integrations.engine import by_page, grouping, mapped, read_all
from integrations.engine.limits import LIMITS
from integrations.nodes import batch, for_each

__all__ = ["shorten"]


def shorten(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    """Have everything that goes through lists keep to these limits."""
    for module in (by_page, grouping, mapped, read_all, batch, for_each):
        monkeypatch.setattr(module, "LIMITS", replace(LIMITS, **limits))
