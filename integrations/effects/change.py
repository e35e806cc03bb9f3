"""What a step does when the effect it means is confirmed with other content: hold, write over, or credit and re-issue.

Each of these is one or two effects of their own with identities of their own, so a crash between any two commits leaves
something that the next run meets and goes on from (DESIGN §3.3).
"""

from collections.abc import Callable
from dataclasses import replace

from connectors.sdk import errors, registry
from connectors.sdk.operation import Write
from connectors.sdk.wire import Json
from integrations.effects import content, settling, undoing
from integrations.effects.models import Effect, Undoing
from integrations.effects.step import Prepared, Step, WriteRequest, name_of
from integrations.effects.update import Updating
from integrations.engine.node import EffectSpec
from integrations.engine.waiting import Superseded
from integrations.payloads import codec
from integrations.runs.models import Run

__all__ = ["Changed"]


class Changed:
    """A confirmed effect and the step that met it. `reissue(former)` makes the next generation; `write` carries a step out."""

    def __init__(
        self,
        step: Step,
        effect: Effect,
        reissue: Callable[[Effect], Json],
        write: Callable[[WriteRequest], Json],
    ) -> None:
        self._step = step
        self._effect = effect
        self._reissue = reissue
        self._write = write
        self._undoing = undoing.of(effect) if step.op.compensation is not None else None

    def is_being_made_anew(self) -> bool:
        """Was it decided to credit it and make it anew? Raises `Conflict` when somebody had it undone for good."""
        if self._undoing is None:
            return False
        if self._undoing.reissue:
            return True
        done = self._undoing.state == Undoing.State.DONE
        raise errors.Conflict(
            f"{name_of(self._effect)} {'was' if done else 'is being'} undone by {self._undoing.by} "
            f"({self._undoing.reason}). Decide whether to make it again.",
            code="record_undone",
            info={"effect": self._effect.pk, "far_id": self._effect.far_id},
        )

    def follow_policy(self, prepared: Prepared) -> Json:
        """The content differs: what the node's *on change* says, unless what is there came from a later event."""
        if self._is_later():
            raise Superseded(codec.unpack(self._effect.output))
        match self._step.want.spec.on_change:
            case "update" if self._may_revise():
                return self._revise(prepared)
            case "credit" if self._step.op.compensation is not None:
                self._undoing = self._step.journal.commit(self._ask_by_policy)
                return self.make_anew()
            case _:
                raise changed_payload(self._step.op, self._effect, prepared.payload)

    def make_anew(self) -> Json:
        """Credit this generation, then make the next one: two effects, the second only once the first is confirmed."""
        asked = self._undoing
        if asked is None:
            raise ValueError("nobody asked for it")
        if asked.state != Undoing.State.DONE:
            self._undo(asked)
            self._step.journal.commit(lambda: None)
        return self._reissue(self._effect)

    def _undo(self, asked: Undoing) -> None:
        """What fails here is about the record that is there: a person may keep it after all."""
        step, want = self._step, self._step.want
        undo = undoing.Undo(asked, self._effect, want.connection, step.call, step.journal)
        try:
            undoing.carry_out(undo, want, self._write)
        except errors.OutcomeUnknown:
            raise
        except errors.Failure:
            step.journal.met(want.path, self._effect.pk)
            raise

    def _is_later(self) -> bool:
        """Was the effect made for a later event than ours? An older run never writes over newer content."""
        made_for = Run.objects.filter(pk=self._effect.run_number).values_list("event_id", flat=True).first()
        return made_for is not None and made_for > self._step.origin.event_id

    def _ask_by_policy(self) -> Undoing:
        return undoing.ask(
            self._effect,
            by=f"flow {self._step.origin.flow_key}",
            reason="The record has changed since.",
            reissue=True,
        )

    def _may_revise(self) -> bool:
        revision = self._step.op.revise
        return revision is not None and revision.may_revise(self._step.call, self._effect.far_id)

    def _revise(self, prepared: Prepared) -> Json:
        """Write over the far record by the update the operation names, in the order of the source record's events."""
        step, effect = self._step, self._effect
        revision = step.op.revise
        operation = registry.operation(revision.operation) if revision else None
        if revision is None or not isinstance(operation, Write):
            raise errors.Config(f"“{step.op.title}” can't be written over.", code="revision_gone")
        spec = EffectSpec(identity=(), source=effect.identity, position=step.want.spec.position)
        wanted = replace(
            step.want,
            operation_id=revision.operation,
            operation=operation,
            data=revision.input(effect.far_id, step.want.data),
            spec=spec,
        )
        try:
            output = Updating(Step(wanted, step.call, step.journal)).perform()
        except Superseded as overtaken:
            raise Superseded(codec.unpack(effect.output)) from overtaken
        request = content.coded(prepared.request, content.about_of(effect))
        step.journal.ride_along(
            lambda: settling.rewrite(effect, step.op, output, request, prepared.payload_hash)
        )
        return output


def changed_payload(operation: Write, effect: Effect, payload: Json) -> errors.Conflict:
    """Confirmed once, met again with other content: the default is to hold for a person."""
    return errors.Conflict(
        f"“{operation.title}” made {name_of(effect)} for this record before, with other content. Nothing was written now. "
        "Compare the two and decide.",
        code="payload_changed",
        info={
            "effect": effect.pk,
            "far_id": effect.far_id,
            "confirmed": content.meant(effect),
            "intended": payload,
        },
    )
