"""What grows beside runs and is forgotten by its own age: refusals, kept answers, old sign-ins, settled failures, sessions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Min, OuterRef, QuerySet
from django.utils import timezone

from integrations.access.models import SignInFailure
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Refusal
from integrations.payloads.models import Payload
from integrations.runs.models import Run

__all__ = ["REFUSALS_DAYS", "SIGN_INS_DAYS", "tidy"]

AT_ONCE = 200
REFUSALS_DAYS = 90
SIGN_INS_DAYS = 30
ANSWERS_HOURS = 24  # as long as a repeated post gets the first one's answer


def tidy() -> int:
    """Forget a few of each; how many rows. Asked by a chore, and safe to do twice at the same time."""
    now = timezone.now()
    return sum(_forget(rows(now)) for rows in _OLD)


def _forget(rows: "QuerySet[Any]") -> int:
    keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    return rows.model._default_manager.filter(pk__in=keys).delete()[0] if keys else 0  # noqa: SLF001 - Django's documented API


def _refusals(now: datetime) -> "QuerySet[Any]":
    return Refusal.objects.filter(last_at__lt=now - timedelta(days=REFUSALS_DAYS)).order_by("last_at")


def _answers(now: datetime) -> "QuerySet[Any]":
    kept = apps.get_model("integrations", "KeptAnswer")  # the API is above this layer
    return kept._default_manager.filter(at__lt=now - timedelta(hours=ANSWERS_HOURS)).order_by("at")  # noqa: SLF001 - as below


def _sign_ins(now: datetime) -> "QuerySet[Any]":
    return SignInFailure.objects.filter(last_at__lt=now - timedelta(days=SIGN_INS_DAYS)).order_by("last_at")


def _sessions(now: datetime) -> "QuerySet[Any]":
    return Session.objects.filter(expire_date__lt=now).order_by("expire_date")


def _failures(now: datetime) -> "QuerySet[Any]":
    """Groups nobody waits on whose last run has been removed."""
    over = (Failure.State.RESOLVED, Failure.State.IGNORED)
    long_ago = now - timedelta(days=settings.RETENTION["runs_days"])
    still = Exists(Occurrence.objects.filter(failure=OuterRef("pk")))
    return Failure.objects.filter(~still, state__in=over, last_at__lt=long_ago).order_by("last_at", "pk")


def _payloads(_now: datetime) -> "QuerySet[Any]":
    """Large payloads of runs that are no more: all of them went with their runs, so there should be none."""
    lowest = Run.objects.aggregate(lowest=Min("pk"))["lowest"]
    return Payload.objects.filter(run_number__lt=lowest or 0).order_by("run_number")


_OLD: tuple[Callable[[datetime], "QuerySet[Any]"], ...] = (
    _refusals,
    _answers,
    _sign_ins,
    _sessions,
    _failures,
    _payloads,
)
