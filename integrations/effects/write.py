"""One writing step: meet the effect it means, or intend it, send it once and settle it (DESIGN §3.3)."""

from dataclasses import replace

from connectors.sdk import errors
from connectors.sdk.operation import Call
from connectors.sdk.wire import Json
from integrations.effects import ledger
from integrations.effects.change import Changed
from integrations.effects.models import Effect
from integrations.effects.step import (
    Journal,
    MeetAgain,
    Step,
    WriteRequest,
    account_key,
    keys_disagree,
    name_of,
)
from integrations.effects.update import Updating
from integrations.payloads import codec

__all__ = ["WriteRequest", "Writing", "account_key"]

MEETINGS = 5  # how often a step that lost a race looks again before it waits


class Writing:
    """Carries one writing step through the ledger. `perform` returns the operation's output."""

    def __init__(self, wanted: WriteRequest, call: Call, journal: Journal) -> None:
        self._step = Step(wanted, call, journal)
        self._op = wanted.operation

    def perform(self) -> Json:
        """Raises `Failure`, `EffectInFlight` while somebody else settles it, `Superseded` when later content is there."""
        if self._op.effect == "update":
            return Updating(self._step).perform()
        keys = self._keys()
        return self._once(self._step.intent(keys[0], keys))

    # -- who is meant -------------------------------------------------------------------------------------------------

    def _keys(self) -> tuple[str, ...]:
        step = self._step
        if self._op.identities is not None:
            keys = tuple(self._op.identities(step.want.data))
        elif self._op.effect == "delete" and not step.want.spec.identity:
            keys = (f"delete:{step.prepare('').request.far_id}",)
        else:
            keys = step.want.spec.identity
        keys = tuple(dict.fromkeys(key.strip() for key in keys if key and key.strip()))
        if not keys:
            raise errors.Data(
                f"“{self._op.title}” needs to know what it is written once per, and got nothing.",
                code="identity_empty",
            )
        return keys

    # -- creates, appends, deletes ------------------------------------------------------------------------------------

    def _once(self, intent: ledger.Intent) -> Json:
        for meeting in range(MEETINGS):
            try:
                if meeting == 0 and self._is_likely_new():
                    return self._intend_and_send(intent)
                return self._meet(intent)
            except MeetAgain:
                continue
        raise errors.Transient(
            "Other runs are writing the same record; this one tries again.", retry_after=1.0
        )

    def _is_likely_new(self) -> bool:
        """A first attempt of a plain write: it takes its identity at once, without looking first whether it is free."""
        return self._step.want.attempt == 1 and self._op.existing is None

    def _meet(self, intent: ledger.Intent) -> Json:
        try:
            effect = ledger.meet(intent)
        except ledger.KeysDisagree as disagreement:
            raise keys_disagree(self._op, disagreement) from disagreement
        if effect is None:
            return self._first(intent)
        self._step.journal.met(self._step.want.path, effect.pk)
        match effect.state:
            case Effect.State.CONFIRMED:
                return self._adopt(intent, effect)
            case Effect.State.REFUSED:
                return self._take_freed(intent, effect)
            case _:
                return self._step.unsettled(effect)

    def _first(self, intent: ledger.Intent) -> Json:
        intent = replace(intent, generation=ledger.next_generation(intent))
        match = self._op.existing(self._step.call, self._step.want.data) if self._op.existing else None
        if match is None:
            return self._intend_and_send(intent)
        effect = self._step.journal.commit(lambda: ledger.adopt_found(intent, match))
        if effect is None:
            raise MeetAgain
        self._step.journal.met(self._step.want.path, effect.pk)
        return match.output

    def _adopt(self, intent: ledger.Intent, effect: Effect) -> Json:
        """The effect is confirmed: take its result, if it still stands and means the same."""
        step = self._step
        changed = Changed(step, effect, self._reissue, self._beside)
        if changed.is_being_made_anew():
            return changed.make_anew()
        if effect.run_number != step.origin.run_number:
            self._still_stands(effect)
        if self._op.existing is not None:
            if len(intent.keys) > 1:
                step.journal.ride_along(lambda: ledger.learn_keys(intent.keys, effect))
            return codec.unpack(effect.output)
        prepared = step.prepare(effect.identity, effect.generation)
        if prepared.payload_hash != effect.payload_hash:
            return changed.follow_policy(prepared)
        return codec.unpack(effect.output)

    def _still_stands(self, effect: Effect) -> None:
        if self._op.standing is None:
            return
        standing = self._op.standing(self._step.call, effect.far_id)
        if standing != "stands":
            raise errors.Conflict(
                f"{name_of(effect)} was made before and is {standing} in the far system. Decide whether to make it again.",
                code=f"record_{standing}",
                info={"effect": effect.pk, "far_id": effect.far_id},
            )

    def _take_freed(self, intent: ledger.Intent, freed: Effect) -> Json:
        """The far system certainly did nothing: the same identity, this run's own request."""
        own = replace(intent, identity=freed.identity, generation=freed.generation)
        return self._intend_and_send(own, freed=freed)

    def _reissue(self, former: Effect) -> Json:
        """The next generation takes over the keys of `former`."""
        keys = tuple(former.keys.values_list("key", flat=True))
        intent = self._step.intent(former.identity, keys, generation=former.generation + 1)
        return self._intend_and_send(intent, replaces=former)

    def _beside(self, wanted: WriteRequest) -> Json:
        """Another write of the same step, such as crediting what is made anew."""
        return Writing(wanted, self._step.call, self._step.journal).perform()

    def _intend_and_send(
        self, intent: ledger.Intent, *, freed: Effect | None = None, replaces: Effect | None = None
    ) -> Json:
        step = self._step
        prepared = step.prepare(intent.identity, intent.generation)
        if self._op.effect == "delete":
            intent = replace(intent, far_id=prepared.request.far_id)
        step.want.secure()
        effect = step.journal.commit(
            lambda: ledger.intend(
                intent,
                request=prepared.request,
                payload_hash=prepared.payload_hash,
                freed=freed,
                replaces=replaces,
            )
        )
        if effect is None:
            raise MeetAgain
        step.journal.met(step.want.path, effect.pk)
        return step.send(effect, prepared)
