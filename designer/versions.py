"""Drafts become versions on purpose: compiled, numbered, immutable."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from connectors.sdk.wire import Json
from designer.models import Draft, Flow, FlowVersion
from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow
from integrations.engine.graph import digest
from integrations.engine.problem import Problem

__all__ = ["Unchanged", "VersionRefused", "freeze", "make_version"]


class VersionRefused(Exception):  # noqa: N818 - named by what happened
    """The draft doesn't compile; `problems` holds every reason."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


class Unchanged(Exception):  # noqa: N818 - named by what happened
    """The draft says the same as the newest version."""


def freeze(flow: Flow, *, note: str, by: str) -> FlowVersion:
    """Make the next version out of the draft. Raises `VersionRefused` with every problem, `Unchanged`."""
    draft = Draft.objects.get(flow=flow)
    graph, layout = split(draft.document)
    compiled = compile_flow(graph, CATALOG)
    if compiled.plan is None:
        raise VersionRefused(compiled.errors)
    return make_version(flow, graph, layout, note=note, by=by)


def make_version(
    flow: Flow, graph: dict[str, Json], layout: dict[str, Json], *, note: str, by: str
) -> FlowVersion:
    """The next version of a flow. Raises `Unchanged` when graph and layout are those of the newest one."""
    with transaction.atomic():
        Flow.objects.select_for_update().get(pk=flow.pk)
        newest = flow.versions.order_by("-number").first()
        meaning = digest(graph)
        if newest is not None and newest.digest == meaning and newest.layout == layout:
            raise Unchanged
        last: dict[str, Any] = flow.versions.aggregate(last=Max("number"))
        return FlowVersion.objects.create(
            flow=flow,
            number=(last["last"] or 0) + 1,
            digest=meaning,
            graph=graph,
            layout=layout,
            note=note,
            created_by=by,
        )


def split(document: dict[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """A document as (graph, layout)."""
    graph = dict(document)
    layout = graph.pop("layout", {})
    return graph, layout
