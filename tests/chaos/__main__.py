"""`make chaos` = `python -m tests.chaos`: exit code 0 only if nothing is lost, doubled or wrong and every fault happened."""

import argparse
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.chaos.backends import BACKENDS, backend
from tests.chaos.campaign import Campaign, Outcome, StuckError
from tests.chaos.installation import Installation, NeverReadyError
from tests.chaos.mayhem import deaths_wanted
from tests.chaos.report import as_json, told
from tests.chaos.story import told as tell

DEALS, MANY = 120, 1500
READS, WRITES = 14, 2.5  # boundaries of a kind that the two runs of one deal pass


def kill_at(deals: int) -> str:
    """About as many deaths before a step as in the middle of a write and after its answer."""
    each = deaths_wanted(deals) / deals
    return f"*:before@{each / READS:.6f},*:intended@{each / WRITES:.6f},*:sent@{each / WRITES:.6f}"


def campaign(name: str, deals: int, seed: int, say: Callable[[str], None], *, keep: bool = False) -> Outcome:
    """One backend from an empty folder to the verdict. Raises `StuckError` and `NeverReadyError`."""
    folder = Path(tempfile.mkdtemp(prefix="interlock-chaos-"))
    try:
        with backend(name) as servers, Installation(folder, servers, kill_at(deals)) as installation:
            return Campaign(installation, tell(seed, deals), say).run()
    finally:
        if keep:
            say(f"What there was is kept in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Play the story on every backend asked for, and report."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    deals = options.deals or (MANY if options.long else DEALS)
    names = BACKENDS if options.backend == "both" else (options.backend,)
    _say(f"seed {options.seed}")
    outcomes = []
    for name in names:
        try:
            outcomes.append(campaign(name, deals, options.seed, _say, keep=options.keep))
        except (StuckError, NeverReadyError) as problem:
            _say(f"{name}: {problem}")
            return 1
        for line in told(outcomes[-1]):
            _say(line)
    if options.json:
        _say(as_json(outcomes, options.seed))
    return 0 if all(one.good for one in outcomes) else 1


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make chaos", description="Won deals while everything around them dies."
    )
    parser.add_argument("--deals", type=int, default=0, help=f"how many on each backend (default {DEALS})")
    parser.add_argument("--long", action="store_true", help=f"{MANY} deals on each backend")
    parser.add_argument("--backend", choices=[*BACKENDS, "both"], default="both")
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(1_000_000), help="tells the story again"
    )
    parser.add_argument("--json", action="store_true", help="end with one JSON object on a line")
    parser.add_argument("--keep", action="store_true", help="leave the data and the log behind")
    return parser


if __name__ == "__main__":
    sys.exit(main())
