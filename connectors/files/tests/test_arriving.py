"""file_arrived: new and changed files, those still being written, and none twice."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from connectors.files.tests.folders import call_on, put
from connectors.sdk.registry import trigger
from connectors.sdk.trigger import Arrival, PollTrigger
from connectors.sdk.validation import validator_for

TRIGGER = cast(PollTrigger, trigger("files.file_arrived"))


def sweep(since: datetime | None = None, *, quiet: int = 0, pattern: str = "*.csv") -> list[Arrival]:
    page = TRIGGER.poll(call_on(), {"pattern": pattern, "quiet_seconds": quiet}, since, None)
    assert page.cursor is None
    assert page.server_time is not None
    for one in page.arrivals:
        validator_for(TRIGGER.output).check(one.data)
    return list(page.arrivals)


def test_file_arrived_gives_each_file_that_fits(folder: Path) -> None:
    put(folder, "in/a.csv", "A\n1\n")
    put(folder, "b.txt", "x")
    (one,) = sweep()
    assert (one.record, one.title, one.data["size"]) == ("in/a.csv", "a.csv", 4)
    assert one.key == f"in/a.csv@{one.version}"


def test_a_file_left_alone_keeps_its_key_and_a_changed_one_gets_another(folder: Path) -> None:
    put(folder, "a.csv", "A\n")
    first, again = sweep(), sweep()
    put(folder, "a.csv", "A\n1\n")
    changed = sweep()
    assert first == again
    assert changed[0].key != first[0].key


def test_a_file_that_is_still_being_written_waits(folder: Path) -> None:
    put(folder, "a.csv", "A\n")
    assert sweep(quiet=3600) == []
    assert len(sweep()) == 1
    assert TRIGGER.overlap > timedelta(seconds=3600)


def test_a_file_that_keeps_its_old_date_when_it_is_moved_here_is_new_all_the_same(folder: Path) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    old = put(folder.parent, "a.csv", "A\n")
    long_ago = (datetime.now(UTC) - timedelta(days=30)).timestamp()
    os.utime(old, (long_ago, long_ago))
    old.rename(folder / "a.csv")
    assert [one.record for one in sweep(since)] == ["a.csv"]
    assert sweep(datetime.now(UTC) + timedelta(hours=1)) == []
