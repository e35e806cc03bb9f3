"""A flow as it stands in an environment, as a bundle: its newest version, the tables it reads, and questions for the rest."""

from collections.abc import Iterator
from typing import Any

from designer.bundles.bundle import Bundle, Requires
from designer.bundles.requires import requires_of
from designer.bundles.tables import exported_table
from designer.models import Flow, FlowVersion
from integrations.catalog import CATALOG
from integrations.engine.compiler import compile_flow
from integrations.engine.plan import Plan
from integrations.mapping.models import MappingTable
from integrations.releases.install import InstallRefused
from integrations.releases.models import Environment

__all__ = ["export_flow"]


def export_flow(flow: Flow, environment: Environment) -> Bundle:
    """The newest versions of the flow and of those it calls, with the environment's tables. No ids, secrets, bindings or
    variables' values.

    Raises `InstallRefused` when the version doesn't compile here, `FlowVersion.DoesNotExist` when there is none.
    """
    version = flow.versions.order_by("-number").first()
    if version is None:
        raise flow.versions.model.DoesNotExist(f"{flow.key} has no version")
    compiled = compile_flow(version.graph, CATALOG)
    if compiled.plan is None:
        raise InstallRefused(compiled.errors)
    wanted = compiled.plan.needs.get("tables", [])
    found = MappingTable.objects.filter(environment=environment, key__in=wanted).order_by("key")
    tables = {table.key: exported_table(table) for table in found}
    called = dict(_called(compiled.plan))
    requires = requires_of([compiled.plan], tables)
    return Bundle(
        key=flow.key,
        title=flow.name,
        description=flow.description,
        requires=requires,
        flows={flow.key: version.graph, **{key: one.graph for key, one in called.items()}},
        layouts={key: one.layout for key, one in {flow.key: version, **called}.items() if one.layout},
        tables=tables,
        questions=tuple(_questions(requires)),
    )


def _called(plan: Plan) -> Iterator[tuple[str, FlowVersion]]:
    """(key, newest version) of every flow it calls, however deep. A called flow's plan has a digest, a loop's body none."""
    for step in plan.steps:
        if step.body is None:
            continue
        if step.body.digest:
            versions = FlowVersion.objects.filter(flow__key=step.body.key)
            yield step.body.key, versions.order_by("-number")[0]
        yield from _called(step.body)


def _questions(requires: Requires) -> list[dict[str, Any]]:
    """One question for each slot and variable."""
    slots = [
        {
            "key": slot["key"],
            "title": f"Which connection goes into the slot “{slot['key']}”?",
            "type": "connection",
            "connector": slot["connector"],
            "writes": {"to": "slot", "slot": slot["key"]},
        }
        for slot in requires.slots
    ]
    variables = [
        {
            "key": variable["key"],
            "title": f"What is “{variable['key'].replace('_', ' ')}” here?",
            "type": "text",
            "writes": {"to": "variable", "variable": variable["key"]},
        }
        for variable in requires.variables
    ]
    return slots + variables
