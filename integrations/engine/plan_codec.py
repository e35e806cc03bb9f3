"""Plans as JSON and back, exactly: what a release stores is what a run executes."""

from collections.abc import Mapping

from connectors.sdk.wire import Json
from integrations.engine.plan import FORMAT, Edge, OnError, Plan, RetryPolicy, Step

__all__ = ["plan_from_json", "plan_to_json"]


def plan_to_json(plan: Plan) -> dict[str, Json]:
    """The plan as a JSON object; see `Plan.to_json`."""
    return plan.to_json()


def plan_from_json(value: Mapping[str, Json]) -> Plan:
    """The inverse of `plan_to_json`. Raises `ValueError` for a plan of a format this version can't read."""
    if value.get("format") != FORMAT:
        raise ValueError(f"This plan has format {value.get('format')!r}; this version reads {FORMAT}.")
    return Plan(
        key=value["key"],
        digest=value["digest"],
        steps=tuple(_step(step) for step in value["steps"]),
        edges=tuple(Edge(edge["id"], *edge["from"], *edge["to"]) for edge in value["edges"]),
        needs=value["needs"],
        settings=value["settings"],
    )


def _step(value: Mapping[str, Json]) -> Step:
    made = {
        **value,
        "retry": RetryPolicy(**value["retry"]),
        "on_error": OnError(**value["on_error"]),
        "body": plan_from_json(value["body"]) if value["body"] is not None else None,
    }
    return Step(**made)
