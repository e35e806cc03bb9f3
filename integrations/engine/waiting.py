"""Reasons to stop that are not failures, raised through a step by the runtime."""

from datetime import datetime

__all__ = ["EffectInFlight", "Superseded"]


class EffectInFlight(Exception):  # noqa: N818 - not an error: the run waits for another run's effect
    """Another run holds the same effect and hasn't settled it; `token` names it. The step ends as `Wait("effect")`."""

    def __init__(self, token: str, until: datetime | None = None) -> None:
        super().__init__(token)
        self.token = token
        self.until = until


class Superseded(Exception):  # noqa: N818 - not an error: newer data was written already
    """A newer version of the same source record has written these fields. The step is done, with this output."""

    def __init__(self, output: object) -> None:
        super().__init__("superseded")
        self.output = output
