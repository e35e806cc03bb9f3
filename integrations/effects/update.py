"""Writing fields of a far record in the order of their source (DESIGN §3.3).

Writers of one far record take turns: an update holds its target's key from its intent to its settlement. So whoever holds
it sees what was written before, and nothing older lands after something newer.
"""

from dataclasses import replace

from connectors.sdk import errors
from connectors.sdk.wire import Json
from integrations.effects import ledger, positions, statements
from integrations.effects.content import About
from integrations.effects.identity import FIELD_LIMIT
from integrations.effects.models import Effect
from integrations.effects.step import Prepared, Step
from integrations.engine.waiting import Superseded
from integrations.payloads import codec

__all__ = ["Updating"]

TURNS = 5  # how often a step that lost a race looks again before it waits


class Updating:
    """Carries one update through the ledger: sent, a no-op, or overtaken."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._about = About("", "")

    def perform(self) -> Json:
        """Raises `Failure`, `EffectInFlight`, and `Superseded` when a later position has written one of the fields."""
        step = self._step
        self._about = self._position()
        draft = step.prepare("")
        if not draft.request.far_id:
            raise errors.Data(f"“{step.op.title}” does not say which record it changes.", code="target_empty")
        intent = self._intent(draft)
        for _ in range(TURNS):
            outcome = self._take_turn(intent)
            if isinstance(outcome, Effect):
                return step.send(outcome, self._prepared(intent))
            if isinstance(outcome, positions.Standing):
                return self._passed(outcome, draft)
            holder = ledger.meet(intent)
            if holder is not None:
                step.journal.met(step.want.path, holder.pk)
                return step.unsettled(holder)
            intent = replace(intent, generation=ledger.next_generation(intent))
        raise errors.Transient(
            "Other runs are writing the same record; this one tries again.", retry_after=1.0
        )

    def _position(self) -> About:
        want, origin = self._step.want, self._step.origin
        source = want.spec.source or origin.flow_key
        position = want.spec.position
        if not position:
            source, position = positions.arrival(source, origin.event_id)
        return About(origin.record, source[-200:], positions.comparable(position))

    def _intent(self, draft: Prepared) -> ledger.Intent:
        """Its identity says: this content, in this record, from this position of this source."""
        far_id = draft.request.far_id
        digest = codec.digest([self._about.id, draft.payload_hash])[:16]
        identity = f"{far_id}@{self._about.position.lstrip('0') or '0'}#{digest}"
        return self._step.intent(
            identity[:FIELD_LIMIT], (f"@{far_id}",), about=self._about, far_id=far_id[:200]
        )

    def _prepared(self, intent: ledger.Intent) -> Prepared:
        """The request with its own mark; one that carries none is built once."""
        strategy = self._step.op.idempotency.strategy
        if strategy in ("native", "marker"):
            return self._step.prepare(intent.identity, intent.generation)
        return self._step.prepare("")

    def _take_turn(self, intent: ledger.Intent) -> Effect | positions.Standing | None:
        """Get the target's key and look what was written before, in one commit. None = somebody holds the key, or the very
        same update was made before under this generation."""
        prepared = self._prepared(intent)

        def take() -> Effect | positions.Standing | None:
            effect = ledger.intend(intent, request=prepared.request, payload_hash=prepared.payload_hash)
            if effect is None:
                return None
            found = positions.standing(effect, prepared.payload, self._about)
            if found.verdict == "new":
                return effect
            statements.take_back(effect.pk)
            return found

        self._step.want.secure()
        outcome = self._step.journal.commit(take)
        if isinstance(outcome, Effect):
            self._step.journal.met(self._step.want.path, outcome.pk)
        return outcome

    def _passed(self, found: positions.Standing, draft: Prepared) -> Json:
        """Nothing is sent: the same was written before, or something later."""
        if found.by is not None:
            self._step.journal.met(self._step.want.path, found.by)
        if found.verdict == "overtaken":
            raise Superseded({"superseded": True, "far_id": draft.request.far_id})
        made = Effect.objects.filter(pk=found.by or 0).first()
        return codec.unpack(made.output) if made else {}
