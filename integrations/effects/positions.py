"""Updates in order: a lower position of a source record never overwrites a field written from a higher one (DESIGN §3.3)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from connectors.sdk.errors import Data
from connectors.sdk.wire import Json
from integrations.effects import statements
from integrations.effects.content import About
from integrations.effects.models import Effect, FieldPosition
from integrations.runs.rows import Table

__all__ = ["Standing", "arrival", "comparable", "fields_of", "remember", "source_id", "standing"]

WIDTH = 24  # digits of a comparable position
_ARRIVAL = " (arrival)"
LONGEST = 64  # characters of a position that is neither a number nor a time
KEY = ("far_id", "field", "source", "record", "account")
POSITIONS = Table(
    FieldPosition,
    (*KEY, "position", "payload_hash", "effect_id"),
    unique=KEY,
    update=("position", "payload_hash", "effect_id"),
)


class Standing(NamedTuple):
    """How an update stands to what its source record has written before. `by` is the effect that wrote it, if known."""

    verdict: Literal["new", "same", "overtaken"]
    by: int | None = None


def arrival(source: str, event_id: int) -> tuple[str, str]:
    """(source, position) for a source without a stamp of its own: the order in which its events were stored.

    Event numbers rise over all records, so they rise for one record as well. They are a scale of their own: what is ordered
    by arrival is never compared with what is ordered by the source's stamps.
    """
    return f"{source}{_ARRIVAL}", str(event_id)


def source_id(about: About) -> str:
    """The source record's own id, however its positions are counted."""
    return about.id.removesuffix(_ARRIVAL)


def comparable(position: str) -> str:
    """A position as text that sorts as it is meant: whole numbers by value, times by the instant, other text as it stands.

    Raises `Data` for a text too long to keep.
    """
    if position.isdigit():
        return position.lstrip("0").zfill(WIDTH)
    try:
        instant = datetime.fromisoformat(position)
    except ValueError:
        pass
    else:
        return instant.astimezone(UTC).isoformat(timespec="microseconds") if instant.tzinfo else position
    if len(position) > LONGEST:
        raise Data("A position is a version number or a time.", code="position_wrong", pointer="/position")
    return position


def fields_of(payload: Json) -> list[str]:
    """The fields an update writes: top-level keys, one level deeper where a value is an object."""
    if not isinstance(payload, Mapping):
        return []
    names: list[str] = []
    for key, value in payload.items():
        names.extend([f"{key}.{inner}" for inner in value] if isinstance(value, Mapping) else [key])
    return sorted(name[:120] for name in names)


def standing(effect: Effect, payload: Json, about: About) -> Standing:
    """Is this update new, done already, or overtaken by a later position of its source? Only reads."""
    fields = fields_of(payload)
    written = statements.written(effect, fields, about.id)
    mine = about.position
    for position, _, by in written:
        if position > mine:
            return Standing("overtaken", by)
    same = [by for position, digest, by in written if position == mine and digest == effect.payload_hash]
    return Standing("same", same[0]) if fields and len(same) == len(fields) else Standing("new")


def remember(effect: Effect, payload: Json, about: About) -> None:
    """Keep position and payload hash of every field this update wrote. In the writer's transaction, holding the target's key."""
    rows = [
        (
            effect.far_id,
            field,
            about.id,
            effect.record,
            effect.account,
            about.position,
            effect.payload_hash,
            effect.pk,
        )
        for field in fields_of(payload)
    ]
    POSITIONS.insert(rows)
