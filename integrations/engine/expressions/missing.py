"""The result of an expression that found nothing."""

from enum import Enum
from typing import Final

__all__ = ["MISSING", "Missing"]


class Missing(Enum):
    """Found nothing (JSONata's undefined), told apart from null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING
