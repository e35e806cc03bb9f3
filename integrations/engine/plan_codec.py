"""Plans as JSON and back, exactly: what a release stores is what a run executes."""

from collections.abc import Mapping
from dataclasses import asdict

from connectors.sdk.wire import Json
from integrations.engine.plan import Edge, OnError, Plan, RetryPolicy, Step

__all__ = ["plan_from_json", "plan_to_json"]

FORMAT = 1


def plan_to_json(plan: Plan) -> dict[str, Json]:
    """The plan as a JSON object, shared where it can be: don't change it."""
    return {"format": FORMAT, **_plan(plan)}


def _plan(plan: Plan) -> dict[str, Json]:
    return {
        "key": plan.key,
        "digest": plan.digest,
        "steps": [_step(step) for step in plan.steps],
        "edges": [
            {"id": e.id, "from": [e.source, e.source_port], "to": [e.target, e.target_port]} for e in plan.edges
        ],
        "needs": dict(plan.needs),
        "settings": dict(plan.settings),
    }


def _step(step: Step) -> dict[str, Json]:
    return {
        "id": step.id,
        "type": step.type,
        "version": step.version,
        "name": step.name,
        "params": dict(step.params),
        "slot": step.slot,
        "retry": asdict(step.retry),
        "on_error": {"action": step.on_error.action, "default": step.on_error.default},
        "disabled": step.disabled,
        "body": _plan(step.body) if step.body is not None else None,
        "writes": step.writes,
        "transparent": step.transparent,
    }


def plan_from_json(value: Mapping[str, Json]) -> Plan:
    """The inverse of `plan_to_json`. Raises `ValueError` for a plan of a format this version can't read."""
    if value.get("format") != FORMAT:
        raise ValueError(f"This plan has format {value.get('format')!r}; this version reads {FORMAT}.")
    return _plan_from(value)


def _plan_from(value: Mapping[str, Json]) -> Plan:
    return Plan(
        key=value["key"],
        digest=value["digest"],
        steps=tuple(_step_from(step) for step in value["steps"]),
        edges=tuple(Edge(e["id"], *e["from"], *e["to"]) for e in value["edges"]),
        needs=value["needs"],
        settings=value["settings"],
    )


def _step_from(value: Mapping[str, Json]) -> Step:
    made = {
        **value,
        "retry": RetryPolicy(**value["retry"]),
        "on_error": OnError(**value["on_error"]),
        "body": _plan_from(value["body"]) if value["body"] is not None else None,
    }
    return Step(**made)
