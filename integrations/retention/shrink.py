"""Rows that get smaller, such as an event whose data is removed: the room must come back.

PostgreSQL writes a changed row anew and takes the old one's room back by itself. SQLite leaves it where it is, with a hole behind it
that no other row ever fills; only rows that are deleted have their pages joined. So there they are put aside, deleted, and
put back as they are to be: what referred to them is looked at when the transaction ends, and finds them.
"""

from collections.abc import Sequence

from django.db import connection, models

__all__ = ["shrink"]

_ASIDE = "retention_aside"


def shrink(model: type[models.Model], ids: Sequence[int], **values: bytes | None) -> int:
    """Set these columns of these rows, inside a transaction. How many rows."""
    if not ids:
        return 0
    if connection.vendor != "sqlite":
        return model._default_manager.filter(pk__in=ids).update(**values)  # noqa: SLF001 - Django's documented API
    table = connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - as above
    places = ", ".join(["%s"] * len(ids))
    changes = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {_ASIDE} AS SELECT * FROM {table} WHERE id IN ({places})", ids)  # noqa: S608 - our own names only
        cursor.execute(f"UPDATE {_ASIDE} SET {changes}", list(values.values()))  # noqa: S608 - as above
        cursor.execute(f"DELETE FROM {table} WHERE id IN ({places})", ids)  # noqa: S608 - as above
        cursor.execute(f"INSERT INTO {table} SELECT * FROM {_ASIDE}")  # noqa: S608 - as above
        count = int(cursor.rowcount)
        cursor.execute(f"DROP TABLE {_ASIDE}")
    return count
