"""What runs wait for, in words and with the way there: for many runs at once, in a fixed number of queries.

The sentence says what is waited for, `until` when the run goes on by itself at the latest. A run that works or is over waits for nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils import timezone

from integrations.approvals.models import Approval
from integrations.effects.models import Effect
from integrations.failures.models import Failure
from integrations.runs.flow_limits import is_limited
from integrations.runs.models import Lane, Run
from integrations.runs.quarantine import KILLS_WORKERS
from integrations.vault.models import Connection

__all__ = ["WaitKind", "Waits", "held_up_by", "waits_of"]

WaitKind = Literal[
    "turn", "quiet", "room", "alone", "time", "retry", "silent", "place", "rate", "reconnect", "effect", "approval",
    "agent", "person", "set_aside",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing a run waits for. Of the numbers the one that leads to it is set."""

    kind: WaitKind
    sentence: str
    until: datetime | None = None
    run: int | None = None
    connection: int | None = None
    effect: int | None = None
    approval: int | None = None


@dataclass(slots=True)
class _Known:
    """What the tokens of the runs at hand mean."""

    lanes: Mapping[int, Lane] = field(default_factory=dict)
    holders: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    connections: Mapping[int, str] = field(default_factory=dict)
    effects: Mapping[int, tuple[str, int | None]] = field(default_factory=dict)
    approvals: Mapping[int, str] = field(default_factory=dict)
    failures: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def waits_of(runs: Iterable[Run]) -> dict[int, Waits]:
    """By run id; runs that wait for nothing are left out. At most six small queries, none when nobody waits."""
    waiting = [run for run in runs if run.state in {Run.State.QUEUED, Run.State.PARKED}]
    known = _look_up(waiting)
    found = {
        run.pk: _queued(run, known) if run.state == Run.State.QUEUED else _parked(run, known)
        for run in waiting
    }
    return {run_id: waits for run_id, waits in found.items() if waits is not None}


def held_up_by(state: str, reason: str) -> str:
    """What the run in front does, as the end of a sentence: ", which waits for a person"."""
    if state != Run.State.PARKED:
        return {"running": ", which is running", "queued": ", which is next"}.get(state, "")
    return {
        "person": ", which waits for a person",
        "reconnect": ", which waits for a sign-in",
        "retry": ", which tries again later",
        "rate": ", which waits for a limit",
        "effect": ", which waits for another run",
    }.get(reason, ", which waits")


def _look_up(waiting: Sequence[Run]) -> _Known:
    known = _Known()
    _look_at_lanes(known, {run.lane_id for run in waiting if run.lane_id is not None and _has_no_turn(run)})
    named: dict[str, set[int]] = defaultdict(set)
    for run in waiting:
        kind, _, number = run.waits_for.partition(":")
        if kind:
            named[kind].add(int(number))
    if ids := named["connection"] | named["rate"]:
        known.connections = dict(Connection.objects.filter(pk__in=ids).values_list("pk", "name"))
    if ids := named["effect"]:
        met = Effect.objects.filter(pk__in=ids).values_list("pk", "record", "run_number")
        known.effects = {pk: (record, run_number) for pk, record, run_number in met}
    if ids := named["approval"]:
        known.approvals = dict(Approval.objects.filter(pk__in=ids).values_list("pk", "title"))
    if ids := {run.failure_id for run in waiting if run.failure_id is not None}:
        failed = Failure.objects.filter(pk__in=ids).values_list("pk", "sentence", "code")
        known.failures = {pk: (sentence, code) for pk, sentence, code in failed}
    return known


def _look_at_lanes(known: _Known, lanes: set[int]) -> None:
    if not lanes:
        return
    known.lanes = Lane.objects.in_bulk(lanes)
    heads = {lane.holder for lane in known.lanes.values() if lane.holder is not None}
    rows = Run.objects.filter(pk__in=heads).values_list("pk", "state", "reason")
    known.holders = {pk: (state, reason) for pk, state, reason in rows}


