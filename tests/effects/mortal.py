"""A process that dies where it is told to: before or after a commit, before or after a request."""

from typing import Any

from integrations.runs.writer import InlineWriter

__all__ = ["Died", "Fate", "MortalWriter"]


class Died(BaseException):
    """The process is gone. Not an Exception, so nobody can catch it by mistake."""


class Fate:
    """Dies at the n-th boundary it passes; 0 = lives."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.passed = 0

    def passing(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            raise Died


class MortalWriter(InlineWriter):
    """Commits everything; the process may die right before and right after each commit."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def _put(self, work: Any) -> Any:
        self._fate.passing()
        future = super()._put(work)
        self._fate.passing()
        return future
