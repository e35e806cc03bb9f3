"""Runs and their steps on the wire."""

from datetime import datetime
from typing import Any, get_args

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.shapes.money import MoneyShape, money
from integrations.runs.lane_facts import facts_of
from integrations.runs.models import Run, StepEntry
from integrations.runs.progress import Progress, progress_of
from integrations.runs.waits import WaitKind, Waits, waits_of

__all__ = [
    "RunDetailShape",
    "RunShape",
    "StepShape",
    "TimelineShape",
    "milliseconds",
    "run_rows",
    "told",
]

RunStates = Run.State.choices


class FlowName(serializers.Serializer[Any]):
    """A flow's key and its name at the time of the release."""

    key = serializers.CharField(source="flow_key")
    name = serializers.CharField(source="release.flow_name")


class WaitsShape(serializers.Serializer[Any]):
    """What a run waits for, as a sentence, and the number of what leads there. `until`: it goes on by itself at the latest."""

    kind = serializers.ChoiceField(choices=get_args(WaitKind))
    sentence = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    run = serializers.IntegerField(allow_null=True)
    connection = serializers.IntegerField(allow_null=True)
    effect = serializers.IntegerField(allow_null=True)
    approval = serializers.IntegerField(allow_null=True)


class LaneShape(serializers.Serializer[Any]):
    """The lane of a run that isn't over: whose turn it is, and how many wait before and behind this run."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    place = serializers.IntegerField()
    holder = serializers.IntegerField(allow_null=True)
    ahead = serializers.IntegerField()
    behind = serializers.IntegerField()
    sentence = serializers.CharField()


class Together(serializers.ListSerializer[Any]):
    """Many runs: what they wait for is read for all of them at once."""

    def to_representation(self, data: Any) -> Any:
        rows = list(data.all() if hasattr(data, "all") else data)
        if isinstance(self.child, RunShape):
            self.child.waits = waits_of(rows)
        return super().to_representation(rows)


class RunShape(serializers.ModelSerializer[Run]):
    """One run, without its steps. Needs `run_rows()`: release and environment are read with it."""

    waits: dict[int, Waits] | None = None

    flow = FlowName(source="*")
    environment = serializers.CharField(source="environment.key")
    release = serializers.IntegerField(source="release.number")
    amount = serializers.SerializerMethodField()
    ms = serializers.SerializerMethodField(
        help_text="From start to end, or to now is not known: null while it runs."
    )
    failure = serializers.IntegerField(source="failure_id", allow_null=True)
    event = serializers.IntegerField(source="event_id")
    retry_of = serializers.IntegerField(source="retry_of_id", allow_null=True)
    waits_for = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields = [
            "id", "flow", "environment", "release", "state", "reason", "result", "title", "amount", "queued_at",
            "started_at", "ended_at", "due_at", "ms", "failure", "event", "retry_of", "waits_for",
        ]  # fmt: skip
        list_serializer_class = Together

    @extend_schema_field(WaitsShape(allow_null=True))
    def get_waits_for(self, run: Run) -> Any:
        found = waits_of([run]) if self.waits is None else self.waits
        return WaitsShape(found[run.pk]).data if run.pk in found else None

    @extend_schema_field(MoneyShape(allow_null=True))
    def get_amount(self, run: Run) -> dict[str, str] | None:
        return money(run.amount, run.currency)

    def get_ms(self, run: Run) -> int | None:
        return milliseconds(run.started_at, run.ended_at)


class StepProblem(serializers.Serializer[Any]):
    """Why an attempt failed, in one sentence for a person."""

    kind = serializers.CharField()
    code = serializers.CharField()
    sentence = serializers.CharField()
    pointer = serializers.CharField()


def step_problem(problem: dict[str, Any] | None) -> dict[str, str] | None:
    """The public part of a stored problem."""
    if not problem:
        return None
    return {name: str(problem.get(name, "")) for name in ("kind", "code", "sentence", "pointer")}


class StepShape(serializers.ModelSerializer[StepEntry]):
    """The latest attempt at one path; input and output are asked for apart."""

    ms = serializers.SerializerMethodField()
    problem = serializers.SerializerMethodField()
    effect = serializers.IntegerField(source="effect_id", allow_null=True)

    class Meta:
        model = StepEntry
        fields = [
            "path", "node", "state", "attempt", "started_at", "ended_at", "ms", "port", "problem", "effect", "next_at",
        ]  # fmt: skip

    def get_ms(self, step: StepEntry) -> int | None:
        return milliseconds(step.started_at, step.ended_at)

    @extend_schema_field(StepProblem(allow_null=True))
    def get_problem(self, step: StepEntry) -> dict[str, str] | None:
        return step_problem(step.problem)


class TalliesField(serializers.DictField):
    """Node → state → how many steps."""

    child = serializers.DictField(child=serializers.IntegerField())


class TimelineShape(serializers.Serializer[Any]):
    """What changed in a run since a sequence number."""

    run = RunShape()
    seq = serializers.IntegerField()
    steps = StepShape(many=True)
    tallies = TalliesField(
        default=dict,
        help_text="Of a run with very many steps: how many stand how, by node and state. Those inside loops that are done"
        " are then left out of steps.",
    )


class RunDetailShape(RunShape):
    """A run drawn on the release it ran with: one run, not many."""

    _known: Progress | None = None

    graph = serializers.JSONField(source="release.graph")
    layout = serializers.JSONField(source="release.layout")
    seq = serializers.IntegerField()
    steps = serializers.SerializerMethodField()
    tallies = serializers.SerializerMethodField(help_text="As in a timeline; {} = steps are all there are.")
    removed = serializers.SerializerMethodField(
        help_text="Whether its steps were removed since: data is kept for a while after the run has ended."
    )
    lane = serializers.SerializerMethodField(help_text="null for a run that is over, or goes by itself.")

    class Meta(RunShape.Meta):
        fields = [*RunShape.Meta.fields, "graph", "layout", "seq", "steps", "tallies", "removed", "lane"]

    @extend_schema_field(LaneShape(allow_null=True))
    def get_lane(self, run: Run) -> Any:
        found = facts_of(run)
        return LaneShape(found).data if found is not None else None

    @extend_schema_field(StepShape(many=True))
    def get_steps(self, run: Run) -> Any:
        return StepShape(self._progress(run).steps, many=True).data

    @extend_schema_field(TalliesField)
    def get_tallies(self, run: Run) -> Any:
        return self._progress(run).tallies

    def get_removed(self, run: Run) -> bool:
        was_worked_on = run.state in Run.TERMINAL and run.started_at is not None
        return was_worked_on and not self._progress(run).steps

    def _progress(self, run: Run) -> Progress:
        if self._known is None:
            self._known = progress_of(run.pk)
        return self._known


def run_rows() -> Any:
    """Runs with what `RunShape` shows, and nothing heavy."""
    return Run.objects.select_related("release", "environment").defer(
        "release__plan", "release__graph", "release__layout", "input_edit"
    )


def told(run: Run, after: int = 0) -> dict[str, Any]:
    """What `TimelineShape` tells of a run: all of it, or what changed after a sequence number. The run was read before."""
    progress = progress_of(run.pk, after)
    return {"run": run, "seq": run.seq, "steps": progress.steps, "tallies": progress.tallies}


def milliseconds(start: datetime | None, end: datetime | None) -> int | None:
    """Whole milliseconds between two instants, None when one of them is missing."""
    if start is None or end is None:
        return None
    return round((end - start).total_seconds() * 1000)
