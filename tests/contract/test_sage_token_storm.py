"""Twenty workers with an expired Sage sign-in make exactly one refresh: a second one would cost the connection."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from django.db import connections as databases
from django.utils import timezone

from connectors.sage50.sandbox.oauth import CLIENT_ID, CLIENT_SECRET
from connectors.sdk import registry
from connectors.sdk.account import Account
from connectors.sdk.errors import Auth, RateLimited
from connectors.sdk.session import open_call
from integrations.releases.models import Environment
from integrations.vault import connections
from integrations.vault.models import Connection
from tests.contract.conftest import LIMIT, Bench

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 20
TRIES = 200


@pytest.fixture
def connection(bench: Bench) -> Connection:
    """Signed in to the sandbox, as far as its row knows until five minutes from now."""
    tokens = bench.control("/api/sage50/sign-in")
    made = Connection.objects.create(
        environment=Environment.objects.create(key="dev", name="Development"),
        key="books",
        name="The books",
        connector="sage50",
        auth="oauth2_code",
        base_url=bench.host.urls()["systems"]["sage50"]["api"],
        mark=Connection.Mark.SANDBOX,
    )
    kept = {name: str(tokens[name]) for name in ("access_token", "refresh_token")}
    connections.save_secrets(made, {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **kept})
    made.token_expires_at = timezone.now() + timedelta(seconds=300)
    made.save(update_fields=["token_expires_at"])
    return made


def read(bench: Bench, account: Account) -> str:
    """The business that a call on this account sees. Raises `Auth` when its token is no good."""
    call = open_call(registry.connector("sage50"), account, bench.exchanges.append)
    return str(call.get("/businesses")["$items"][0]["id"])


def storm(work: Callable[[Connection], str]) -> list[str]:
    """What `work` gave in each of WORKERS threads that begin at once, all with the connection as it was before."""
    results: list[str] = []
    gate = threading.Barrier(WORKERS)

    def one(own: Connection) -> None:
        gate.wait()
        try:
            results.append(work(own))
        finally:
            databases.close_all()

    threads = [threading.Thread(target=one, args=(Connection.objects.get(),)) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def patiently(ask: Callable[[], Account | None]) -> Account:
    """`ask`, come back to while another's refresh takes long, as a parked step does."""
    for _ in range(TRIES):
        try:
            account = ask()
        except RateLimited:
            time.sleep(0.1)
        else:
            assert account is not None
            return account
    pytest.fail("The refresh never ended.")


def refreshes(bench: Bench) -> int:
    """How often the sandbox was asked for tokens."""
    seen = bench.host.traffic.after(0, limit=20_000)["items"]
    return sum(one["path"].endswith("/token") for one in seen)


def is_spent(bench: Bench, token: str) -> bool:
    """Whether the sandbox refuses this refresh token."""
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "refresh_token"}
    url = f"{bench.host.worlds['sage50'].origin}/token"
    answer = requests.post(url, data={**form, "refresh_token": token}, timeout=LIMIT)
    return answer.status_code == 400 and answer.json()["error"] == "invalid_grant"


def test_twenty_workers_that_know_their_token_has_ended_refresh_once(
    bench: Bench, connection: Connection
) -> None:
    old = connections.account(connection).secrets.reveal("refresh_token")
    bench.control("/api/clock", advance_seconds=301)
    Connection.objects.update(token_expires_at=timezone.now() - timedelta(seconds=1))

    def work(own: Connection) -> str:
        return read(bench, patiently(lambda: connections.fresh_account(own)))

    results = storm(work)
    assert (len(results), len(set(results)), refreshes(bench)) == (WORKERS, 1, 1)
    assert is_spent(bench, old)


def test_twenty_workers_that_are_refused_in_the_middle_of_work_refresh_once(
    bench: Bench, connection: Connection
) -> None:
    bench.control("/api/clock", advance_seconds=301)

    def work(own: Connection) -> str:
        version = own.token_version
        with pytest.raises(Auth):
            read(bench, connections.fresh_account(own))
        account = patiently(lambda: connections.after_auth_failure(own, version))
        return read(bench, account)

    results = storm(work)
    assert (len(results), len(set(results)), refreshes(bench)) == (WORKERS, 1, 1)


def test_storm_after_storm_each_costs_one_refresh_and_the_last_token_is_good(
    bench: Bench, connection: Connection
) -> None:
    def work(own: Connection) -> str:
        return read(bench, patiently(lambda: connections.fresh_account(own)))

    for number in range(1, 4):
        bench.control("/api/clock", advance_seconds=301)
        Connection.objects.update(token_expires_at=timezone.now() - timedelta(seconds=1))
        assert len(storm(work)) == WORKERS
        assert refreshes(bench) == number
    assert Connection.objects.get().status != Connection.Status.RECONNECT
