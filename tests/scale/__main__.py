"""`python -m tests.scale --runs 1000000`: the day's work on a long history compared with a short one, in milliseconds.

The databases are made for it and removed: SQLite in a temporary folder, or PostgreSQL with
`python deploy/with_postgres.py python -m tests.scale`. A million runs take a few minutes and about 4 GB.
"""

import base64
import logging
import os
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

TIMES = 5
WORTH_SAYING = 1.5
"""From which ratio a question is listed by itself."""


def main() -> int:
    """Measure, print, and say with the exit code whether anything took more than three times as long."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="interlock-scale-") as folder:
        _set_up(Path(folder))
        short = _measured(asked.short, asked.only, Path(folder))
        long = _measured(asked.runs, asked.only, Path(folder))
    return _report(asked, short, long)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000, help="how long the long history is")
    parser.add_argument("--short", type=int, default=10_000, help="how long the short one is")
    parser.add_argument("--only", default="", help="only questions with this in their name")
    return parser.parse_args()


def _set_up(folder: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integrations.settings")
    os.environ["INTERLOCK_DATA"] = str(folder)
    os.environ["INTERLOCK_VAULT_KEYS"] = "k1:" + base64.b64encode(os.urandom(32)).decode()
    os.environ["INTERLOCK_SECRET_KEY"] = base64.b64encode(os.urandom(32)).decode()
    os.environ["INTERLOCK_ALLOWED_HOSTS"] = "testserver"
    import django  # noqa: PLC0415 - settings are read from the environment that was just made

    django.setup()
    logging.disable(logging.CRITICAL)


def _measured(runs: int, only: str, folder: Path) -> dict[str, float]:
    """Milliseconds of each question, the median of a few; made in a database of its own."""
    from django.db import connection  # noqa: PLC0415 - as above

    from tests.scale.history import make_history  # noqa: PLC0415 - as above

    connection.settings_dict["TEST"]["NAME"] = (
        str(folder / f"{runs}.sqlite3") if connection.vendor == "sqlite" else f"scale_{runs}"
    )
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        began = time.monotonic()
        history = make_history(runs)
        sys.stderr.write(f"{runs:,} runs: filled in {time.monotonic() - began:.0f} s, {_size():,} MB\n")
        return _timed(history, only)
    finally:
        connection.creation.destroy_test_db("unused", verbosity=0)


def _timed(history: Any, only: str) -> dict[str, float]:
    from integrations.memory import forget_everything  # noqa: PLC0415 - as above
    from tests.scale.questions import questions  # noqa: PLC0415 - as above
    from tests.scale.work import undone  # noqa: PLC0415 - as above

    found: dict[str, float] = {}
    for name, ask in questions(history):
        if only not in name:
            continue
        times = []
        for _ in range(TIMES):
            forget_everything()
            with undone():
                began = time.perf_counter()
                ask()
                times.append(time.perf_counter() - began)
        found[name] = statistics.median(times) * 1000
    return found


def _size() -> int:
    """Megabytes."""
    from django.db import connection  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0]) // 1024**2


def _report(asked: Namespace, short: dict[str, float], long: dict[str, float]) -> int:
    ratios = {name: long[name] / short[name] for name in long}
    out = sys.stdout.write
    out(f"{'':60} {asked.short:>12,} {asked.runs:>12,}  ratio\n")
    for name in sorted(ratios, key=lambda one: -ratios[one]):
        if ratios[name] >= WORTH_SAYING or asked.only:
            out(f"{name[:60]:60} {short[name]:>9.1f} ms {long[name]:>9.1f} ms  {ratios[name]:.2f}\n")
    ordered = sorted(ratios.values())
    out(
        f"{len(ratios)} questions: ratio median {statistics.median(ordered):.2f}, largest {ordered[-1]:.2f}; "
    )
    out(f"the slowest takes {max(long.values()):.0f} ms\n")
    return int(ordered[-1] > 2 * WORTH_SAYING)


if __name__ == "__main__":
    sys.exit(main())
