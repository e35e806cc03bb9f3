"""The day's work costs the same on a history ten times as long, with the database's statistics and without."""

import pytest
from django.db import connection

from integrations.memory import forget_everything
from tests.scale.history import make_history
from tests.scale.questions import questions
from tests.scale.work import SLACK, Work, measured, undone

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

SHORT, LONG = 3_000, 30_000
GROWTH = 1.6
"""Trees get deeper and rows of today lie among more others; what looks at a table grows tenfold."""


def all_measured(runs: int, statistics: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Work]:
    """Each question asked once to warm up, and once measured."""
    for bound in ("integrations.keyset.LOOKED_THROUGH", "integrations.console.overview._COUNTED"):
        monkeypatch.setattr(bound, 1_000)  # what is looked through is the same for both
    history = make_history(runs, statistics=statistics == "with statistics")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # small tables would be read whole: here that tells of a missing index
            cursor.execute("SET enable_seqscan = off")
    found = {}
    for name, ask in questions(history):
        for _ in range(2):
            forget_everything()
            with measured() as work:
                ask()
        found[name] = work
    return found


@pytest.mark.parametrize("statistics", ["with statistics", "without"])
def test_the_days_work_does_not_grow_with_the_history(
    statistics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if statistics == "without" and connection.vendor == "postgresql":
        pytest.skip("PostgreSQL takes its statistics by itself")
    found: dict[int, dict[str, Work]] = {}
    for runs in (SHORT, LONG):
        with undone():
            found[runs] = all_measured(runs, statistics, monkeypatch)
    slack = SLACK[connection.vendor]
    grown = [
        f"{name}: {found[SHORT][name].units} → {work.units}\n{work.heaviest()}"
        for name, work in found[LONG].items()
        if work.units > found[SHORT][name].units * GROWTH + slack
    ]
    assert grown == [], "\n".join(grown)
