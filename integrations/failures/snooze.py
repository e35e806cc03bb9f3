"""A group out of sight for a while: it comes back when its time is over, or as soon as the problem happens again."""

from datetime import datetime

from django.utils import timezone

from integrations.failures.models import Failure

__all__ = ["open_again", "open_those_over", "snooze"]


def snooze(failure: Failure, until: datetime) -> bool:
    """Put an open group out of sight until then; its runs keep waiting. False = it is settled, nothing was changed."""
    waiting = Failure.objects.filter(pk=failure.pk, state__in=(Failure.State.OPEN, Failure.State.SNOOZED))
    changed = waiting.update(state=Failure.State.SNOOZED, snoozed_until=until)
    failure.refresh_from_db()
    return bool(changed)


def open_again(failure: Failure) -> bool:
    """Bring a snoozed group back now. False = it was not snoozed."""
    changed = Failure.objects.filter(pk=failure.pk, state=Failure.State.SNOOZED).update(
        state=Failure.State.OPEN, snoozed_until=None
    )
    failure.refresh_from_db()
    return bool(changed)


def open_those_over(now: datetime | None = None) -> int:
    """Bring back every group whose time is over; returns how many. Writes nothing when there is none."""
    over = Failure.objects.filter(state=Failure.State.SNOOZED, snoozed_until__lte=now or timezone.now())
    return over.update(state=Failure.State.OPEN, snoozed_until=None) if over.exists() else 0
