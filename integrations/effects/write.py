"""One writing step: meet the effect it means, or intend it, send it once and settle it (DESIGN §3.3)."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.conf import settings

from connectors.sdk import errors
from connectors.sdk.operation import Call, Write
from connectors.sdk.wire import Json, Request
from integrations.effects import ledger, positions, recover
from integrations.effects.identity import mark_of
from integrations.effects.models import Effect
from integrations.engine.node import EffectSpec
from integrations.engine.waiting import EffectInFlight, Superseded
from integrations.payloads import codec
from integrations.runs import killpoints
from integrations.runs.journal import RunJournal
from integrations.runs.models import Run
from integrations.vault.models import Connection

__all__ = ["WriteRequest", "Writing", "account_key"]

MEETINGS = 5  # how often a step that lost a race looks again before it waits


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What a writing step wants: whose run, which operation on which connection, with which checked input."""

    run: Run
    path: str
    attempt: int
    connection: Connection
    operation_id: str
    operation: Write
    data: Json
    spec: EffectSpec


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


class Writing:
    """Carries one writing step through the ledger. `perform` returns the operation's output."""

    def __init__(self, wanted: WriteRequest, call: Call, journal: RunJournal) -> None:
        self._want = wanted
        self._op = wanted.operation
        self._call = call
        self._journal = journal
        self._account = account_key(wanted.connection)
        self._prepared: Prepared | None = None

    def perform(self) -> Json:
        if self._op.effect == "update":
            return self._update()
        keys = self._keys()
        return self._once(self._intent(keys))

    # -- who is meant -------------------------------------------------------------------------------------------------

    def _keys(self) -> tuple[str, ...]:
        if self._op.identities is not None:
            keys = tuple(self._op.identities(self._want.data))
        elif self._op.effect == "delete":
            keys = (f"delete:{self._prepare(('',)).request.far_id}",)
        else:
            keys = self._want.spec.identity
        keys = tuple(key.strip() for key in keys if key and key.strip())
        if not keys:
            raise errors.Data(
                f"“{self._op.title}” needs to know what it is written once per, and got nothing.",
                code="identity_empty",
            )
        return keys

    def _intent(self, keys: tuple[str, ...], generation: int = 1) -> ledger.Intent:
        want = self._want
        return ledger.Intent(
            account=self._account,
            record=self._op.record,
            kind=self._op.effect,
            keys=keys,
            strategy=self._op.idempotency.strategy,
            operation=want.operation_id,
            connection_id=want.connection.pk,
            run_id=want.run.pk,
            flow_key=want.run.flow_key,
            path=want.path,
            attempt=want.attempt,
            deadline=settings.CALL_DEADLINE,
            generation=generation,
        )

    def _prepare(self, keys: tuple[str, ...], generation: int = 1) -> Prepared:
        """Build the request (it may read), once per effect generation."""
        if self._prepared is None:
            mark = mark_of(self._account, self._op.record, keys[0], generation)
            request = self._op.prepare(self._call, self._want.data, mark)
            payload = self._op.unmarked(request)
            self._prepared = Prepared(request, payload, codec.digest(payload))
        return self._prepared

    # -- creates, appends, deletes ------------------------------------------------------------------------------------

    def _once(self, intent: ledger.Intent) -> Json:
        for _ in range(MEETINGS):
            try:
                return self._meet(intent)
            except MeetAgain:
                continue
        raise errors.Transient(
            "Other runs are writing the same record; this one tries again.", retry_after=1.0
        )

    def _meet(self, intent: ledger.Intent) -> Json:
        try:
            effect = ledger.meet(intent)
        except ledger.KeysDisagree as disagreement:
            raise keys_disagree(self._op, disagreement) from disagreement
        if effect is None:
            return self._first(intent)
        self._journal.met(self._want.path, effect.pk)
        match effect.state:
            case Effect.State.CONFIRMED:
                return self._adopt(intent, effect)
            case Effect.State.REFUSED:
                return self._intend_and_send(intent, freed=effect)
            case _:
                return self._unsettled(effect)

    def _first(self, intent: ledger.Intent) -> Json:
        intent = replace(intent, generation=ledger.next_generation(intent))
        match = self._op.existing(self._call, self._want.data) if self._op.existing else None
        if match is None:
            return self._intend_and_send(intent, freed=None)
        effect = self._journal.commit(lambda: ledger.adopt_found(intent, match))
        if effect is None:
            raise MeetAgain
        self._journal.met(self._want.path, effect.pk)
        return match.output

    def _adopt(self, intent: ledger.Intent, effect: Effect) -> Json:
        """The effect is confirmed: take its result, if it still stands and means the same."""
        if effect.run_number != self._want.run.pk:
            self._still_stands(effect)
        if self._op.existing is not None:
            if len(intent.keys) > 1:
                self._journal.ride_along(lambda: ledger.learn_keys(intent, effect))
            return codec.unpack(effect.output)
        prepared = self._prepare(intent.keys, effect.generation)
        if prepared.payload_hash != effect.payload_hash:
            raise changed_payload(self._op, effect, prepared.payload)
        return codec.unpack(effect.output)

    def _still_stands(self, effect: Effect) -> None:
        if self._op.standing is None:
            return
        standing = self._op.standing(self._call, effect.far_id)
        if standing != "stands":
            raise errors.Conflict(
                f"{_name(effect)} was made before and is {standing} in the far system. Decide whether to make it again.",
                code=f"record_{standing}",
                info={"effect": effect.pk, "far_id": effect.far_id},
            )

    def _unsettled(self, effect: Effect) -> Json:
        """Ours from before a crash: settle it. Somebody else's: wait for them."""
        ours = effect.run_number == self._want.run.pk and effect.path == self._want.path
        if not ours:
            raise EffectInFlight(ledger.token(effect.pk))
        mine = self._journal.commit(lambda: ledger.take_over(effect))
        if mine is None:
            raise EffectInFlight(ledger.token(effect.pk))
        return self._settle(mine, lambda: recover.recover(self._op, self._call, mine, self._want.data))

    def _intend_and_send(self, intent: ledger.Intent, *, freed: Effect | None) -> Json:
        prepared = self._prepare(intent.keys, freed.generation if freed else intent.generation)
        effect = self._journal.commit(
            lambda: ledger.intend(
                intent,
                request=prepared.request,
                payload=prepared.payload,
                payload_hash=prepared.payload_hash,
                freed=freed,
            )
        )
        if effect is None:
            raise MeetAgain
        self._journal.met(self._want.path, effect.pk)
        return self._settle(
            effect, lambda: recover.send(self._op, self._call, effect, prepared.request, self._want.data)
        )

    def _settle(self, effect: Effect, attempt: Callable[[], recover.Settlement]) -> Json:
        """Send or recover, and let the settlement ride in the commit that records the step."""
        settlement = attempt()
        killpoints.passing(self._want.path, "sent")
        self._journal.ride_along(lambda: settlement.write(effect))
        if settlement.failure is not None:
            raise settlement.failure
        return settlement.output

    # -- updates ------------------------------------------------------------------------------------------------------

    def _update(self) -> Json:
        """Fields in the order of their source: same position and payload is a no-op, an older position is superseded."""
        want = self._want
        prepared = self._prepare(("update",))
        far_id = prepared.request.far_id
        source = want.spec.source or want.run.flow_key
        position = positions.comparable(want.spec.position or str(want.run.event_id))
        fields = positions.fields_of(prepared.payload)
        if positions.newer_exists(self._account, self._op.record, far_id, fields, source, position):
            raise Superseded({"superseded": True, "far_id": far_id})
        identity = f"{far_id}@{position}#{prepared.payload_hash[:16]}"
        intent = self._intent((identity,))
        output = self._once(intent)
        effect = ledger.meet(intent)
        if effect is not None:
            self._journal.ride_along(lambda: positions.remember(effect, far_id, fields, source, position))
        return output


def keys_disagree(operation: Write, found: ledger.KeysDisagree) -> errors.Conflict:
    """The keys of one find-or-create mean different records: only a person can say which."""
    names = " and ".join(effect.far_id or f"effect {effect.pk}" for effect in found.effects)
    return errors.Conflict(
        f"“{operation.title}”: the keys of this record point to {names}. Merge them in the far system, or correct the deal.",
        code="keys_disagree",
        info={"effects": [effect.pk for effect in found.effects]},
    )


def _name(effect: Effect) -> str:
    """What people call the far record: its number or name, else its id."""
    output = codec.unpack(effect.output)
    known = output if isinstance(output, dict) else {}
    return str(known.get("displayed_as") or known.get("number") or known.get("name") or effect.far_id)


def changed_payload(operation: Write, effect: Effect, payload: Json) -> errors.Conflict:
    """Confirmed once, met again with other content: the default is to hold for a person."""
    return errors.Conflict(
        f"“{operation.title}” made {_name(effect)} for this record before, with other content. Nothing was written now. "
        "Compare the two and decide.",
        code="payload_changed",
        info={
            "effect": effect.pk,
            "far_id": effect.far_id,
            "confirmed": codec.unpack(effect.payload),
            "intended": payload,
        },
    )
