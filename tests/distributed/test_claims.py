"""Several processes claim from one PostgreSQL at once: every run is had by exactly one of them."""

import json
import subprocess
import sys

import pytest

from tests.distributed.conftest import ROOT, Cluster

pytestmark = pytest.mark.processes
RUNS, PROCESSES = 400, 4
CLAIMER = ("-m", "tests.distributed.claimer")


def test_every_run_is_had_by_exactly_one_process(cluster: Cluster) -> None:
    cluster.finish(*CLAIMER, "make", str(RUNS))
    claimers = [
        subprocess.Popen(
            [sys.executable, *CLAIMER, "claim", f"process {number}"],
            env=cluster.env,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    for claimer in claimers:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "ready\n"
    for claimer in claimers:
        assert claimer.stdin is not None
        claimer.stdin.write("go\n")
        claimer.stdin.flush()
    shares = [json.loads(claimer.communicate(timeout=120)[0]) for claimer in claimers]

    had = [tuple(one) for share in shares for one in share]
    assert len(had) == len({run for run, _ in had}) == RUNS
    assert {fence for _, fence in had} == {1}
    assert sum(1 for share in shares if share) > 1
    cluster.rows("UPDATE integrations_run SET state = 'cancelled', due_at = NULL, lease_until = NULL")
