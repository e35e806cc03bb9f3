"""What the run page shows: facts, timeline with data, effects, and what a person may do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connectors.sdk.wire import Json
from integrations.console import looks, marks
from integrations.console.pages import Fact
from integrations.effects.models import Effect
from integrations.failures.actions import NotParked, retry_plan
from integrations.failures.skipping import CantSkip, skippable
from integrations.payloads import codec
from integrations.releases.models import Release
from integrations.runs.admin_entries import Shown, entries_of
from integrations.runs.lane_facts import LaneFacts, facts_of
from integrations.runs.models import Run, StepEntry
from integrations.runs.quarantine import KILLS_WORKERS
from integrations.runs.repeated import spelled_out
from integrations.runs.timeline import Line, lines_of
from integrations.runs.waits import Waits, waits_of

__all__ = ["Act", "RunPage", "acts_for", "awaited", "badge", "page_of", "waiting_look"]

SHOWN_EFFECTS = 200


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person may do, with what it will and will not do."""

    title: str
    says: str
    button: str
    url: str
    danger: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """The context of `admin/run.html`. `lane` is None for a run that is over or goes by itself; `ended_by` says why a person
    ended it, "" = nobody did."""

    facts: list[Fact]
    waits: Waits | None
    lane: LaneFacts | None
    ended_by: str
    lines: list[Line]
    shown: Shown
    effects: list[Effect]
    reads_all: bool
    opened: str
    current: str


def page_of(run: Run, opened: str, after: str = "") -> RunPage:
    """Read everything the page shows of a run: a fixed number of queries, whatever its length. `opened` is a step's path,
    `after` the journal's entry behind which the page begins."""
    shown = entries_of(run, after)
    entries = shown.entries
    lines = lines_of(run.release.plan, entries, shown.exchanges)
    read_data(run.pk, [line for line in lines if shown.reads_all or line.path == opened])
    effects = list(
        Effect.objects.filter(
            Q(run_number=run.pk) | Q(pk__in=[one.effect_id for one in entries if one.effect_id])
        )
        .defer("request", "output")
        .order_by("id")[:SHOWN_EFFECTS]
    )
    return RunPage(
        facts=_facts(run, entries),
        waits=waits_of([run]).get(run.pk),
        lane=facts_of(run),
        ended_by=_ended_by(run),
        lines=lines,
        shown=shown,
        effects=effects,
        reads_all=shown.reads_all,
        opened=opened,
        current=_current(run, lines),
    )


def read_data(run_id: int, lines: Sequence[Line]) -> None:
    """Open inputs, outputs and bodies of these lines together."""
    attempts = [attempt for line in lines for attempt in line.attempts]
    blobs: list[Any] = []
    for attempt in attempts:
        blobs += [attempt.entry.input, attempt.entry.output, *(one.body for one in attempt.exchanges)]
    values = iter(_unpacked(spelled_out(run_id, blobs)))
    for attempt in attempts:
        attempt.input, attempt.output = next(values), next(values)
        attempt.calls = [(exchange, next(values)) for exchange in attempt.exchanges]


def acts_for(run: Run) -> list[Act]:
    """What may be done about the run in its state, the gentlest first."""
    if run.state in Run.TERMINAL:
        return []
    ends = reverse("admin:run-cancel", args=[run.pk])
    cancel = Act("Cancel the run", "Nothing that was written is undone", "Cancel run", ends, danger=True)
    if run.state != Run.State.PARKED:
        return [cancel]
    gives_up = reverse("admin:run-give-up", args=[run.pk])
    give_up = Act(
        "Give up",
        "Ends as failed, with a reason; the next in its lane goes on",
        "Give up",
        gives_up,
        danger=True,
    )
    return [*_retries(run), *_skip(run), cancel, give_up]


def _skip(run: Run) -> list[Act]:
    try:
        step = skippable(run)
    except (NotParked, CantSkip):
        return []
    here = reverse("admin:run-skip", args=[run.pk])
    return [Act(f"Go on without {step.name}", "You say what it comes to, and why", "Skip step", here)]


def _retries(run: Run) -> list[Act]:
    plan, here = retry_plan(run), reverse("admin:run-retry", args=[run.pk])
    step = _waiting_step(run)
    met = len(plan["confirmed"])
    counts = [
        _many(len(plan["reused"]), "step", "reused"),
        _many(len(plan["unknown"]), "effect", "looked up first"),
    ]
    asks = run.waits_for.startswith("approval:")  # only an answer brings that one further
    found = [
        *([] if asks else [Act(f"Retry from {step}", ", ".join(counts), "Show plan", here)]),
        Act(
            "Run again from the start",
            f"A new run of the same event; {_many(met, 'confirmed effect', 'met')}, not repeated",
            "Show plan",
            f"{here}?mode=start",
        ),
    ]
    newer = (
        Release.objects.filter(environment_id=run.environment_id, flow_key=run.flow_key, active=True)
        .exclude(pk=run.release_id)
        .values_list("number", flat=True)
        .first()
    )
    if newer:
        says = f"Release {newer} instead of {run.release.number}; confirmed effects are met, not repeated"
        found.append(
            Act(
                "Run again on the current release",
                says,
                "Show plan",
                f"{here}?mode=start&release=current",
            )
        )
    return found


