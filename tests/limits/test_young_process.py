"""What a process that has just started has seen says nothing about how fast calls were made."""

from integrations.limits.learn import ENOUGH, Observed


def test_a_few_calls_tell_no_pace() -> None:
    observed = Observed()
    for _ in range(ENOUGH - 1):
        observed.note("bucket")
    assert observed.pace("bucket") == 0.0


def test_enough_calls_tell_the_pace_of_all_processes() -> None:
    observed = Observed()
    for _ in range(ENOUGH):
        observed.note("bucket")
    assert 0 < observed.pace("bucket") <= 1 / ENOUGH
