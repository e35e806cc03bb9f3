"""Who lives behind a public path: its endpoint and the release that runs there now, in one prepared statement.

Asked for every webhook, so the text of the query is fixed instead of being put together each time; nothing is remembered: a path
that was closed, or a release that was switched, is known at the next call in every process.
"""

import json
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection

from integrations.ingress.models import Endpoint

__all__ = ["Door", "door"]

_READ = ("id", "environment_id", "flow_key", "node", "path", "trigger", "sealed_secret", "config")
"""Columns of the endpoint that a webhook needs, in the model's order; `Endpoint` reads others later if somebody asks."""
_LOOK = f"""
SELECT {", ".join(f"e.{column}" for column in _READ)}, r.id FROM integrations_endpoint e
LEFT JOIN integrations_release r ON r.environment_id = e.environment_id AND r.flow_key = e.flow_key AND r.active
WHERE e.path = %s AND e.active AND e.kind = 'webhook'
"""  # noqa: S608 - our own column names


@dataclass(frozen=True, slots=True)
class Door:
    """An open endpoint; `release_id` is None while the flow has no active release there."""

    endpoint: Endpoint
    release_id: int | None


def door(path: str) -> Door | None:
    """What listens at this path; None when nothing does."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, (path,))
        found = cursor.fetchone()
    if found is None:
        return None
    *values, release_id = found
    config = _READ.index("config")
    values[config] = json.loads(values[config])
    return Door(Endpoint.from_db(DEFAULT_DB_ALIAS, _READ, values), release_id)
