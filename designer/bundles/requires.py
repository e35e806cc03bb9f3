"""What a flow needs of its target, told from its compiled plan: connectors with versions and operations, slots, tables."""

from collections.abc import Iterable, Mapping

from connectors.sdk import registry
from designer.bundles.bundle import Requires, Table
from integrations.engine.plan import Plan, Step

__all__ = ["requires_of"]


def requires_of(plans: Iterable[Plan], tables: Mapping[str, Table]) -> Requires:
    """Versions are "from the one installed here up to the next major"."""
    plans = list(plans)
    slots: dict[str, str] = {}
    variables: set[str] = set()
    for plan in plans:
        slots |= dict(plan.needs.get("slots", {}))
        variables |= set(plan.needs.get("variables", []))
    steps = [step for plan in plans for step in _steps(plan)]
    return Requires(
        connectors=tuple(_connector(key, steps) for key in sorted(set(slots.values()))),
        slots=tuple({"key": key, "connector": connector} for key, connector in sorted(slots.items())),
        variables=tuple({"key": key, "type": "text", "required": True} for key in sorted(variables)),
        tables=tuple(
            {"key": key, "columns": [column["key"] for column in table.schema["columns"]]}
            for key, table in sorted(tables.items())
        ),
    )


def _connector(key: str, steps: list[Step]) -> dict[str, object]:
    version = registry.connector(key).manifest.version
    major = int(version.partition(".")[0])
    return {
        "key": key,
        "versions": f">={version},<{major + 1}",
        "operations": _named(steps, "operation", key),
        "triggers": _named(steps, "trigger", key),
    }


def _named(steps: list[Step], param: str, connector: str) -> list[str]:
    names = {str(step.params.get(param, "")) for step in steps}
    return sorted(name for name in names if name.partition(".")[0] == connector)


def _steps(plan: Plan) -> Iterable[Step]:
    for step in plan.steps:
        yield step
        if step.body is not None:
            yield from _steps(step.body)
