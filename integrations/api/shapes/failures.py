"""Failures on the wire: what went wrong, how often, and how much money waits for it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.shapes.money import MoneyShape, sums
from integrations.api.shapes.runs import RunShape, run_rows
from integrations.failures.models import Failure, Occurrence
from integrations.payloads import codec
from integrations.runs.lane_facts import held_up
from integrations.runs.models import Run

__all__ = ["FailureDetailShape", "FailureShape", "with_parked"]

SHOWN_RUNS = 50


class FailureShape(serializers.ModelSerializer[Failure]):
    """One group of the error inbox. Needs `with_parked` to have been called on the page's rows."""

    flow = serializers.CharField(source="flow_key")
    environment = serializers.CharField(source="environment.key")
    owner = serializers.SerializerMethodField()
    open = serializers.SerializerMethodField(help_text="Runs that are parked on it now.")
    money = serializers.SerializerMethodField(help_text="What the parked runs are worth, by currency.")
    blocks = serializers.SerializerMethodField(
        help_text="Runs that wait for their turn behind the parked ones."
    )

    class Meta:
        model = Failure
        fields = [
            "id", "state", "kind", "code", "sentence", "connector", "operation", "node", "flow", "environment", "count",
            "open", "first_at", "last_at", "money", "verdict", "owner", "note", "pointer", "info", "snoozed_until", "blocks",
        ]  # fmt: skip

    def get_owner(self, failure: Failure) -> str | None:
        return failure.owner.get_username() if failure.owner else None

    def get_open(self, failure: Failure) -> int:
        return int(getattr(failure, "parked_count", 0))

    def get_blocks(self, failure: Failure) -> int:
        return int(getattr(failure, "parked_blocks", 0))

    @extend_schema_field(MoneyShape(many=True))
    def get_money(self, failure: Failure) -> list[dict[str, str]]:
        return list(getattr(failure, "parked_money", []))


class FailureDetailShape(FailureShape):
    """A failure with the newest of its parked runs, and for a conflict what was made and what is meant now."""

    runs = serializers.SerializerMethodField()
    payloads = serializers.SerializerMethodField(
        help_text="{confirmed, intended} of the latest conflict, else null."
    )

    class Meta(FailureShape.Meta):
        fields = [*FailureShape.Meta.fields, "runs", "payloads"]

    @extend_schema_field(RunShape(many=True))
    def get_runs(self, failure: Failure) -> Any:
        rows = run_rows().filter(failure=failure, state=Run.State.PARKED).order_by("-id")
        return RunShape(rows[:SHOWN_RUNS], many=True).data

    @extend_schema_field({"type": "object", "nullable": True})
    def get_payloads(self, failure: Failure) -> Any:
        latest = Occurrence.objects.filter(failure=failure, payloads__isnull=False).order_by("-id").first()
        return codec.unpack(latest.payloads) if latest else None


def with_parked(failures: Sequence[Failure]) -> Sequence[Failure]:
    """Add to each row how many runs are parked on it, their money and what they hold up, in two queries. Sums are exact."""
    parked = (
        Run.objects.filter(failure__in=[failure.pk for failure in failures], state=Run.State.PARKED)
        .values_list("failure_id", "currency", "amount")
        .annotate(runs=Count("id"))
        .order_by()
    )
    amounts: dict[int, list[tuple[Any, str]]] = {}
    counts: dict[int, int] = {}
    for failure_id, currency, amount, runs in parked:
        counts[failure_id] = counts.get(failure_id, 0) + runs
        if amount is not None:
            amounts.setdefault(failure_id, []).append((amount * runs, currency))
    blocks = held_up([failure.pk for failure in failures])
    for failure in failures:
        failure.parked_blocks = blocks.get(failure.pk, 0)  # type: ignore[attr-defined]
        failure.parked_count = counts.get(failure.pk, 0)  # type: ignore[attr-defined]
        failure.parked_money = sums(amounts.get(failure.pk, []))  # type: ignore[attr-defined]
    return failures
