"""Many threads and two processes share a bucket: what they are granted together never exceeds it."""

import json
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from integrations.limits.buckets import Buckets
from integrations.limits.models import RateBucket
from integrations.limits.terms import Terms
from integrations.limits.timetable import Allowance
from tests.limits.test_timetable import busiest

pytestmark = pytest.mark.django_db(transaction=True)


def terms(*allowances: Allowance) -> Terms:
    return Terms(1, "Far system", "connection:1", allowances, 8)


def granted(ask: Terms, count: int) -> list[float]:
    """The instants of `count` calls, asked for one by one."""
    buckets = Buckets()
    found: list[float] = []
    while len(found) < count:
        grant = buckets.take(ask)
        found += [grant.at.timestamp()] * grant.calls
    return found


def test_many_threads_never_exceed_it() -> None:
    limit = Allowance(7, 2.0)
    found: list[float] = []

    def work() -> None:
        try:
            found.extend(granted(terms(limit), 10))
        finally:
            database.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert busiest(sorted(found), limit.seconds) <= limit.calls


SCRIPT = """
import json, sys
import django
from django.conf import settings
django.setup()
from django.db import connections
settings.DATABASES["default"].update(json.loads(sys.argv[1]))
connections["default"].settings_dict.update(json.loads(sys.argv[1]))
from integrations.limits.timetable import Allowance
from tests.limits.test_buckets import granted, terms
print(json.dumps(granted(terms(Allowance(7, 2.0)), 40)))
"""


@pytest.mark.thorough
def test_two_processes_never_exceed_it() -> None:
    where = json.dumps({"NAME": str(database.settings_dict["NAME"])})
    command = [sys.executable, "-c", SCRIPT, where]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [worker.communicate(timeout=120)[0] for worker in workers]
    found = sorted(at for answer in answers for at in json.loads(answer))
    assert len(found) == 80
    assert busiest(found, 2.0) <= 7
    assert RateBucket.objects.get().version >= 80


def test_a_fast_allowance_is_taken_in_blocks() -> None:
    found = granted(terms(Allowance(1_000, 1.0)), 500)
    assert busiest(sorted(found), 1.0) <= 1_000
    assert RateBucket.objects.get().version <= 100


def test_a_step_that_must_wait_is_granted_all_its_calls_at_once() -> None:
    ask = terms(Allowance(2, 60.0))
    granted(ask, 2)
    grant = Buckets().take(ask, made=2)
    assert grant.calls == 3
    assert grant.at - timezone.now() > timedelta(seconds=110)


def test_what_must_go_is_counted_and_goes() -> None:
    ask = terms(Allowance(1, 60.0))
    grants = [Buckets().take(ask, must=True) for _ in range(3)]
    assert all(grant.at <= timezone.now() for grant in grants)
    assert Buckets().take(ask).at - timezone.now() > timedelta(seconds=170)
