"""Partitions of the largest tables on PostgreSQL, where `deploy/postgres/partition.sql` made them: made ahead, dropped when empty."""

import logging
import re

from django.db import connection, transaction
from django.db.models import Max, Min

from integrations.retention.models import Klass, Remainder, RetentionMark
from integrations.retention.policy import policies
from integrations.runs.models import Exchange, Run, StepEntry

__all__ = ["SIZE", "look_after_partitions"]

logger = logging.getLogger(__name__)
SIZE = 1_000_000
"""Runs in a partition."""
AHEAD = 3  # partitions that wait for runs to come
PATIENCE = "2s"  # dropping waits no longer for whoever reads or writes; it is tried again
_BOUND = re.compile(r"TO \('?(\d+)'?\)")
_CLASSES = {StepEntry: Klass.STEPS, Exchange: Klass.EXCHANGES}


def look_after_partitions() -> int:
    """Have partitions ready, and drop one that is empty for good. How many were made or dropped. A chore."""
    if connection.vendor != "postgresql":
        return 0
    done = 0
    for model, klass in _CLASSES.items():
        table = model._meta.db_table  # noqa: SLF001 - Django's documented API
        if _is_partitioned(table):
            done += _make_ahead(table) + _drop_empty(table, klass)
    return done


def _is_partitioned(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind = 'p' FROM pg_class WHERE oid = %s::regclass", [table])
        (partitioned,) = cursor.fetchone()
    return bool(partitioned)


def _make_ahead(table: str) -> int:
    newest = Run.objects.aggregate(newest=Max("pk"))["newest"] or 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT interlock_partitions_ahead(%s, %s, %s, %s)", [table, SIZE, newest, AHEAD])
        return int(cursor.fetchone()[0])


def _drop_empty(table: str, klass: Klass) -> int:
    """The oldest partition, when the sweep has passed all its runs and nothing is left in it."""
    passed = _passed(klass)
    for name, upto in _partitions(table):
        if upto > passed:
            return 0
        if _is_empty(name):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}")
            logger.info("the partition %s was empty and has been dropped", name)
            return 1
    return 0


def _passed(klass: Klass) -> int:
    """Up to here every run has lost this class; 0 while a flow was never swept."""
    groups = set(policies())
    marks = RetentionMark.objects.filter(klass=klass).values_list("environment_id", "flow_key", "reached")
    reached = {(where, flow): number for where, flow, number in marks}
    lowest = min((reached.get(group, 0) for group in groups), default=0)
    waiting = Remainder.objects.filter(klass=klass).aggregate(first=Min("run_number"))["first"]
    return lowest if waiting is None else min(lowest, waiting - 1)


def _partitions(table: str) -> list[tuple[str, int]]:
    """(name, first run that isn't in it) from the oldest on; not the one for the rest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT child.relname, pg_get_expr(child.relpartbound, child.oid) FROM pg_inherits"
            " JOIN pg_class child ON child.oid = inhrelid WHERE inhparent = %s::regclass",
            [table],
        )
        bounds = [(name, _BOUND.search(bound)) for name, bound in cursor.fetchall()]
    return sorted(((name, int(found[1])) for name, found in bounds if found), key=lambda one: one[1])


def _is_empty(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT NOT EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})")  # noqa: S608 - our own names only
        return bool(cursor.fetchone()[0])
