"""The effect ledger: meeting effects and intending them (`settling.py` settles them). Every function here runs inside the writer's transaction
unless it says that it only reads. Nothing here relies on an exception for a key that is taken."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F
from django.utils import timezone

from connectors.sdk.operation import Match
from connectors.sdk.wire import Request
from integrations.effects import content, settling, statements
from integrations.effects.content import About
from integrations.effects.identity import mark_of
from integrations.effects.models import Effect, EffectKey
from integrations.payloads import codec
from integrations.records import instance

__all__ = [
    "Intent",
    "KeysDisagree",
    "adopt_found",
    "intend",
    "learn_keys",
    "meet",
    "next_generation",
]


class KeysDisagree(Exception):  # noqa: N818 - a finding for a person, not a programming error
    """The keys of one find-or-create point to different effects."""

    def __init__(self, effects: Sequence[Effect]) -> None:
        super().__init__("keys point to different effects")
        self.effects = effects


@dataclass(frozen=True, slots=True)
class Intent:
    """What one run means to do: everything the ledger needs to know before the request is sent.

    `identity` is what the effect is; `keys` are what it is met under. `run_id` None: nobody's run (see `undo.py`).
    """

    account: str
    record: str
    kind: str
    identity: str
    keys: tuple[str, ...]
    strategy: str
    operation: str
    connection_id: int
    environment_id: int
    run_id: int | None
    run_number: int
    flow_key: str
    path: str
    attempt: int
    deadline: float
    about: About
    far_id: str = ""
    generation: int = 1

    @property
    def mark(self) -> str:
        """The token that names this effect and its generation, and no other."""
        return mark_of(self.account, self.record, self.identity, self.generation).token


def meet(intent: Intent) -> Effect | None:
    """The effect that any of the keys means, or None. Only reads. Raises `KeysDisagree`."""
    effects = {effect.pk: effect for effect in statements.met(intent.account, intent.record, intent.keys)}
    if len(effects) > 1:
        raise KeysDisagree(sorted(effects.values(), key=lambda effect: effect.pk))
    return next(iter(effects.values()), None)


def next_generation(intent: Intent) -> int:
    """1, or one more than what was made again on purpose under this identity. Only reads."""
    generation = intent.generation
    while statements.is_known(replace(intent, generation=generation).mark):
        generation += 1
    return generation


def intend(
    intent: Intent,
    *,
    request: Request,
    payload_hash: str,
    freed: Effect | None = None,
    replaces: Effect | None = None,
) -> Effect | None:
    """Record the effect as intended, with the exact request. None = somebody else holds one of its keys: meet it again.

    `freed` is a refused effect whose identity is free again: it is taken, if nobody else took it meanwhile. `replaces` is
    the generation before, confirmed: its keys pass to this one.
    """
    values = {
        **_origin(intent),
        "state": Effect.State.INTENDED,
        "request": content.coded(request, intent.about),
        "payload_hash": payload_hash,
        "far_id": intent.far_id,
        "look_at": timezone.now() + timedelta(seconds=2 * intent.deadline),
    }
    if freed is not None:
        return _take_freed(intent, freed, values)
    return _insert(intent, values, replaces)


def adopt_found(intent: Intent, match: Match) -> Effect | None:
    """A find-or-create found its record in the far system: confirmed without a write. None = meet again."""
    values = {
        **_origin(intent),
        "state": Effect.State.CONFIRMED,
        "payload_hash": "",
        "far_id": match.far_id,
        "matched_by": match.matched_by,
        "output": codec.pack(match.output, klass="effect"),
        "settled_at": timezone.now(),
    }
    effect = _insert(intent, values, None)
    if effect is not None:
        settling.cross_reference(effect, intent.about, intent.environment_id)
    return effect


def learn_keys(keys: Iterable[str], effect: Effect) -> None:
    """Remember further keys of a find-or-create that was met by one of them; taken ones stay where they are."""
    statements.KEYS.insert([effect.account, effect.record, key, effect.pk] for key in keys)


def _origin(intent: Intent) -> dict[str, Any]:
    """Who means it, where in which flow, and how it is kept from happening twice."""
    return {
        "kind": intent.kind,
        "strategy": intent.strategy,
        "operation": intent.operation,
        "environment_id": intent.environment_id,
        "connection_id": intent.connection_id,
        "run_id": intent.run_id,
        "run_number": intent.run_number,
        "flow_key": intent.flow_key,
        "path": intent.path,
        "attempt": intent.attempt,
        "intended_at": timezone.now(),
    }


def _insert(intent: Intent, values: dict[str, Any], replaces: Effect | None) -> Effect | None:
    row = _row(intent, values)
    made = statements.EFFECTS.insert_returning(row)
    if made is None:
        return _own(intent)
    effect = instance(Effect, [made, *row])
    effect.about = (intent.about.record, intent.about.id, intent.about.position)
    if replaces is not None:
        EffectKey.objects.filter(effect=replaces).update(effect=effect.pk)
        return effect
    keys = [[intent.account, intent.record, key, effect.pk] for key in intent.keys]
    if not statements.KEYS.insert_all(keys):
        statements.take_back(effect.pk)
        return None
    return effect


def _row(intent: Intent, values: Mapping[str, Any]) -> list[Any]:
    """Every column but the primary key; what isn't said is as it is by default."""
    named = {
        **_as_by_default(),
        "mark": intent.mark,
        "account": intent.account,
        "record": intent.record,
        "identity": intent.identity,
        "generation": intent.generation,
        "fence": 1,
        **values,
    }
    return list(statements.EFFECTS.values(named))


@lru_cache(maxsize=1)
def _as_by_default() -> Mapping[str, Any]:
    return {field.attname: field.get_default() for field in Effect._meta.concrete_fields}  # noqa: SLF001 - Django's documented API


def _take_freed(intent: Intent, freed: Effect, values: dict[str, Any]) -> Effect | None:
    """A refused effect becomes this intent. An update must get its target's key as well; a create has kept its keys."""
    if intent.kind == "update":
        for key in intent.keys:
            if statements.KEYS.insert_returning([intent.account, intent.record, key, freed.pk]) is None:
                return _own(intent)
    taken = Effect.objects.filter(pk=freed.pk, fence=freed.fence, state=Effect.State.REFUSED)
    anew = {"settled_at": None, "empty_lookups": 0, "note": "", "sent_again_at": None, "matched_by": ""}
    if not taken.update(**values, **anew, fence=F("fence") + 1):
        if intent.kind == "update":
            statements.release_keys(freed)
        return _own(intent)
    learn_keys(intent.keys, freed)
    return Effect.objects.get(pk=freed.pk)


def _own(intent: Intent) -> Effect | None:
    """This very intent, written before: a commit whose answer was lost is replayed whole. None = it is somebody else's."""
    return Effect.objects.filter(
        mark=intent.mark,
        run_number=intent.run_number,
        path=intent.path,
        attempt=intent.attempt,
        empty_lookups=0,
        state__in=(Effect.State.INTENDED, Effect.State.CONFIRMED),
        intended_at__gte=_replayed_since(),
    ).first()


def _replayed_since() -> datetime:
    return timezone.now() - timedelta(seconds=60)
