"""What people should know now, though no run failed: a far system that doesn't answer, a sign-in that ended, a pause, nobody at work.

Each notice is there as long as it is true, and goes by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Count, QuerySet
from django.utils import timezone

from integrations.ingress.models import Endpoint
from integrations.limits.models import RateBucket
from integrations.limits.report import not_answering, report_of
from integrations.limits.terms import terms_of
from integrations.monitor.engine import Carrying, Work, carrying, work_of
from integrations.releases.models import Environment
from integrations.runs.models import Run
from integrations.vault.models import Connection

__all__ = ["Notice", "NoticeKind", "notices"]

NoticeKind = Literal["stalled", "not_answering", "reconnect", "slow_down", "set_aside", "paused"]
WORTH_TELLING = timedelta(minutes=1)
"""A limit that is over sooner is nothing to tell anybody."""


@dataclass(frozen=True, slots=True)
class Notice:
    """`name` is what it is about; `until`, when something is tried again; `waiting`, the runs that wait for it."""

    kind: NoticeKind
    name: str
    sentence: str
    since: datetime | None = None
    until: datetime | None = None
    waiting: int = 0
    connection: int | None = None
    endpoint: int | None = None
    flow: str = ""
    environment: str = ""


def notices(
    environments: Sequence[Environment], now: Carrying | None = None, work: Work | None = None
) -> list[Notice]:
    """Of these environments, what holds up most first. `now` and `work` if the caller knows them already."""
    connections = list(_connections(environments))
    set_aside = _set_aside(work or work_of(environments))
    return [*_stalled(now or carrying()), *connections, *set_aside, *_paused(environments)]


def _stalled(now: Carrying) -> Iterator[Notice]:
    if not now.drained:
        sentence = "No worker carries runs at this moment. What arrives is stored and waits."
        yield Notice("stalled", "Workers", sentence, since=now.beaten_at)
    elif not now.swept and now.swept_at is not None:
        sentence = "The dispatcher has been silent for a while: schedules, and runs of workers that die, wait for it."
        yield Notice("stalled", "Dispatcher", sentence, since=now.swept_at)


def _connections(environments: Sequence[Environment]) -> Iterator[Notice]:
    silent = not_answering(environments)
    told = {one.pk for one in silent}
    for one in silent:
        report = report_of(one)
        sentence = report.note or "Its far system doesn't answer."
        yield _about(
            one, "not_answering", sentence, _Times(report.open_since, report.probe_at), report.waiting
        )
    rows = Connection.objects.filter(environment__in=environments).exclude(pk__in=told)
    rows = rows.select_related("environment").defer("sealed")
    yield from _signed_out(rows.filter(status=Connection.Status.RECONNECT))
    yield from _asked_to_wait(rows)


def _signed_out(rows: QuerySet[Connection]) -> Iterator[Notice]:
    found = list(rows)
    if not found:
        return
    parked = Run.objects.filter(
        state=Run.State.PARKED, reason="reconnect", environment__in={one.environment_id for one in found}
    )
    counted = parked.order_by().values_list("environment", "failure__connector").annotate(count=Count("pk"))
    waiting = {(where, connector): count for where, connector, count in counted}
    for one in found:
        runs = waiting.get((one.environment_id, one.connector), 0)
        yield _about(one, "reconnect", one.status_note or "Its sign-in has ended.", _Times(), runs)


def _asked_to_wait(rows: QuerySet[Connection]) -> Iterator[Notice]:
    soon = timezone.now() + WORTH_TELLING
    blocked = dict(RateBucket.objects.filter(blocked_until__gt=soon).values_list("key", "blocked_until"))
    for one in rows if blocked else ():
        until = blocked.get(terms_of(one).bucket)
        if until is not None:
            report = report_of(one)
            yield _about(
                one, "slow_down", report.note or "Its limit is reached.", _Times(None, until), report.waiting
            )


@dataclass(frozen=True, slots=True)
class _Times:
    since: datetime | None = None
    until: datetime | None = None


def _about(one: Connection, kind: NoticeKind, sentence: str, times: _Times, waiting: int) -> Notice:
    where = one.environment.key
    return Notice(
        kind, one.name, sentence, times.since, times.until, waiting, connection=one.pk, environment=where
    )


def _set_aside(work: Work) -> Iterator[Notice]:
    if work.set_aside:
        each = "it" if work.set_aside == 1 else "each of them"
        sentence = f"Set aside, since {each} killed its worker twice. A person has to look."
        yield Notice("set_aside", "Runs", sentence, waiting=work.set_aside)


def _paused(environments: Sequence[Environment]) -> Iterator[Notice]:
    resting = Endpoint.objects.filter(environment__in=environments, active=True, paused_at__isnull=False)
    for one in resting.select_related("environment"):
        sentence = f"Paused by {one.paused_by}: {one.paused_why.rstrip('.')}."
        yield Notice(
            "paused", one.flow_key, sentence, since=one.paused_at, endpoint=one.pk, flow=one.flow_key, environment=one.environment.key,
        )  # fmt: skip
