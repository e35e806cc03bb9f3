"""A flow version becomes a release: compiled in its target environment, with every problem said at once, and inert."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max

from connectors.sdk import registry
from connectors.sdk.wire import Json
from integrations.access.actor import Someone, actor_of
from integrations.access.audit import record
from integrations.catalog import Installed
from integrations.engine.compiler import Compilation, compile_flow
from integrations.engine.plan import Plan
from integrations.engine.problem import Problem
from integrations.mapping.models import MappingTable
from integrations.releases.bindings import bound_connectors
from integrations.releases.endpoints import reserve
from integrations.releases.models import Environment, Release, Variable
from integrations.releases.versions import satisfies

__all__ = ["InstallRefused", "Source", "compile_in", "install"]


class InstallRefused(Exception):  # noqa: N818 - named by what happened
    """The flow can't run in this environment; `problems` holds every reason."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Source:
    """What is installed: a flow document without layout, its layout apart, and the version it is.

    `connectors`: the connector versions it was made with, as ranges (`{"streak": ">=1.0,<2"}`). `flows`: documents of
    flows it calls that come with it; others are looked up.
    """

    name: str
    version: int
    graph: Mapping[str, Json]
    layout: Mapping[str, Json] = field(default_factory=dict)
    connectors: Mapping[str, str] = field(default_factory=dict)
    flows: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)


def compile_in(environment: Environment, source: Source) -> Compilation:
    """Compile for this environment. Errors: whatever the compiler finds, and what the environment lacks."""
    compiled = compile_flow(source.graph, Installed(source.flows))
    problems = [*compiled.problems, *_connector_problems(source.connectors)]
    if compiled.plan is not None:
        problems += _environment_problems(environment, compiled.plan)
    found = Compilation(compiled.plan, tuple(problems))
    return Compilation(None, found.problems) if found.errors else found


def install(environment: Environment, source: Source, by: Someone) -> Release:
    """Make the next release of the flow in `environment`, with its endpoints reserved. Nothing runs until `activate`.

    Raises `InstallRefused` with every problem.
    """
    compiled = compile_in(environment, source)
    if compiled.plan is None:
        raise InstallRefused(compiled.errors)
    key = compiled.plan.key
    with transaction.atomic():
        last = Release.objects.filter(environment=environment, flow_key=key).aggregate(last=Max("number"))[
            "last"
        ]
        release = Release.objects.create(
            environment=environment,
            flow_key=key,
            flow_name=source.name,
            number=(last or 0) + 1,
            version=source.version,
            digest=compiled.plan.digest,
            plan=compiled.plan.to_json(),
            graph=dict(source.graph),
            layout=dict(source.layout),
            created_by=actor_of(by).name,
        )
        reserve(release)
        record(
            by,
            "release.deploy",
            f"{key} r{release.number}",
            environment=environment,
            note=f"Installed version {source.version}",
        )
    return release


def _connector_problems(wanted: Mapping[str, str]) -> list[Problem]:
    installed = registry.connectors()
    problems = []
    for connector, versions in sorted(wanted.items()):
        if connector not in installed:
            message = f"The connector {connector} is not installed here."
            problems.append(Problem("connector_missing", message, params={"connector": connector}))
        elif not satisfies(installed[connector].manifest.version, versions):
            have = installed[connector].manifest.version
            message = f"The flow needs {connector} {versions}; version {have} is installed here."
            problems.append(
                Problem("connector_version", message, params={"connector": connector, "installed": have})
            )
    return problems


def _environment_problems(environment: Environment, plan: Plan) -> list[Problem]:
    return [
        *_slot_problems(environment, plan.needs.get("slots", {})),
        *_table_problems(environment, plan.needs.get("tables", [])),
        *_variable_problems(environment, plan.needs.get("variables", [])),
    ]


def _slot_problems(environment: Environment, slots: Mapping[str, str]) -> list[Problem]:
    bound = bound_connectors(environment)
    problems = []
    for slot, connector in sorted(slots.items()):
        params = {"slot": slot, "connector": connector}
        if slot not in bound:
            message = f"Nothing is connected to the slot “{slot}” in {environment.name}."
            problems.append(Problem("slot_unbound", message, params=params))
        elif connector and bound[slot] != connector:
            message = f"The slot “{slot}” needs a connection to {connector}; in {environment.name} it holds one to {bound[slot]}."
            problems.append(Problem("slot_other_connector", message, params=params))
    return problems


def _table_problems(environment: Environment, tables: list[str]) -> list[Problem]:
    there = set(
        MappingTable.objects.filter(environment=environment, key__in=tables).values_list("key", flat=True)
    )
    return [
        Problem("table_missing", f"{environment.name} has no mapping table “{key}”.", params={"table": key})
        for key in sorted(set(tables) - there)
    ]


def _variable_problems(environment: Environment, variables: list[str]) -> list[Problem]:
    there = set(
        Variable.objects.filter(environment=environment, key__in=variables).values_list("key", flat=True)
    )
    return [
        Problem("variable_missing", f"{environment.name} has no variable “{key}”.", params={"variable": key})
        for key in sorted(set(variables) - there)
    ]
