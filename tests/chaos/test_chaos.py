"""Chaos, short: some won deals on each backend while everything around them dies. `make chaos` plays longer stories."""

import json
from dataclasses import replace

import pytest

from tests.chaos.__main__ import campaign
from tests.chaos.campaign import Outcome
from tests.chaos.report import as_json, told
from tests.chaos.verdict import Verdict

SEED = 20261121
GOOD = Outcome(
    backend="sqlite",
    deals=3,
    verdict=Verdict(),
    faults={"web killed": 1, "sage50 hang": 2},
    oldest_pending_s=0.0,
    oldest_reached_s=9.5,
    slowest_start_s=4.2,
    seconds=60.0,
)


@pytest.mark.processes
@pytest.mark.parametrize(("backend", "deals"), [("sqlite", 40), ("postgres", 30)])
def test_nothing_is_lost_doubled_or_wrong_whatever_dies(backend: str, deals: int) -> None:
    said: list[str] = []
    outcome = campaign(backend, deals, SEED, said.append)
    report = "\n".join([*said, *told(outcome)])
    assert outcome.verdict.sentences == [], report
    assert outcome.never_happened == [], report
    assert outcome.oldest_pending_s == 0, report


def test_a_fault_that_never_happened_fails_the_campaign() -> None:
    assert GOOD.good
    idle = replace(GOOD, faults={"web killed": 0, "sage50 hang": 2})
    assert not idle.good
    assert any("web killed" in line and "never happened" in line for line in told(idle))


def test_what_is_lost_fails_the_campaign_and_is_said() -> None:
    bad = replace(GOOD, verdict=Verdict(lost=1, sentences=["lost: “Deal 1” has 0 invoices instead of 1"]))
    assert not bad.good
    lines = list(told(bad))
    assert lines[-1] == "sqlite: lost 1 doubled 0 wrong 0"
    assert any("has 0 invoices" in line for line in lines)


def test_the_json_line_adds_up_over_the_backends() -> None:
    other = replace(GOOD, backend="postgres", verdict=Verdict(doubled=2), oldest_pending_s=1.5)
    found = json.loads(as_json([GOOD, other], seed=4))
    assert {
        name: found[name] for name in ("deals", "lost", "doubled", "wrong", "oldest_pending_s", "seed")
    } == {
        "deals": 6,
        "lost": 0,
        "doubled": 2,
        "wrong": 0,
        "oldest_pending_s": 1.5,
        "seed": 4,
    }
    assert found["faults"]["postgres"]["web killed"] == 1
