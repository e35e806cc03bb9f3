"""Updates in order: a lower position of a source record never overwrites a field written from a higher one."""

from collections.abc import Mapping

from connectors.sdk.wire import Json
from integrations.effects.models import Effect, FieldPosition

__all__ = ["comparable", "fields_of", "newer_exists", "remember"]

WIDTH = 24  # digits of a comparable position


def comparable(position: str) -> str:
    """A position as text that sorts like the number it is; other text (ISO 8601 stamps) sorts as it stands."""
    return position.zfill(WIDTH) if position.isdigit() else position


def fields_of(payload: Json) -> list[str]:
    """The fields an update writes: top-level keys, one level deeper where a value is an object."""
    if not isinstance(payload, Mapping):
        return []
    names: list[str] = []
    for key, value in payload.items():
        names.extend([f"{key}.{inner}" for inner in value] if isinstance(value, Mapping) else [key])
    return sorted(names)


def newer_exists(
    account: str, record: str, far_id: str, fields: list[str], source: str, position: str
) -> bool:
    """Was any of these fields written from a later position of the same source? Only reads."""
    later = FieldPosition.objects.filter(
        account=account,
        record=record,
        far_id=far_id,
        field__in=fields,
        source=source,
        position__gt=comparable(position),
    )
    return later.exists()


def remember(effect: Effect, far_id: str, fields: list[str], source: str, position: str) -> None:
    """Keep source, position and payload hash of every field this update wrote. In the writer's transaction."""
    rows = [
        FieldPosition(
            account=effect.account,
            record=effect.record,
            far_id=far_id,
            field=field,
            source=source,
            position=comparable(position),
            payload_hash=effect.payload_hash,
            effect_id=effect.pk,
        )
        for field in fields
    ]
    FieldPosition.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["account", "record", "far_id", "field"],
        update_fields=["source", "position", "payload_hash", "effect"],
    )
