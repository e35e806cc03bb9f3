"""A process remembers connections for a moment, and never longer than it may."""

import time

import pytest

from connectors.sdk.errors import Config
from integrations.releases.models import Binding
from integrations.vault import connections
from integrations.vault.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def bound(connection: Connection) -> Connection:
    Binding.objects.create(environment=connection.environment, slot="ledger", connection=connection)
    return connections.bound(connection.environment_id, "ledger")


def test_a_slot_is_asked_for_once(bound: Connection, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]  # the fixture's type is pytest-django's own
        again = connections.bound(bound.environment_id, "ledger")
        assert connections.account(again) is connections.account(bound)
    assert again == bound
    assert again is not bound


def test_what_this_process_changes_is_seen_at_once(bound: Connection) -> None:
    connections.save_secrets(bound, {"access_token": "another-token"})
    fresh = connections.bound(bound.environment_id, "ledger")
    assert connections.account(fresh).secrets.reveal("access_token") == "another-token"
    Binding.objects.all().delete()
    with pytest.raises(Config):
        connections.bound(bound.environment_id, "ledger")


def test_who_comes_back_after_a_correction_sees_it(bound: Connection) -> None:
    Connection.objects.filter(pk=bound.pk).update(name="Renamed elsewhere")
    assert connections.bound(bound.environment_id, "ledger").name != "Renamed elsewhere"
    fresh = connections.bound(bound.environment_id, "ledger", not_before=time.monotonic())
    assert fresh.name == "Renamed elsewhere"


def test_a_lost_sign_in_is_looked_up_before_it_is_believed(bound: Connection) -> None:
    """Another process has reconnected the account a moment ago."""
    Connection.objects.filter(pk=bound.pk).update(status="ok", token_expires_at=None)
    bound.status = Connection.Status.RECONNECT
    assert connections.fresh_account(bound).base_url == bound.base_url


def test_changing_a_copy_changes_nobody_elses(bound: Connection) -> None:
    bound.name = "Mine alone"
    assert connections.bound(bound.environment_id, "ledger").name != "Mine alone"
