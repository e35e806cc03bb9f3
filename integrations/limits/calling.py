"""Making calls within the limits: for a step of a run, and for everything else that calls far systems."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connectors.sdk.account import Account, AccountIdentity
from connectors.sdk.session import LiveCall, identify, open_call
from connectors.sdk.wire import Exchange
from integrations.engine.waiting import Held
from integrations.limits.board import breaker_of
from integrations.limits.breaker import token
from integrations.limits.gate import Admission, Unhindered
from integrations.limits.models import Reservation
from integrations.limits.process import PROCESS
from integrations.limits.terms import terms_of
from integrations.runs.claim import wake_waiting, who_waits
from integrations.runs.journal import RunJournal
from integrations.runs.writer import Writer
from integrations.tasks.doorbell import ring
from integrations.vault.models import Connection
from integrations.vault.store import connector_of

__all__ = [
    "StepPlace", "forget_reservations", "limited_call", "limited_test", "step_of", "wake_who_waits",
]  # fmt: skip

LOOK_AGAIN = 30.0  # seconds after which a run that found no place looks by itself


@dataclass(frozen=True, slots=True)
class StepPlace:
    """A run's step as the gate sees it: what it was granted is written with its own journal."""

    run_id: int
    path: str
    attempt: int
    journal: RunJournal

    def granted(self) -> tuple[datetime, int] | None:
        """Only a step that was put off before can have been granted anything."""
        if self.attempt == 1:
            return None
        return self._mine().values_list("at", "calls").first()

    def keep(self, at: datetime, calls: int) -> None:
        kept = {"at": at, "calls": calls}
        self.journal.ride_along(
            lambda: Reservation.objects.update_or_create(run_id=self.run_id, path=self.path, defaults=kept)
        )

    def used(self) -> None:
        self.journal.ride_along(lambda: self._mine().delete())

    def _mine(self) -> QuerySet[Reservation]:
        return Reservation.objects.filter(run_id=self.run_id, path=self.path)


@contextmanager
def step_of(connection: Connection, place: StepPlace) -> Iterator[Admission]:
    """Hold one of the connection's places for a step; gives the gate of its requests.

    Raises `Held` when there is no place: the step comes back when one is free.
    """
    terms = terms_of(connection)
    places = PROCESS.places
    if not places.take(connection.pk, terms.at_once):
        places.put_off(connection.pk)
        scattered = LOOK_AGAIN * random.uniform(1.0, 1.5)  # noqa: S311 - scatters load
        raise Held("rate", token(connection.pk), timezone.now() + timedelta(seconds=scattered))
    try:
        yield Admission(terms, place)
    finally:
        places.leave(connection.pk)
        if not _is_open(connection.pk) and (count := places.may_come(connection.pk)):
            place.journal.ride_along(lambda: _wake(connection.pk, count))


def limited_call(connection: Connection, account: Account, *, budget: float | None = None) -> LiveCall:
    """A call outside any run, unrecorded: it counts like every other, and gets `RateLimited` instead of waiting."""
    gate = Admission(terms_of(connection))
    return open_call(connector_of(connection), account, _unrecorded, budget=budget, gate=gate)


def limited_test(connection: Connection, account: Account) -> AccountIdentity:
    """A person's connection test: counted, but never put off. Its success closes the connection's breaker."""
    return identify(connector_of(connection), account, _unrecorded, gate=Unhindered(terms_of(connection)))


def forget_reservations(now: datetime) -> int:
    """A chore: what was granted to runs that were cancelled, or went another way."""
    return Reservation.objects.filter(at__lt=now - timedelta(days=1)).delete()[0]


def wake_who_waits(writer: Writer) -> None:
    """An errand: runs that found no place come back once there are free ones, if nobody else has woken them.

    Whose place became free may not have seen them yet, and whoever put them off may be dead: so the database is asked.
    """
    room = {token(one): (one, count) for one, count in PROCESS.places.with_room(unless=_is_open).items()}
    for waited_for in who_waits(list(room)):
        writer.write(_waking(*room[waited_for]))


def _waking(connection_id: int, count: int) -> Callable[[], None]:
    return lambda: _wake(connection_id, count)


def _wake(connection_id: int, count: int) -> None:
    """Inside a transaction."""
    woken = wake_waiting(token(connection_id), count)
    if woken < count:
        PROCESS.places.nobody_came(connection_id, count - woken)
    if woken:
        transaction.on_commit(ring)


def _unrecorded(_exchange: Exchange) -> None:
    """Belongs to no run."""


def _is_open(connection_id: int) -> bool:
    tripped = breaker_of(connection_id)
    return tripped is not None and tripped.probe_at is not None
