"""A rotating token is refreshed once, whoever asks; its answer is kept before use; what can't be cured says so."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections as databases
from django.db import transaction
from django.utils import timezone

from connectors.sdk.account import Account
from connectors.sdk.errors import Auth, Failure, RateLimited, Transient
from integrations.vault import connections, refresh
from integrations.vault.models import Connection
from tests.vault.token_server import TokenServer

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 20


def token(account: Account | None) -> str:
    assert account is not None
    return account.secrets.reveal("access_token")


def together(work: Callable[[], Account | None]) -> list[object]:
    """What `work` gave, or raised, in each of THREADS threads that begin at once."""
    results: list[object] = []
    gate = threading.Barrier(THREADS)

    def one() -> None:
        gate.wait()
        try:
            results.append(token(work()))
        except Failure as failure:
            results.append(failure)
        finally:
            databases.close_all()

    threads = [threading.Thread(target=one) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_threads_with_an_expired_token_make_one_refresh(
    connection: Connection, far: TokenServer
) -> None:
    far.slow = 0.3
    results = together(lambda: connections.fresh_account(Connection.objects.get(pk=connection.pk)))
    assert results == ["access-2-secret"] * THREADS
    assert far.seen["refresh_token"] == 1
    connection.refresh_from_db()
    assert (connection.refresh_owner, connection.refresh_until) == ("", None)


def test_twenty_threads_refused_with_one_token_make_one_refresh(
    connection: Connection, far: TokenServer
) -> None:
    Connection.objects.update(token_expires_at=timezone.now() + timedelta(hours=1))
    far.expire()
    version = connection.token_version

    def work() -> Account | None:
        return connections.after_auth_failure(Connection.objects.get(pk=connection.pk), version)

    assert together(work) == ["access-2-secret"] * THREADS
    assert far.seen["refresh_token"] == 1


def test_a_token_that_lasts_is_left_alone(connection: Connection, far: TokenServer) -> None:
    connection.token_expires_at = timezone.now() + timedelta(minutes=4)
    assert token(connections.fresh_account(connection)) == "access-1-secret"
    assert far.seen["refresh_token"] == 0


def test_a_token_is_refreshed_ahead_of_its_end(connection: Connection, far: TokenServer) -> None:
    Connection.objects.update(token_expires_at=timezone.now() + timedelta(seconds=20))
    connection.refresh_from_db()
    before = timezone.now()
    assert token(connections.fresh_account(connection)) == "access-2-secret"
    stored = Connection.objects.get()
    assert token(connections.account(stored)) == "access-2-secret"
    assert connections.account(stored).secrets.reveal("refresh_token") == "refresh-2-secret"
    assert connections.account(stored).secrets.reveal("client_secret") == "our-secret"
    assert stored.token_expires_at is not None
    assert stored.token_expires_at >= before + timedelta(seconds=299)
    assert connection.token_version == stored.token_version


def test_a_stale_instance_rereads_instead_of_refreshing(connection: Connection, far: TokenServer) -> None:
    stale = Connection.objects.get()
    connections.fresh_account(connection)
    assert token(connections.fresh_account(stale)) == "access-2-secret"
    assert far.seen["refresh_token"] == 1


def test_a_refusal_of_an_older_token_only_rereads(connection: Connection, far: TokenServer) -> None:
    stale = Connection.objects.get()
    connections.fresh_account(connection)
    assert token(connections.after_auth_failure(stale, stale.token_version)) == "access-2-secret"
    assert far.seen["refresh_token"] == 1


def test_a_lost_answer_before_anything_happened_is_tried_again(
    connection: Connection, far: TokenServer
) -> None:
    far.faults = ["unrotated"]
    assert token(connections.fresh_account(connection)) == "access-2-secret"
    assert far.seen["refresh_token"] == 2


def test_a_lost_answer_after_the_rotation_ends_in_reconnect(connection: Connection, far: TokenServer) -> None:
    far.faults = ["lost"]
    with pytest.raises(Auth):
        connections.fresh_account(connection)
    assert far.seen["refresh_token"] == 2
    stored = Connection.objects.get()
    assert stored.status == Connection.Status.RECONNECT
    assert "connected again" in stored.status_note
    with pytest.raises(Auth, match="Acme's books"):
        connections.fresh_account(stored)
    assert far.seen["refresh_token"] == 2


def test_two_lost_answers_in_a_row_end_in_reconnect(connection: Connection, far: TokenServer) -> None:
    far.faults = ["unrotated", "unrotated"]
    with pytest.raises(Auth, match="lost twice") as caught:
        connections.fresh_account(connection)
    assert caught.value.code == "refresh_unknown"
    assert Connection.objects.get().status == Connection.Status.RECONNECT
    assert Connection.objects.get().refresh_owner == ""


def test_a_revoked_sign_in_ends_in_reconnect(connection: Connection, far: TokenServer) -> None:
    far.generation = 7
    with pytest.raises(Auth) as caught:
        connections.fresh_account(connection)
    assert caught.value.code == "invalid_grant"
    assert Connection.objects.get().status == Connection.Status.RECONNECT


def test_a_refused_renewal_gives_no_account(connection: Connection, far: TokenServer) -> None:
    far.generation = 7
    assert connections.after_auth_failure(connection, connection.token_version) is None
    assert Connection.objects.get().status == Connection.Status.RECONNECT
    assert connections.after_auth_failure(connection, connection.token_version) is None
    assert far.seen["refresh_token"] == 1


def test_a_sign_in_service_that_is_away_costs_nothing(connection: Connection, far: TokenServer) -> None:
    far.close()
    with pytest.raises(Transient):
        connections.fresh_account(connection)
    stored = Connection.objects.get()
    assert stored.status != Connection.Status.RECONNECT
    assert stored.refresh_owner == ""


def test_a_token_still_good_is_used_while_the_sign_in_service_is_away(
    connection: Connection, far: TokenServer
) -> None:
    far.close()
    Connection.objects.update(token_expires_at=timezone.now() + timedelta(seconds=20))
    connection.refresh_from_db()
    assert token(connections.fresh_account(connection)) == "access-1-secret"


def test_a_step_is_parked_while_a_refresh_elsewhere_takes_long(
    connection: Connection, far: TokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "WAIT", 0.2)
    Connection.objects.update(refresh_owner="another", refresh_until=timezone.now() + timedelta(minutes=1))
    with pytest.raises(RateLimited, match="being renewed"):
        connections.fresh_account(connection)
    assert far.seen["refresh_token"] == 0
    assert Connection.objects.get().refresh_owner == "another"


def test_a_lease_of_a_process_that_died_is_taken_over(connection: Connection, far: TokenServer) -> None:
    Connection.objects.update(refresh_owner="dead", refresh_until=timezone.now() - timedelta(seconds=1))
    assert token(connections.fresh_account(connection)) == "access-2-secret"


def test_tokens_without_a_stated_end_are_refreshed_only_when_refused(
    connection: Connection, far: TokenServer
) -> None:
    far.expires_in = None
    connections.fresh_account(connection)
    assert connection.token_expires_at is None
    assert token(connections.fresh_account(connection)) == "access-2-secret"
    assert far.seen["refresh_token"] == 1
    assert token(connections.after_auth_failure(connection, connection.token_version)) == "access-3-secret"


def test_tokens_are_never_rotated_inside_a_transaction(connection: Connection) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        connections.fresh_account(connection)


def test_a_refused_key_gives_no_account(connection: Connection) -> None:
    connection.auth = "api_key"
    connection.save()
    assert connections.after_auth_failure(connection, connection.token_version) is None


def test_a_person_who_corrects_the_secrets_wins_over_a_late_refusal(connection: Connection) -> None:
    late = Connection.objects.get()
    connections.save_secrets(connection, {"client_secret": "better"})
    connections.needs_reconnecting(late, "It was refused.")
    assert Connection.objects.get().status == Connection.Status.UNTESTED
