"""One connector call of a step, from slot to result: binding, schema, sign-in, exchange, and for writes the effect ledger."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings

from connectors.sdk import errors, registry
from connectors.sdk.http import Waiting
from connectors.sdk.operation import Operation, Portion, Read, Write
from connectors.sdk.session import LiveCall, open_call
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Exchange, Json
from integrations.effects.write import WriteRequest, Writing
from integrations.engine.node import EffectSpec
from integrations.limits.calling import StepPlace, step_of
from integrations.limits.gate import Admission
from integrations.runs import killpoints
from integrations.runs.journal import RunJournal
from integrations.runs.lease import Leases
from integrations.runs.models import Run
from integrations.vault import connections
from integrations.vault.models import Connection

__all__ = ["Calls", "HandedBack", "StepCall"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StepCall:
    """What a step asks for: which operation on which slot, with which input."""

    path: str
    attempt: int
    slot: str
    operation: str
    data: Json
    effect: EffectSpec | None


class HandedBack(Exception):  # noqa: N818 - not an error: another drain goes on with the run
    """This drain is ending; nothing of the call was begun."""


class Calls:
    """The calls of one claimed run. `waiting` gives what is entered while a far system is waited for."""

    def __init__(self, run: Run, journal: RunJournal, leases: Leases, waiting: Waiting = nullcontext) -> None:
        self._run = run
        self._journal = journal
        self._leases = leases
        self._waiting = waiting
        self._bindings_since = time.monotonic() if run.fence > 1 else 0.0

    @property
    def journal(self) -> RunJournal:
        """The run's journal: what a step decides in the database is committed with it."""
        return self._journal

    def perform(self, step: StepCall) -> Json:
        """Carry the call out and return the operation's output.

        Raises `Failure`, `Held` when the far system's limits say that it has to wait (nothing was sent or meant then),
        `Superseded`, and `HandedBack` when this process's slice is over.
        """
        operation = self._operation(step)
        with self._admitted(step, operation) as (connection, admission):
            if isinstance(operation, Write):
                return self._write(connection, step, admission, operation)
            return self._signed_in(connection, step, admission, lambda call: operation.run(call, step.data))

    def page(self, step: StepCall, at: Json) -> Portion:
        """One page of a reading operation's list. Raises what `perform` raises."""
        operation = self._operation(step)
        pages = operation.pages if isinstance(operation, Read) else None
        if pages is None:
            raise errors.Config(f"“{step.operation}” does not give pages any more.", code="operation_gone")
        with self._admitted(step, operation) as (connection, admission):
            return self._signed_in(connection, step, admission, lambda call: pages.read(call, step.data, at))

    @contextmanager
    def _admitted(self, step: StepCall, operation: Operation) -> Iterator[tuple[Connection, Admission]]:
        """The slot's connection with one of its places held, the input checked."""
        self.go_on()
        connection = connections.bound(self._run.environment_id, step.slot, not_before=self._bindings_since)
        _same_connector(connection, step)
        validator_for(operation.input).check(step.data)
        killpoints.passing(step.path, "before")
        place = StepPlace(self._run.pk, step.path, step.attempt, self._journal)
        with step_of(connection, place) as admission:
            yield connection, admission

    def go_on(self) -> None:
        """Raise `HandedBack` when this process's slice is over: called wherever a step can be left and taken up again."""
        if self._leases.closing:
            raise HandedBack

    def _operation(self, step: StepCall) -> Operation:
        try:
            return registry.operation(step.operation)
        except LookupError as error:
            raise errors.Config(
                f"This installation has no operation “{step.operation}”.", code="operation_gone"
            ) from error

    def _write(self, connection: Connection, step: StepCall, admission: Admission, operation: Write) -> Json:
        request = WriteRequest(
            run=self._run,
            path=step.path,
            attempt=step.attempt,
            connection=connection,
            operation_id=step.operation,
            operation=operation,
            data=step.data,
            spec=step.effect or EffectSpec(identity=()),
            secure=admission.secure,
        )
        return self._signed_in(
            connection, step, admission, lambda call: Writing(request, call, self._journal).perform()
        )

    def _signed_in(
        self,
        connection: Connection,
        step: StepCall,
        admission: Admission,
        use: Callable[[LiveCall], T],
    ) -> T:
        """Use a call; a refused sign-in is refreshed and tried once more, since nothing happened."""
        account = connections.fresh_account(connection)
        version = connection.token_version
        try:
            return use(self._open(connection, step, admission, account))
        except errors.Auth as refused:
            renewed = connections.after_auth_failure(connection, version)
            if renewed is None:
                connections.needs_reconnecting(connection, refused.sentence)
                raise
        self._journal.commit(lambda: None)  # what was refused is free again before it is meant again
        try:
            return use(self._open(connection, step, admission, renewed))
        except errors.Auth as refused:
            connections.needs_reconnecting(connection, refused.sentence)
            raise

    def _open(
        self, connection: Connection, step: StepCall, admission: Admission, account: connections.Account
    ) -> LiveCall:
        def record(exchange: Exchange) -> None:
            self._journal.exchange(step.path, step.attempt, exchange)

        def before_send() -> None:
            self._leases.check(self._run.pk)
            killpoints.passing(step.path, "intended")

        return open_call(
            registry.connector(connection.connector),
            account,
            record,
            before_send=before_send,
            budget=settings.CALL_DEADLINE,
            gate=admission,
            waiting=self._away,
        )

    @contextmanager
    def _away(self) -> Iterator[None]:
        """The thread waits for a far system: what is settled is kept first, and others may compute meanwhile."""
        self._journal.secure()
        with self._waiting():
            yield


def _same_connector(connection: Connection, step: StepCall) -> None:
    connector = step.operation.partition(".")[0]
    if connection.connector != connector:
        raise errors.Config(
            f"Slot “{step.slot}” is bound to “{connection.name}”, which is not a {connector} connection. Bind another one.",
            code="wrong_connector",
        )
