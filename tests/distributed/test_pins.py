"""What must not be left to defaults: Celery's settings, time limits, logging, and what a forked child inherits."""

import json
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from integrations.supervisor.product import Addresses, Crew, processes
from tests.distributed.conftest import Cluster
from tests.servers import Postgres

CONFIGURED = """
import json, logging
import django; django.setup()
handlers = list(logging.getLogger().handlers)
from integrations.celery import app
app.log.setup()
names = ("task_acks_late task_reject_on_worker_lost worker_prefetch_multiplier accept_content task_serializer result_backend "
         "task_ignore_result task_time_limit worker_concurrency worker_pool worker_enable_remote_control "
         "broker_connection_max_retries task_publish_retry worker_hijack_root_logger worker_enable_prefetch_count_reduction").split()
found = {name: app.conf[name] for name in names}
found["transport"] = app.conf.broker_transport_options
found["steps"] = [step.__name__ for step in app.steps["consumer"]]
found["logging"] = logging.getLogger().handlers == handlers
print(json.dumps(found))
"""
FORKED = """
import os
import django; django.setup()
from django.db import connection
def asked():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]
mine = asked()
if os.fork() == 0:
    assert asked() != mine
    connection.close()
    os._exit(0)
assert os.wait()[1] == 0
assert asked() == mine
print("both")
"""


@pytest.mark.processes
def test_celery_keeps_what_a_killed_worker_had_and_nothing_else(cluster: Cluster) -> None:
    found = json.loads(cluster.finish("-c", CONFIGURED))
    transport = found.pop("transport")
    assert found == {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_enable_prefetch_count_reduction": False,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_backend": None,
        "task_ignore_result": True,
        "task_time_limit": settings.DRAIN_LIMIT,
        "worker_concurrency": settings.DRAIN_SLOTS,
        "worker_pool": "prefork",
        "worker_enable_remote_control": False,
        "broker_connection_max_retries": None,
        "task_publish_retry": False,
        "worker_hijack_root_logger": False,
        "steps": ["BrokerWatch"],
        "logging": True,
    }
    assert transport["visibility_timeout"] > settings.DRAIN_LIMIT
    assert (transport["unacked_restore_interval"], transport["unacked_restore_throttle"]) == (2, 1)


def test_no_queue_kills_a_drain_within_its_slice_and_one_call() -> None:
    longest = settings.DRAIN_SLICE + settings.CALL_DEADLINE
    assert settings.Q_CLUSTER["timeout"] == settings.DRAIN_LIMIT > longest
    assert settings.Q_CLUSTER["retry"] > settings.Q_CLUSTER["timeout"]


@pytest.mark.processes
def test_a_forked_child_leaves_its_parents_connections_alone(cluster: Cluster, database: Postgres) -> None:
    assert cluster.finish("-c", FORKED) == "both\n"


def test_a_crew_has_as_many_of_each_as_it_says() -> None:
    crew = Crew(workers=2, dispatchers=2, worker_env={"ONLY": "workers"})
    addresses = Addresses("127.0.0.1", 1, 2)
    children = {child.name: child for child in processes(addresses, {}, crew)}
    assert list(children) == ["web", "live", "worker", "worker 2", "dispatcher", "dispatcher 2"]
    assert [name for name, child in children.items() if child.env] == ["worker", "worker 2"]
    alone = processes(addresses, {}, replace(crew, workers=1, dispatchers=1))
    assert [child.name for child in alone] == ["web", "live", "worker", "dispatcher"]


def test_several_embedded_workers_are_refused() -> None:
    with pytest.raises(CommandError, match="More than one worker needs INTERLOCK_QUEUE=celery"):
        call_command("start", "--workers", "2")
