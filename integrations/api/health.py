"""Is it alive, and can it work? `/healthz` answers as long as the process does; `/readyz` looks at what work needs."""

from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from integrations.tasks.models import Drain

__all__ = ["healthz", "readyz"]

SILENT_AFTER = timedelta(seconds=20)
"""Without a sign of life of a drain for so long, nothing carries runs: a slice beats every few seconds."""


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 while the process answers."""
    return JsonResponse({"ok": True})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when the database answers, its tables are up to date, and runs are being carried; else 503 with what isn't."""
    try:
        checks = {"database": _database(), "migrations": _migrated(), "drains": _drained()}
    except DatabaseError:
        checks = {"database": False, "migrations": False, "drains": False}
    ok = all(checks.values())
    return JsonResponse({"ok": ok, "checks": checks}, status=200 if ok else 503)


def _database() -> bool:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrated() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _drained() -> bool:
    """The dispatcher makes and buries the drains' rows, so a beating row is a sign of life of both."""
    beating = Drain.objects.filter(heartbeat_at__gte=timezone.now() - SILENT_AFTER)
    return beating.exclude(state="queued").exists()