def _many(count: int, noun: str, what: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'} {what}"


def _waiting_step(run: Run) -> str:
    """The name of the step a parked run waits at."""
    last = StepEntry.objects.filter(run=run).exclude(state__in=["done", "skipped"]).order_by("-id").first()
    if last is None:
        return "the first step"
    names = [line.name for line in lines_of(run.release.plan, [last], [])]
    return names[0]


def _current(run: Run, lines: Sequence[Line]) -> str:
    """The path that is drawn as "now": where the run waits or works."""
    if run.state in {Run.State.SUCCEEDED, Run.State.CANCELLED}:
        return ""
    open_ones = [line.path for line in lines if line.state in {"fail", "retry", "wait", "begun"}]
    return open_ones[-1] if open_ones else ""


def _unpacked(blobs: Sequence[Any]) -> list[Json]:
    """All values at once; where one can't be read, each by itself, so that the others still show."""
    try:
        return codec.unpack_all(blobs)
    except codec.Unreadable:
        return [_unpacked_alone(blob) for blob in blobs]


def _unpacked_alone(blob: Any) -> Json:
    try:
        return codec.unpack(blob)
    except codec.Unreadable as problem:
        return {"$unreadable": str(problem)}


def _facts(run: Run, entries: Sequence[StepEntry]) -> list[Fact]:
    steps = len({entry.path for entry in entries if entry.state != "skipped"})
    tries = sum(entry.state != "skipped" for entry in entries)
    facts = [
        Fact(
            "Flow and release",
            _link("release", run.release_id, f"{run.release.flow_name}, r{run.release.number}"),
        ),
        Fact("Event", _link("event", run.event_id, run.event.title or marks.short(run.event.key))),
        Fact("Arrived", marks.instant(run.event.received_at)),
        Fact("Amount", marks.money_text(run.amount, run.currency) or "not known yet"),
        Fact("Started", marks.instant(run.started_at)),
        Fact("Ended", marks.instant(run.ended_at)),
        Fact("Took", marks.duration(_took(run)) or "not over yet"),
        Fact("Attempts", f"{steps} steps, {tries} attempts, {run.deaths} worker deaths"),
    ]
    if run.lane_id is not None:
        lane = f"{reverse('admin:integrations_run_changelist')}?lane__id__exact={run.lane_id}"
        facts.append(Fact("Lane", format_html('<a href="{}">{}</a>, number {}', lane, run.lane, run.place)))
    if run.retry_of_id:
        facts.append(Fact("Retry of", _link("run", run.retry_of_id, f"run {run.retry_of_id}")))
    facts += [Fact("Went on as", _link("run", other, f"run {other}")) for other in _later(run)]
    return facts


def awaited(waits: Waits) -> SafeString | str:
    """The way to what the run waits for; "" when there is none."""
    ways = (
        ("approval", waits.approval, "Open the question"),
        ("run", waits.run, f"Open run {waits.run}"),
        ("connection", waits.connection, "Open the connection"),
        ("effect", waits.effect, "Open the effect"),
    )
    return next((_link(model, number, text) for model, number, text in ways if number is not None), "")


def _ended_by(run: Run) -> str:
    if run.state not in {Run.State.FAILED, Run.State.CANCELLED}:
        return ""
    return run.occurrences.order_by("-pk").values_list("closed_by", flat=True).first() or ""


def _later(run: Run) -> list[int]:
    return (
        list(Run.objects.filter(retry_of=run).values_list("pk", flat=True))
        if run.state == "cancelled"
        else []
    )


def _took(run: Run) -> float | None:
    if run.started_at is None or run.ended_at is None:
        return None
    return (run.ended_at - run.started_at).total_seconds() * 1000


def _link(model: str, pk: int, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(f"admin:integrations_{model}_change", args=[pk]), text)


def badge(run: Run) -> SafeString:
    """The run's state as a badge; of a run that waits for something particular, that."""
    waits = waiting_look(run)
    return marks.badge(looks.WAITS[waits] if waits else looks.of_run(run.state, run.reason, run.result))


def waiting_look(run: Run) -> str:
    """Which of `looks.WAITS` fits, as far as the row itself tells; "" = none."""
    if run.state == Run.State.QUEUED:
        if run.due_at is None and run.lane_id is not None:
            return "turn"
        return "alone" if run.suspect else ""
    failure = run._state.fields_cache.get("failure")  # noqa: SLF001 - whether it was read with the run
    killed = run.state == Run.State.PARKED and failure is not None and failure.code == KILLS_WORKERS
    return "set_aside" if killed else ""
