"""Starting a flow by hand, with data."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from connectors.sdk.errors import Config
from designer.api.flows import FlowView
from integrations.access.actor import actor_of
from integrations.access.audit import record
from integrations.api.idempotency import once
from integrations.api.problems import ApiProblem
from integrations.api.seen import environment_by_key, named_in_body
from integrations.api.shapes.events import EventShape
from integrations.api.shapes.runs import RunShape, run_rows
from integrations.catalog import CATALOG
from integrations.ingress.intake import trigger_manually
from integrations.releases.models import Environment, Release
from integrations.releases.plans import plan_of

__all__ = ["FlowTrigger"]

_IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Done once per key and caller."
)


class TriggerInput(serializers.Serializer[Any]):
    """Where to start it, and what `$event` will be."""

    environment = serializers.SlugField(max_length=32)
    data = serializers.JSONField()  # type: ignore[assignment]  # the contract's word


class Triggered(serializers.Serializer[Any]):
    """The event that was stored and the run it started."""

    event = EventShape()
    run = RunShape()


class FlowTrigger(FlowView):
    """Start the active release of a flow."""

    actions = {"POST": "flow.trigger"}
    serializer_class = Triggered

    def environment_of(self, request: Request, **_kwargs: Any) -> Environment:
        self.environment = environment_by_key(request, named_in_body(request, "environment"))
        return self.environment

    @extend_schema(request=TriggerInput, responses={202: Triggered}, parameters=[_IDEMPOTENCY])
    @once
    def post(self, request: Request, key: str) -> Response:
        wanted = TriggerInput(data=request.data)
        wanted.is_valid(raise_exception=True)
        flow = self.flow(key)
        try:
            event, runs = trigger_manually(
                self.environment,
                flow.key,
                _trigger_node(self.environment, flow.key),
                wanted.validated_data["data"],
                actor_of(request).name,
            )
        except Config as failure:
            raise ApiProblem(409, failure.code, failure.sentence) from failure
        record(
            request,
            "flow.trigger",
            f"flow {flow.key}",
            environment=self.environment,
            note=f"Event {event.pk}",
        )
        run = run_rows().get(pk=runs[0].pk)
        return Response({"event": EventShape(event).data, "run": RunShape(run).data}, status=202)


def _trigger_node(environment: Environment, flow_key: str) -> str:
    """The node the event is said to have come from: the active release's trigger."""
    release = (
        Release.objects.filter(environment=environment, flow_key=flow_key, active=True).only("id").first()
    )
    steps = plan_of(release.pk).steps if release else ()
    kinds = ((step.id, CATALOG.node_type(step.type)) for step in steps)
    return next((step for step, kind in kinds if kind is not None and kind.category == "trigger"), "")
