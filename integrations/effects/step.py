"""What the ways of writing share: who writes what where, the exact request, and settling an effect with the step's record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from django.conf import settings

from connectors.sdk import errors, registry
from connectors.sdk.operation import Call, Write
from connectors.sdk.wire import Json, Request
from integrations.effects import ledger, recover, settling
from integrations.effects.content import About
from integrations.effects.identity import fitting, mark_of
from integrations.effects.models import Effect
from integrations.engine.node import EffectSpec
from integrations.engine.waiting import EffectInFlight
from integrations.payloads import codec
from integrations.releases.plans import plan_of
from integrations.runs import killpoints
from integrations.runs.models import Run
from integrations.vault.models import Connection

__all__ = ["Journal", "MeetAgain", "Origin", "Prepared", "Step", "WriteRequest", "account_key", "name_of"]

T = TypeVar("T")


class Journal(Protocol):
    """Where a writing step leaves its traces: a run's journal, or that of an undoing."""

    def met(self, path: str, effect_id: int) -> None:
        """The step at `path` made or adopted this effect."""

    def made(self, amount: Mapping[str, str] | None) -> None:
        """The step has written a document over this amount ({"amount", "currency"}), or one that has none."""

    def ride_along(self, write: Callable[[], Any]) -> None:
        """A write that must be one commit with the step's record."""

    def commit(self, write: Callable[[], T]) -> T:
        """Commit everything gathered together with `write`, and wait."""


@dataclass(frozen=True, slots=True)
class Origin:
    """On whose behalf something is written. `event_id` orders what one record's events want; 0 = nothing arrived."""

    run_id: int | None
    run_number: int
    environment_id: int
    flow_key: str
    event_id: int = 0
    record: str = ""

    @classmethod
    def of(cls, run: Run) -> "Origin":
        return cls(
            run.pk,
            run.pk,
            run.environment_id,
            run.flow_key,
            run.event_id,
            _source_kind(run.release_id, run.event.node),
        )


def _at_any_time() -> None:
    """Nothing limits when the request may leave."""


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What a writing step wants: whose run, which operation on which connection, with which checked input.

    `origin` stands in for a run that there isn't. `secure` has the request's turn come, or raises: before it is meant.
    """

    run: Run | None
    path: str
    attempt: int
    connection: Connection
    operation_id: str
    operation: Write
    data: Json
    spec: EffectSpec
    origin: Origin | None = None
    secure: Callable[[], None] = _at_any_time

    @property
    def behalf(self) -> Origin:
        if self.origin is not None:
            return self.origin
        if self.run is None:
            raise ValueError("a write needs a run or an origin")
        return Origin.of(self.run)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The exact request, and what it means without our own markers."""

    request: Request
    payload: Json
    payload_hash: str


class MeetAgain(Exception):  # noqa: N818 - control flow between two meetings
    """Somebody else took the identity between our look and our write."""


def account_key(connection: Connection) -> str:
    """The far account as effect keys name it: the same for every connection that reaches it."""
    return f"{connection.connector}:{connection.far_account_id or f'connection-{connection.pk}'}"


class Step:
    """One writing step on its way through the ledger."""

    def __init__(self, wanted: WriteRequest, call: Call, journal: Journal) -> None:
        self.want = wanted
        self.op = wanted.operation
        self.call = call
        self.journal = journal
        self.account = account_key(wanted.connection)
        self.origin = wanted.behalf
        self._prepared: dict[tuple[str, int], Prepared] = {}

    def prepare(self, identity: str, generation: int = 1) -> Prepared:
        """Build the request (it may read), once per effect generation."""
        asked = (identity, generation)
        if asked not in self._prepared:
            mark = mark_of(self.account, self.op.record, identity, generation)
            request = self.op.prepare(self.call, self.want.data, mark)
            payload = self.op.unmarked(request)
            self._prepared[asked] = Prepared(request, payload, codec.digest(payload))
        return self._prepared[asked]

    def intent(
        self,
        identity: str,
        keys: tuple[str, ...],
        *,
        about: About | None = None,
        far_id: str = "",
        generation: int = 1,
    ) -> ledger.Intent:
        want, behalf = self.want, self.origin
        return ledger.Intent(
            account=self.account,
            record=self.op.record,
            kind=self.op.effect,
            identity=fitting(identity),
            keys=tuple(fitting(key) for key in keys),
            strategy=self.op.idempotency.strategy,
            operation=want.operation_id,
            connection_id=want.connection.pk,
            environment_id=behalf.environment_id,
            run_id=behalf.run_id,
            run_number=behalf.run_number,
            flow_key=behalf.flow_key,
            path=want.path,
            attempt=want.attempt,
            deadline=settings.CALL_DEADLINE,
            about=about or self.about(),
            far_id=far_id,
            generation=generation,
        )

    def about(self) -> About:
        """The source record as cross-references name it: the trigger's record by its business key.

        What is found by its own keys belongs to many deals: it is known by its strongest key instead.
        """
        if self.op.identities is not None:
            return About(f"{self.op.record} key", "")
        return About(self.origin.record, self.want.spec.source)

    def unsettled(self, effect: Effect) -> Json:
        """Ours from before a crash: settle it. Somebody else's: wait for them."""
        if effect.run_number != self.origin.run_number or effect.path != self.want.path:
            raise EffectInFlight(settling.token(effect.pk))
        mine = self.journal.commit(lambda: settling.take_over(effect))
        if mine is None:
            raise EffectInFlight(settling.token(effect.pk))
        recovery = recover.Recovery(
            self.op,
            self.call,
            mine,
            self.want.data,
            lambda: self.journal.commit(lambda: settling.send_again(mine)),
        )
        return self.settle(mine, recovery.settle)

    def send(self, effect: Effect, prepared: Prepared) -> Json:
        effect.connection = self.want.connection
        return self.settle(
            effect, lambda: recover.send(self.op, self.call, effect, prepared.request, self.want.data)
        )

    def settle(self, effect: Effect, attempt: Callable[[], recover.Settlement]) -> Json:
        """Send or recover, and let the settlement ride in the commit that records the step."""
        settlement = attempt()
        killpoints.passing(self.want.path, "sent")
        self.journal.ride_along(lambda: settlement.write(effect))
        if settlement.failure is not None:
            raise settlement.failure
        self.journal.made(self.op.amount(settlement.output))
        return settlement.output


def name_of(effect: Effect) -> str:
    """What people call the far record: its number or name, else its id."""
    output = codec.unpack(effect.output)
    known = output if isinstance(output, dict) else {}
    return str(known.get("displayed_as") or known.get("number") or known.get("name") or effect.far_id)


def keys_disagree(operation: Write, found: ledger.KeysDisagree) -> errors.Conflict:
    """The keys of one find-or-create mean different records: only a person can say which."""
    names = " and ".join(effect.far_id or f"effect {effect.pk}" for effect in found.effects)
    return errors.Conflict(
        f"“{operation.title}”: the keys of this record point to {names}. Merge them in the far system, or correct the deal.",
        code="keys_disagree",
        info={"effects": [effect.pk for effect in found.effects]},
    )


@lru_cache(maxsize=1024)
def _source_kind(release_id: int, node: str) -> str:
    """The kind of record that a release's trigger is about ("streak.box"); "" when nothing says so."""
    for step in plan_of(release_id).steps:
        trigger = str(step.params.get("trigger") or "")
        if step.id == node and trigger:
            return _record_of(trigger)
    return ""


def _record_of(trigger: str) -> str:
    try:
        record = registry.trigger(trigger).record
    except LookupError:
        return ""
    return f"{trigger.partition('.')[0]}.{record}" if record else ""
