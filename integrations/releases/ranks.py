"""Whose work goes first: prod before qa before dev, as the environments' promotion order says."""

from integrations.memory import remembered
from integrations.releases.models import Environment

__all__ = ["environments_by_rank"]


@remembered(seconds=5.0)
def environments_by_rank() -> tuple[int, ...]:
    """The ids of the environments, the last of the promotion order first. A new one is seen within seconds."""
    return tuple(Environment.objects.order_by("-order", "pk").values_list("pk", flat=True))
