"""`make bench`: measures Interlock and prints a table; `--json` ends with one line of JSON (docs/performance.md)."""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.backends import BACKENDS
from tests.bench.measure import machine
from tests.bench.report import table
from tests.bench.stage import ROOT

__all__ = ["main"]

QUICK = ("idle", "low_rate", "saturation", "middle_rate", "batch")
ALL = (
    "idle",
    "low_rate",
    "saturation",
    "middle_rate",
    "saturation_20",
    "far_300",
    "second_worker",
    "echo",
    "batch",
    "long_list",
    "ready_again",
    "one_hanging",
)
REPORTS = ROOT / "var" / "bench"


def main() -> int:
    """0 = every deal of every scenario was carried once and right."""
    options = _options()
    names = options.scenario or list(QUICK if options.quick else ALL)
    begun = datetime.now(UTC)
    report: dict[str, Any] = {
        "measured_at": begun.isoformat(timespec="seconds"),
        "quick": options.quick,
        "machine": machine(),
    }
    failed = False
    for backend in options.only or [name for name in BACKENDS if not (options.quick and name in LONG)]:
        with _folder() as folder, BACKENDS[backend]() as env:
            figures = _measure(backend, folder, env, names, options)
        report[backend] = figures
        failed = failed or "failed" in figures
    report["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    _keep(report, begun)
    sys.stdout.write(table(report))
    if options.json:
        sys.stdout.write(json.dumps(report) + "\n")
    return int(failed)


ALWAYS = {
    "saturation": ("runs_per_s", "cpu_ms_per_run", "floor_ratio", "bytes_per_run"),
    "low_rate": ("p50_ms", "p99_ms"),
    "batch": ("batch_items_per_s",),
}
LONG = ("distributed",)
"""Backends that only the full run measures."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="smaller numbers, the main scenarios: under 3 minutes"
    )
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--only", action="append", choices=list(BACKENDS), help="this backend only")
    parser.add_argument(
        "--scenario", action="append", choices=ALL, help="this scenario only; may be repeated"
    )
    parser.add_argument(
        "--profile", action="store_true", help="write where the CPU time went to var/bench/profile.txt"
    )
    return parser.parse_args()


def _measure(
    backend: str, folder: Path, env: dict[str, str], names: list[str], options: argparse.Namespace
) -> dict[str, Any]:
    """One backend in a process of its own; what it says on the way goes to our terminal."""
    profile = ""
    if options.profile:
        REPORTS.mkdir(parents=True, exist_ok=True)
        profile = str(REPORTS / "profile.txt")
    asked = {
        "folder": str(folder),
        "backend": backend,
        "quick": options.quick,
        "scenarios": names,
        "profile": profile,
    }
    command = [sys.executable, "-m", "tests.bench.one", json.dumps(asked)]
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.stderr.write(_last_lines(folder / "product.log"))
        return {"failed": {"all": "the measuring process ended early"}}
    figures: dict[str, Any] = json.loads(done.stdout)
    return {**dict.fromkeys(_always(names), 0), **figures}


def _always(names: list[str]) -> list[str]:
    """Figures that are in the report even if their scenario failed, as 0."""
    return [figure for name, figures in ALWAYS.items() if name in names for figure in figures]


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A short path: sockets live below it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-40:]) + "\n" if log.is_file() else ""


def _keep(report: dict[str, Any], begun: datetime) -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    path = REPORTS / f"{begun:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(report, indent=2) + "\n")
    sys.stderr.write(f"The report is in {path.relative_to(ROOT)}.\n")


if __name__ == "__main__":
    sys.exit(main())
