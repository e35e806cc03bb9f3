"""Reasons to stop that are not failures, raised through a step by the runtime."""

from datetime import datetime

from integrations.engine.outcome import ParkReason

__all__ = ["EffectInFlight", "Held", "Superseded"]


class Held(Exception):  # noqa: N818 - not an error: the step waits its turn
    """The step can't go on now, through no fault of its own. It ends as `Wait(reason, until, token)` and spends nothing.

    `token` names what wakes the run ("effect:17", "connection:3", "approval:8"); `until` is when it looks again by itself.
    """

    def __init__(self, reason: ParkReason, token: str = "", until: datetime | None = None) -> None:
        super().__init__(token or reason)
        self.reason: ParkReason = reason
        self.token = token
        self.until = until


class EffectInFlight(Held):
    """Another run holds the same effect and hasn't settled it; `token` names it."""

    def __init__(self, token: str, until: datetime | None = None) -> None:
        super().__init__("effect", token, until)


class Superseded(Exception):  # noqa: N818 - not an error: newer data was written already
    """A newer version of the same source record has written these fields. The step is done, with this output."""

    def __init__(self, output: object) -> None:
        super().__init__("superseded")
        self.output = output
