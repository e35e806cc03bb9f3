"""Questions to people on the wire: what is asked, of whom, and what was decided."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.access.authorise import can
from integrations.api.shapes.runs import FlowName
from integrations.approvals.decide import decide_action
from integrations.approvals.models import Approval
from integrations.payloads import codec

__all__ = ["AnswerInput", "ApprovalDetailShape", "ApprovalShape", "approval_rows"]


class AskingFlow(FlowName):
    """The flow that asks, with its name at the time of the release."""

    name = serializers.CharField(source="run.release.flow_name")


class ApprovalShape(serializers.ModelSerializer[Approval]):
    """One question, without its message and form. Needs `approval_rows()` and the request in its context."""

    environment = serializers.CharField(source="environment.key")
    flow = AskingFlow(source="*")
    run = serializers.IntegerField(source="run_id")
    run_title = serializers.CharField(source="run.title")
    may_decide = serializers.SerializerMethodField(help_text="Whether it waits, and for somebody like you.")

    class Meta:
        model = Approval
        fields = [
            "id", "title", "state", "role", "environment", "flow", "run", "run_title", "path", "asked_at", "expires_at",
            "decided_by", "decided_at", "may_decide",
        ]  # fmt: skip

    def get_may_decide(self, one: Approval) -> bool:
        waits = one.state == Approval.State.WAITING
        return waits and can(self.context["request"], decide_action(one), one.environment)


class ApprovalDetailShape(ApprovalShape):
    """A question with what one should know, the form of the answer, and the answer."""

    message = serializers.SerializerMethodField()
    form = serializers.JSONField(help_text="JSON Schema of the answer; fields in the order of x-order.")
    answer = serializers.SerializerMethodField()

    class Meta(ApprovalShape.Meta):
        fields = [*ApprovalShape.Meta.fields, "message", "form", "answer", "note"]

    def get_message(self, one: Approval) -> str:
        message = codec.unpack(one.message)
        return codec.instead(message) or str(message or "")

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_answer(self, one: Approval) -> Any:
        return codec.unpack(one.answer)


class AnswerInput(serializers.Serializer[Any]):
    """What is decided. The answer fills in the form; whoever rejects may leave it empty."""

    approve = serializers.BooleanField()
    answer = serializers.JSONField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


def approval_rows() -> Any:
    """Questions with what their shape shows, and nothing heavy of their runs."""
    heavy = ("run__release__plan", "run__release__graph", "run__release__layout", "run__input_edit")
    return Approval.objects.select_related("environment", "run__release").defer(*heavy)
