"""Group commit: many runs' hand-overs in one transaction, each answering to its own run only."""

import threading

import pytest
from django.db import IntegrityError, OperationalError

from integrations.releases.models import Environment
from integrations.runs import writer as writing
from integrations.runs.writer import FenceLost, Writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def writer() -> Writer:
    return Writer()


def make(key: str) -> int:
    return Environment.objects.create(key=key, name=key).pk


def test_what_was_handed_over_is_committed_when_the_answer_comes(writer: Writer) -> None:
    number = writer.write(lambda: make("dev"))
    assert Environment.objects.get().pk == number
    writer.close()


def test_a_rejected_hand_over_answers_to_its_own_run_only(writer: Writer) -> None:
    hold = threading.Event()
    first = writer.submit(hold.wait)  # so that the rest gathers in one batch
    good, bad = writer.submit(lambda: make("a")), writer.submit(lambda: make("a"))
    other = writer.submit(lambda: make("b"))
    hold.set()

    assert first.result()
    good.result()
    other.result()
    with pytest.raises(IntegrityError):
        bad.result()
    assert set(Environment.objects.values_list("key", flat=True)) == {"a", "b"}
    writer.close()


def test_a_batch_whose_commit_failed_is_replayed_whole(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, failures = writing._write, iter([True, True, False])

    def flaky(batch: object) -> object:
        answers = write(batch)  # type: ignore[arg-type]  # passed through
        if next(failures):
            raise OperationalError("database is locked")
        return answers

    monkeypatch.setattr(writing, "_write", flaky)
    writer.write(lambda: Environment.objects.get_or_create(key="once"))
    assert Environment.objects.count() == 1
    writer.close()


def test_a_lost_fence_reaches_the_one_who_waits(writer: Writer) -> None:
    def lost() -> None:
        raise FenceLost("gone")

    with pytest.raises(FenceLost):
        writer.write(lost)
    writer.close()


def test_closing_commits_what_was_handed_over(writer: Writer) -> None:
    futures = [writer.submit(lambda key=key: make(f"e{key}")) for key in range(200)]  # type: ignore[misc]  # bound per turn
    writer.close()
    assert all(future.done() for future in futures)
    assert Environment.objects.count() == 200
