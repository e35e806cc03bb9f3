"""A step's failure becomes an occurrence of a grouped failure, in the commit that parks the run."""

import hashlib
import re
from collections.abc import Iterable, Mapping

from django.db.models import F, QuerySet
from django.utils import timezone

from connectors.sdk.errors import Failure as StepFailure
from connectors.sdk.wire import Json
from integrations.engine.outcome import Parked
from integrations.engine.path import place_of
from integrations.failures.models import Failure, Occurrence
from integrations.failures.snooze import open_again
from integrations.payloads import codec
from integrations.releases.plans import plan_of
from integrations.runs.models import Run

__all__ = ["capture", "close_occurrences", "fingerprint_of"]

VERDICTS: Mapping[str, str] = {
    "auth": "config",
    "config": "config",
    "data": "data",
    "not_found": "data",
    "conflict": "data",
    "table_miss": "config",
}
PAYLOADS = ("confirmed", "intended")
VARYING = re.compile(r"[\"“'][^\"”']{0,200}[\"”']|\b[0-9a-f]{8,}\b|\bag[xl][A-Za-z0-9_-]{6,}\b|\d+")
PLACE_IN_A_LIST = re.compile(r"/\d+(?=/|$)")


def capture(run: Run, parked: Parked) -> Failure:
    """Find or open the group, count it, and note this occurrence: a snoozed group is open again. In the writer's transaction."""
    problem = parked.failure
    if problem is None:
        raise ValueError("only a failed turn can be captured")
    step = plan_of(run.release_id).at(parked.path) if parked.path else None
    operation = str(step.params.get("operation", "")) if step else ""
    now = timezone.now()
    info = {key: value for key, value in problem.info.items() if key not in PAYLOADS}
    group, made = Failure.objects.get_or_create(
        environment_id=run.environment_id,
        fingerprint=fingerprint_of(run.flow_key, place_of(parked.path), operation, problem),
        state__in=(Failure.State.OPEN, Failure.State.SNOOZED),
        defaults={
            "state": Failure.State.OPEN,
            "kind": problem.kind,
            "code": problem.code,
            "sentence": problem.sentence[:500],
            "pointer": problem.pointer[:200],
            "verdict": VERDICTS.get(problem.kind, "system"),
            "connector": operation.partition(".")[0],
            "operation": operation,
            "flow_key": run.flow_key,
            "node": parked.node,
            "info": info,
            "first_at": now,
            "last_at": now,
        },
    )
    if _note_occurrence(group, run, parked, problem):
        changes: dict[str, Json] = {} if made else {"sentence": problem.sentence[:500], "info": info}
        Failure.objects.filter(pk=group.pk).update(count=F("count") + 1, last_at=now, **changes)
        if group.state == Failure.State.SNOOZED:
            open_again(group)
    return group


def _note_occurrence(group: Failure, run: Run, parked: Parked, problem: StepFailure) -> bool:
    """Note this attempt's occurrence and close the run's earlier ones. True = it was not noted before."""
    payloads = {key: problem.info[key] for key in PAYLOADS if key in problem.info}
    info = {key: value for key, value in problem.info.items() if key not in PAYLOADS}
    told: dict[str, Json] = {"detail": problem.detail[:20_000], "at": timezone.now()}
    told["payloads"] = codec.pack(payloads, klass="effect") if payloads else None
    again = {
        name: told[name] for name in ("detail", "payloads") if told[name]
    }  # told of a second time, it knows less
    shown: dict[str, Json] = {"failure": group, "info": info, "closed_at": None, "closed_by": ""}
    _, made = Occurrence.objects.update_or_create(
        run_id=run.pk,
        path=parked.path,
        attempt=parked.attempt,
        defaults={**shown, **again},
        create_defaults={**shown, **told},
    )
    earlier = Occurrence.objects.filter(run_id=run.pk, closed_at=None).exclude(
        path=parked.path, attempt=parked.attempt
    )
    _close(earlier, by="tried again")
    return made


def fingerprint_of(flow_key: str, node: str, operation: str, problem: StepFailure) -> str:
    """Same place, same class, same sentence but for its numbers, keys and quoted names = the same problem.

    A missing table row is grouped by table and key, since one row cures all of them.
    """
    message = VARYING.sub("…", problem.sentence)
    field = PLACE_IN_A_LIST.sub("/…", problem.pointer)
    parts: list[object] = [flow_key, node, operation, problem.kind, problem.code, field]
    if problem.kind == "table_miss":
        parts = [flow_key, problem.kind, problem.info.get("table"), problem.info.get("key")]
        message = ""
    return hashlib.sha256(repr([*parts, message]).encode()).hexdigest()


def close_occurrences(run_ids: Iterable[int], *, by: str) -> None:
    """The runs went on or ended; a group without open occurrences is resolved by itself."""
    _close(Occurrence.objects.filter(run_id__in=list(run_ids), closed_at=None), by=by)


def _close(occurrences: QuerySet[Occurrence], *, by: str) -> None:
    groups = set(occurrences.values_list("failure_id", flat=True))
    occurrences.update(closed_at=timezone.now(), closed_by=by[:150])
    for group in groups:
        if not Occurrence.objects.filter(failure_id=group, closed_at=None).exists():
            Failure.objects.filter(pk=group, state__in=("open", "snoozed")).update(
                state=Failure.State.RESOLVED
            )
