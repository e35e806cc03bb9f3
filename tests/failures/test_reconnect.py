"""Nobody has to retry by hand what only waited for an account."""

import pytest
from django.utils import timezone

from integrations.failures.models import Failure
from integrations.runs.models import Run
from integrations.vault.models import Connection
from integrations.vault.store import restored
from tests.effects.conftest import World, world

__all__ = ["world"]


def parked(world: World, connector: str, reason: str) -> Run:
    now = timezone.now()
    failure = Failure.objects.create(
        environment=world.environment,
        fingerprint=f"{connector}{reason}",
        kind="auth",
        code="auth",
        sentence="Refused.",
        verdict="config",
        connector=connector,
        flow_key="flow",
        node="n",
        first_at=now,
        last_at=now,
    )
    run = world.run()
    Run.objects.filter(pk=run.pk).update(state="parked", reason=reason, failure=failure, due_at=None)
    return run


@pytest.mark.parametrize(
    ("connector", "reason", "state"),
    [("far", "reconnect", "queued"), ("other", "reconnect", "parked"), ("far", "person", "parked")],
)
def test_only_runs_that_wait_for_this_account_go_on(
    world: World, connector: str, reason: str, state: str
) -> None:
    run = parked(world, connector, reason)

    restored.send(Connection, connection=world.connection)

    run.refresh_from_db()
    assert run.state == state
