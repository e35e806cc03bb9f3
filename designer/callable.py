"""The flows that steps of other flows call, by key: the newest version of each, lent to whoever compiles."""

from collections.abc import Mapping

from connectors.sdk.wire import Json
from designer.models import FlowVersion
from integrations.catalog import lend_flows

__all__ = ["callable_flow"]


def callable_flow(key: str) -> Mapping[str, Json] | None:
    """The document of the flow's newest version, without layout; None when it has none."""
    versions = FlowVersion.objects.filter(flow__key=key).order_by("-number")
    graph: Mapping[str, Json] | None = versions.values_list("graph", flat=True).first()
    return graph


lend_flows(callable_flow)
