"""Messages are hints: deals won while the broker forgets everything and repeats what it said become one invoice each."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from tests.journeys.conftest import Installation

pytestmark = [pytest.mark.processes, pytest.mark.backends("redis")]
DEALS = 10
REPEAT = """
import django; django.setup()
from integrations.celery import drain_task
from integrations.tasks.models import Drain
for owner in Drain.objects.values_list("owner", flat=True):
    drain_task.apply_async((owner,))
    drain_task.apply_async((owner,))
"""


def test_a_broker_that_forgets_and_repeats_changes_nothing(installation: Installation) -> None:
    company = installation.new_company()
    boxes = [installation.add_deal(company) for _ in range(DEALS)]
    broker = Redis.from_url(installation.stage.env["INTERLOCK_BROKER_URL"])

    with ThreadPoolExecutor(DEALS) as together:
        moves = [together.submit(installation.move, box, "Closed Won") for box in boxes]
        broker.flushall()
        repeat = [sys.executable, "-c", REPEAT]
        subprocess.run(repeat, env={**os.environ, **installation.stage.env}, check=True)
        broker.flushall()
        for move in moves:
            move.result()
    broker.close()

    for box in boxes:
        assert [run["state"] for run in installation.until_settled(box)] == ["succeeded"]
    assert len(installation.customers(company)) == 1
    assert len(installation.invoices(company)) == DEALS
