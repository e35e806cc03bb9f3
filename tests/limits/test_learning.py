"""What far systems ask for is heeded by everybody: Retry-After, quota headers, and a pace that outlasts restarts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sdk.quota import Quota, quota_of
from integrations.limits import learn
from integrations.limits.models import RateBucket
from integrations.limits.terms import terms_of
from integrations.runs.models import Exchange, Run, StepEntry
from integrations.vault.health import test_connection as try_connection
from tests.limits.conftest import World, carry


def test_retry_after_holds_for_every_worker(world: World) -> None:
    world.bench.fault("streak", "rate_limit", millis=30_000)
    world.read(3)
    carry()
    assert Exchange.objects.count() == 1
    world.another_process()
    world.write(2)
    carry()

    assert Exchange.objects.count() == 1
    assert world.comments() == []
    until = world.bucket().blocked_until
    assert until is not None
    assert until - timezone.now() > timedelta(seconds=25)
    waiting = Run.objects.filter(state="parked", reason="rate", due_at__gte=until - timedelta(seconds=1))
    assert waiting.count() == 5
    assert set(StepEntry.objects.values_list("spent", flat=True)) == {0}


def test_after_the_block_all_is_delivered(world: World) -> None:
    world.bench.fault("streak", "rate_limit", millis=1_000)
    runs = world.read(3) + world.write(3)
    world.carry_until_done(runs)
    assert {run.result for run in Run.objects.all()} == {"delivered"}
    assert len(world.comments()) == 3
    assert world.bench.hits("streak", "rate_limit") == 1


def test_a_refusal_teaches_a_pace_that_outlasts_a_restart_and_widens_slowly(world: World) -> None:
    world.bench.fault("streak", "rate_limit", millis=1_000)
    world.read(2)
    carry()
    learned = world.bucket().pace
    assert learned > 0

    world.another_process()
    world.time_passes(seconds=learn.ONCE_PER.total_seconds() + 5)
    carry()
    assert world.bucket().pace == learned
    for _ in range(60):
        world.time_passes(minutes=1)
        world.carry_until_done(world.read())
        if not world.bucket().pace:
            break
    assert world.bucket().pace == 0.0


def test_refusals_that_come_together_teach_once(world: World) -> None:
    terms = terms_of(world.connection)
    until = timezone.now() + timedelta(seconds=1)
    learn.slow_down(terms, 0.1, until, "asked to slow down")
    first = world.bucket().pace
    for _ in range(5):
        learn.slow_down(terms, 0.1, until, "asked to slow down")
    assert world.bucket().pace == first


def test_an_unavailable_system_that_names_a_time_is_left_alone_until_then(world: World) -> None:
    terms = terms_of(world.connection)
    until = timezone.now() + timedelta(minutes=5)
    learn.block(terms, until, "it asks to be left alone")
    learn.block(terms, until - timedelta(minutes=4), "sooner")
    world.another_process()
    world.read(2)
    carry()
    assert Exchange.objects.count() == 0
    assert world.bucket().blocked_until == until


def test_a_connection_test_is_counted_and_never_put_off(world: World) -> None:
    world.limit({"scope": "connection", "calls": 1, "per": "1d"})
    world.carry_until_done(world.read())
    try_connection(world.connection)
    assert world.bucket().version > 1
    world.connection.refresh_from_db()
    assert world.connection.far_account_name


@pytest.mark.parametrize(
    ("quota", "pace", "blocked"),
    [
        (Quota(90, 60, 100), 0.0, False),
        (Quota(10, 60, 100), 6.0, False),
        (Quota(5, 30), 6.0, False),
        (Quota(50, 30), 0.0, False),
        (Quota(0, 45, 100), 0.0, True),
    ],
)
def test_the_pace_follows_what_is_left_of_a_quota(
    world: World, quota: Quota, pace: float, *, blocked: bool
) -> None:
    learn.heed(terms_of(world.connection), quota, 0.0)
    bucket = RateBucket.objects.first()
    assert (bucket.pace if bucket else 0.0) == pace
    assert (bucket is not None and bucket.blocked_until is not None) is blocked


HEADERS = [
    (
        {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "7", "x-ratelimit-reset": "30"},
        Quota(7, 30, 100),
    ),
    ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "1000000060"}, Quota(7, 60)),
    ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1000000060000"}, Quota(0, 60)),
    ({"ratelimit-limit": "10, 10;w=1", "ratelimit-remaining": "2", "ratelimit-reset": "1"}, Quota(2, 1, 10)),
    ({"ratelimit": '"default";r=50;t=30'}, Quota(50, 30)),
    ({"x-ratelimit-remaining": "many", "x-ratelimit-reset": "30"}, None),
    ({"x-ratelimit-remaining": "nan", "x-ratelimit-reset": "30"}, None),
    ({"x-ratelimit-remaining": "7"}, None),
    ({"ratelimit": "whatever"}, None),
    ({}, None),
]


@pytest.mark.parametrize(("headers", "expected"), HEADERS)
def test_quota_headers_are_read_in_their_usual_spellings(
    headers: dict[str, str], expected: Quota | None
) -> None:
    assert quota_of(headers, now=1_000_000_000.0) == expected
