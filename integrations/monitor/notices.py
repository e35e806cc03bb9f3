"""What people should know now, though no run failed: a far system that doesn't answer, a sign-in that ended, a pause, nobody at work.

Each notice is there as long as it is true, and goes by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from integrations.ingress.models import Endpoint
from integrations.limits.models import RateBucket
from integrations.limits.report import not_answering, report_of
from integrations.limits.terms import terms_of
from integrations.monitor.engine import Carrying, carrying, work_of
from integrations.releases.models import Environment
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
    environment: str = field(default="")


def notices(environments: Sequence[Environment]) -> list[Notice]:
    """Of these environments, what holds up most first."""
    connections = list(_connections(environments))
    return [*_stalled(carrying()), *connections, *_set_aside(environments), *_paused(environments)]


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
        yield _about(one, "not_answering", sentence, report.open_since, report.probe_at, report.waiting)
    rows = (
        Connection.objects.filter(environment__in=environments).select_related("environment").defer("sealed")
    )
    for one in rows.filter(status=Connection.Status.RECONNECT).exclude(pk__in=told):
        sentence = one.status_note or "Its sign-in has ended."
        yield _about(one, "reconnect", sentence, None, None, report_of(one).waiting)
    soon = timezone.now() + WORTH_TELLING
    blocked = dict(RateBucket.objects.filter(blocked_until__gt=soon).values_list("key", "blocked_until"))
    if not blocked:
        return
    for one in rows.exclude(pk__in=told):
        until = blocked.get(terms_of(one).bucket)
        if until is not None:
            report = report_of(one)
            yield _about(one, "slow_down", report.note, None, until, report.waiting)


def _about(
    one: Connection,
    kind: NoticeKind,
    sentence: str,
    since: datetime | None,
    until: datetime | None,
    waiting: int,
) -> Notice:
    where = one.environment.key
    return Notice(kind, one.name, sentence, since, until, waiting, connection=one.pk, environment=where)


def _set_aside(environments: Sequence[Environment]) -> Iterator[Notice]:
    work = work_of(environments)
    if work.set_aside:
        sentence = (
            "Set aside: it killed its worker twice."
            if work.set_aside == 1
            else "Set aside: each killed its worker twice."
        )
        yield Notice("set_aside", "Runs", sentence, waiting=work.set_aside)


def _paused(environments: Sequence[Environment]) -> Iterator[Notice]:
    resting = Endpoint.objects.filter(environment__in=environments, active=True, paused_at__isnull=False)
    for one in resting.select_related("environment"):
        sentence = f"Paused by {one.paused_by}: {one.paused_why}"
        yield Notice(
            "paused", one.flow_key, sentence, since=one.paused_at, endpoint=one.pk, flow=one.flow_key, environment=one.environment.key,
        )  # fmt: skip