def _has_no_turn(run: Run) -> bool:
    return run.state == Run.State.QUEUED and run.due_at is None


def _queued(run: Run, known: _Known) -> Waits | None:
    if run.due_at is None:
        return None if run.lane_id is None else _turn(known.lanes.get(run.lane_id), known)
    if run.suspect:
        return Waits(
            "alone",
            "Its worker died while it was worked on. It goes on alone, so that it can't hold up others.",
        )
    if run.due_at > timezone.now():
        return _later(run, run.due_at)
    if is_limited(run.environment_id, run.flow_key):
        return Waits(
            "room", "Goes on when fewer runs of this flow are under way: the flow says how many may be."
        )
    return None


def _later(run: Run, due_at: datetime) -> Waits:
    if run.started_at is None and run.lane_id is not None:
        return Waits("quiet", "Starts once its record has been left alone for a while.", due_at)
    return Waits("time", "Goes on in a moment.", due_at)


def _turn(lane: Lane | None, known: _Known) -> Waits:
    if lane is None or lane.holder is None or lane.holder not in known.holders:
        return Waits("turn", "Waits its turn.")
    does = held_up_by(*known.holders[lane.holder])
    return Waits("turn", f"Waits its turn behind run {lane.holder}{does}.", run=lane.holder)


def _parked(run: Run, known: _Known) -> Waits:
    if run.reason in {"person", "reconnect"}:
        return _for_person(run, known)
    kind, _, number = run.waits_for.partition(":")
    if kind in {"connection", "rate"} and run.reason in {"retry", "rate"}:
        return _for_connection(run, kind, int(number), known)
    if kind == "effect":
        return _for_effect(run, int(number), known)
    if kind == "approval":
        title = known.approvals.get(int(number), "")
        asked = f"Somebody has to decide: {title}" if title else "Somebody has to decide."
        return Waits("approval", asked, run.due_at, approval=int(number))
    words: Mapping[str, tuple[WaitKind, str]] = {
        "retry": ("retry", "The last try failed in a way that time may cure. It tries again by itself."),
        "rate": ("rate", "The far system asked us to slow down."),
        "agent": ("agent", "The agent on the premises is offline. It goes on when the agent is back."),
        "effect": ("effect", "Another run writes the same record."),
    }
    found, sentence = words.get(run.reason, ("time", "The flow waits here for a time."))
    return Waits(found, sentence, run.due_at)


def _for_connection(run: Run, kind: str, number: int, known: _Known) -> Waits:
    name = f"“{known.connections[number]}”" if number in known.connections else "The far system"
    found: WaitKind = "rate"
    if run.reason == "retry":
        found, sentence = "silent", f"{name} is not answering."
    elif kind == "connection":
        found, sentence = "place", f"{name} has as many calls under way as it may have at once."
    else:
        sentence = f"{name} may not be called more often: its limit is reached."
    return Waits(found, sentence, run.due_at, connection=number)


def _for_effect(run: Run, number: int, known: _Known) -> Waits:
    record, other = known.effects.get(number, ("", None))
    what = record.replace("_", " ") if record else "record"
    if other is not None and other != run.pk:
        return Waits(
            "effect", f"Run {other} is writing the same {what}.", run.due_at, run=other, effect=number
        )
    return Waits(
        "effect", f"It is being looked up whether the {what} was written.", run.due_at, effect=number
    )


def _for_person(run: Run, known: _Known) -> Waits:
    sentence, code = known.failures.get(run.failure_id or 0, ("", ""))
    if code == KILLS_WORKERS:
        return Waits(
            "set_aside", "Set aside: it killed its worker twice. A person has to look before it goes on."
        )
    if run.reason == "reconnect":
        return Waits("reconnect", sentence or "A connection must be signed in again.", run.due_at)
    return Waits("person", sentence or "A person has to look at it.", run.due_at)
