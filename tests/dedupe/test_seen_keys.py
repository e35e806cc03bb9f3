"""A key goes by once: whoever commits it first owns it, through crashes, retries and races."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from connectors.sdk.wire import Json
from integrations.dedupe import seen
from integrations.dedupe.models import SeenKey
from integrations.dedupe.seen import Claim, claim, forget_expired
from integrations.failures import actions
from integrations.releases.models import Environment, Release
from integrations.runs.claim import reap
from integrations.runs.models import Run
from integrations.runs.writer import InlineWriter
from tests.runs.carrying import arrive, carry, install, output_of, steps_of

pytestmark = pytest.mark.django_db
ONCE: Json = {"type": "deduplicate", "config": {"key": "$event.key", "days": 7}}
AFTER: Json = {"type": "map", "config": {"fields": {"x": 1}}}


def release(after: Json = AFTER) -> Release:
    return install({"once": ONCE, "after": after}, "start -> once", "once -> after")


def ended(run: Run) -> tuple[str, str]:
    return str(run.state), run.result


def test_the_second_with_a_key_is_a_duplicate_and_another_key_is_not() -> None:
    flow = release()
    first, _, _ = arrive(flow, key="A"), arrive(flow, key="A"), arrive(flow, key="B")
    one, again, other = carry()
    assert [ended(run) for run in (one, again, other)] == [
        ("succeeded", "delivered"),
        ("succeeded", "filtered"),
        ("succeeded", "delivered"),
    ]
    told = output_of(again, "once")
    assert (told["duplicate"], told["key"], told["run"]) == (True, "A", first.pk)


def test_only_a_hash_of_the_key_is_kept() -> None:
    arrive(release(), key="ann@example.com")
    carry()
    row = SeenKey.objects.get()
    assert "ann" not in str(vars(row))
    assert row.expires_at - row.seen_at == timedelta(days=7)


class Killed(BaseException):
    """The process is gone."""


class DiesAfter(InlineWriter):
    """Commits so many hand-overs, then the process is gone."""

    def __init__(self, commits: int) -> None:
        super().__init__()
        self.left = commits

    def hand_over(self, work: Any) -> Any:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return super().hand_over(work)


def test_a_run_that_died_after_taking_the_key_still_owns_it() -> None:
    run = arrive(release(), key="A")
    with pytest.raises(Killed):
        carry(DiesAfter(1))
    assert SeenKey.objects.get().run_number == run.pk
    assert "once" not in {path for path, states in steps_of(run).items() if "done" in states}
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert reap(timezone.now()) == 1
    (run,) = carry()
    assert ended(run) == ("succeeded", "delivered")
    assert output_of(run, "once")["duplicate"] is False


def test_a_retry_from_the_start_owns_what_its_event_took() -> None:
    arrive(release({"type": "stop", "config": {"result": "failed", "message": "No."}}), key="A")
    (parked,) = carry()
    assert parked.state == "parked"
    again = actions.retry(parked.pk, mode="start", by="somebody")
    assert again.pk != parked.pk
    (run,) = carry()
    assert output_of(run, "once")["duplicate"] is False


def wanted(environment: Environment, event: int, **rest: Any) -> Claim:
    whole: dict[str, Any] = {"memory": "#once", "key": "A", "window": timedelta(days=7), **rest}
    return Claim(environment.pk, "f", event=event, run=event, path="once", **whole)


@pytest.fixture
def dev(db: None) -> Environment:
    return Environment.objects.create(key="dev", name="Development")


def test_after_its_window_a_key_is_as_new(dev: Environment) -> None:
    assert claim(wanted(dev, 1)).first
    assert not claim(wanted(dev, 2)).first
    SeenKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert claim(wanted(dev, 2)).first
    assert not claim(wanted(dev, 1)).first
    assert claim(wanted(dev, 2)).first  # a hand-over that is replayed


def test_flows_environments_and_memories_share_nothing(dev: Environment) -> None:
    assert claim(wanted(dev, 1)).first
    assert claim(wanted(dev, 2, memory="#other")).first
    assert claim(wanted(Environment.objects.create(key="qa", name="QA"), 3)).first


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_one_goes_by(dev: Environment) -> None:
    many = 8
    together = Barrier(many, timeout=60)

    def take(event: int) -> tuple[bool, int]:
        together.wait()
        try:
            with transaction.atomic():
                found = claim(wanted(dev, event))
            return found.first, found.run
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        said = [one.result(60) for one in [pool.submit(take, event) for event in range(1, many + 1)]]
    assert sum(first for first, _ in said) == 1
    assert {run for _, run in said} == {SeenKey.objects.get().event_number}


def test_the_chore_forgets_what_is_over_a_little_at_a_time(
    dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for event in range(5):
        claim(wanted(dev, event, key=str(event), window=timedelta(days=-1 if event else 1)))
    monkeypatch.setattr(seen, "FORGOTTEN_AT_ONCE", 3)
    assert [forget_expired(timezone.now()) for _ in range(3)] == [3, 1, 0]
    assert SeenKey.objects.get().event_number == 0
