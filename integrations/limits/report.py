"""What people see of a connection's limits: what is declared, what was learned, until when it is left alone, and who waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from integrations.limits.breaker import token
from integrations.limits.models import Breaker, RateBucket
from integrations.limits.terms import Terms, terms_of
from integrations.limits.timetable import Allowance
from integrations.releases.models import Environment
from integrations.runs.models import Run
from integrations.vault.models import Connection

__all__ = ["Report", "not_answering", "report_of", "said"]

_PERIODS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
COUNTED = 1_000
"""Waiting runs beyond this many are not counted one by one."""


@dataclass(frozen=True, slots=True)
class Report:
    """`learned` is calls a minute, None when nothing was learned. `open_since` is set while the connection isn't answering."""

    declared: tuple[str, ...]
    at_once: int
    learned: float | None
    blocked_until: datetime | None
    note: str
    failures: int
    open_since: datetime | None
    probe_at: datetime | None
    waiting: int

    @property
    def sentence(self) -> str:
        """How it stands, when it stands badly; else ""."""
        if self.open_since is not None:
            tries = f"; trying again at {_clock(self.probe_at)}" if self.probe_at else ""
            return f"Not answering since {_clock(self.open_since)}{tries}; {_runs(self.waiting)}."
        if self.blocked_until is not None:
            return f"Asked us to wait until {_clock(self.blocked_until)}; {_runs(self.waiting)}."
        return ""


def report_of(connection: Connection) -> Report:
    """Three small reads."""
    terms = terms_of(connection)
    bucket = RateBucket.objects.filter(key=terms.bucket).first()
    tripped = Breaker.objects.filter(pk=connection.pk).first()
    blocked = bucket.blocked_until if bucket else None
    is_blocked = blocked is not None and blocked > timezone.now()
    return Report(
        declared=tuple(said(one) for one in terms.allowances),
        at_once=terms.at_once,
        learned=round(60 / bucket.pace, 1) if bucket and bucket.pace else None,
        blocked_until=blocked if is_blocked else None,
        note=_note(bucket, tripped),
        failures=tripped.failures if tripped else 0,
        open_since=tripped.open_since if tripped else None,
        probe_at=tripped.probe_at if tripped else None,
        waiting=_waiting(terms),
    )


def not_answering(environments: Iterable[Environment]) -> list[Connection]:
    """The connections of these environments whose far systems don't answer."""
    return list(
        Connection.objects.filter(environment__in=environments, breaker__open_since__isnull=False).defer(
            "sealed"
        )
    )


def _waiting(terms: Terms) -> int:
    """Runs that wait for this connection: for a place, a turn or a sign of life."""
    tokens = (token(terms.connection), f"rate:{terms.connection}")
    worded = Run.objects.exclude(waits_for="")  # as the partial index says it
    waiting = worded.filter(waits_for__in=tokens, state=Run.State.PARKED)
    return waiting.order_by()[:COUNTED].count()


def _note(bucket: RateBucket | None, tripped: Breaker | None) -> str:
    if tripped is not None and tripped.open_since is not None:
        return tripped.note
    return bucket.note if bucket is not None else ""


def said(one: Allowance) -> str:
    """ "100 calls a minute", "2,500 calls a day", "10 calls in 5 seconds"."""
    calls = f"{one.calls:,} call{'' if one.calls == 1 else 's'}"
    for seconds, name in _PERIODS:
        if one.seconds == seconds:
            return f"{calls} {'an' if name == 'hour' else 'a'} {name}"
    return f"{calls} in {one.seconds:g} seconds"


def _clock(moment: datetime | None) -> str:
    """The time of day where the company is; with the day when it isn't today's."""
    if moment is None:
        return ""
    zone = ZoneInfo(settings.COMPANY_TIME_ZONE)
    there, now = moment.astimezone(zone), timezone.now().astimezone(zone)
    return f"{there:%H:%M}" if there.date() == now.date() else f"{there:%-d %B, %H:%M}"


def _runs(count: int) -> str:
    more = "+" if count >= COUNTED else ""
    return f"{count}{more} run waits" if count == 1 else f"{count}{more} runs wait"
