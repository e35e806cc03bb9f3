"""Measures one installation from beginning to end: `python -m tests.bench.one '<options as JSON>'` writes one line of JSON.

A process of its own for every backend, since Django knows one set of databases. Options: `folder`, `backend`, `quick`,
`scenarios`, `profile` (a file's path, or "").
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.core.management import call_command

from integrations.supervisor.first_start import ENV_FILE, prepare_folder, read_env
from integrations.supervisor.product import Addresses, environment
from tests.bench.probe_report import asked, profile_text, statements
from tests.bench.product import SETTINGS
from tests.bench.stage import ROOT, BenchError, Product, Target, target_on

if TYPE_CHECKING:
    from tests.bench.scenarios import Bench

__all__ = ["main"]

COUNTED = 60  # deals whose statements are counted
FLOOR = 600  # deals of the bare script


def main(options: dict[str, Any]) -> dict[str, Any]:
    """Figures by name; "failed" holds the scenarios in which anything was lost, doubled, wrong or stuck, with a sentence."""
    folder = Path(options["folder"])
    env = _environment(folder)
    django.setup()
    for database in ("default", "queue"):
        call_command("migrate", interactive=False, verbosity=0, database=database)
    product = Product(env, folder / "product.log")
    with target_on() as target:
        try:
            return _measured(product, target, options)
        finally:
            product.stop()


def _environment(folder: Path) -> dict[str, str]:
    """The product's environment. This process gets it as well, so that it looks into the same databases; not its probe."""
    data, probe = folder / "data", folder / "probe"
    data.mkdir(parents=True)
    probe.mkdir()
    own = {"INTERLOCK_RUNTIME_DIR": str(folder / "run"), "INTERLOCK_LOG_LEVEL": "WARNING"}
    env = environment(data, Addresses("127.0.0.1", 0, 0), os.environ) | SETTINGS | own
    prepare_folder(data, env)
    os.environ.update({**env, **read_env(data / ENV_FILE)})
    return {**env, "INTERLOCK_BENCH_PROBE": str(probe)}


def _measured(product: Product, target: Target, options: dict[str, Any]) -> dict[str, Any]:
    from tests.bench.install import fill  # noqa: PLC0415 - models need Django set up
    from tests.bench.scenarios import SCENARIOS, Bench, warm_up  # noqa: PLC0415 - models need Django set up

    bench = Bench(product, target, fill(target.ports), quick=options["quick"])
    figures: dict[str, Any] = {"start_s": round(product.start(), 1)}
    for name in options["scenarios"]:
        _say(f"{options['backend']}: {name}")
        if name != "idle" and not bench.over:
            warm_up(bench)
        if name == "saturation":
            bench.floor = _floor(target)
            figures |= {f"floor_{key}": round(value, 2) for key, value in bench.floor.items()}
        try:
            with _profiled(bench, name, options):
                figures |= SCENARIOS[name](bench)
        except BenchError as problem:
            figures.setdefault("failed", {})[name] = str(problem)[:400]
            continue
        if name == "saturation" and not options["profile"]:
            figures |= _statements(bench)
    return figures


def _floor(target: Target) -> dict[str, float]:
    """What a bare script makes of the same calls, right now, on this machine."""
    command = [sys.executable, "-m", "tests.bench.floor", str(target.ports[0]), str(FLOOR)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _statements(bench: "Bench") -> dict[str, Any]:
    """Statements and commits of a finished deal, web and workers together."""
    from tests.bench.scenarios import carry  # noqa: PLC0415 - models need Django set up

    folder = Path(bench.product.env["INTERLOCK_BENCH_PROBE"])
    with asked(folder, "count"):
        carry(bench, "counted", COUNTED)
    found = statements(folder)
    commits = found.pop("COMMIT", 0)
    kinds = {kind: round(count / COUNTED, 2) for kind, count in found.most_common()}
    return {
        "statements_per_run": round(found.total() / COUNTED, 1),
        "commits_per_run": round(commits / COUNTED, 1),
        "statements": kinds,
    }


@contextlib.contextmanager
def _profiled(bench: "Bench", scenario: str, options: dict[str, Any]) -> Iterator[None]:
    """Write where the scenario's CPU time went to the profile's file, when there is to be one."""
    if not options["profile"]:
        yield
        return
    folder = Path(bench.product.env["INTERLOCK_BENCH_PROBE"])
    with asked(folder, "profile"):
        yield
    with Path(options["profile"]).open("a") as file:
        file.write(f"#### {options['backend']}, {scenario}\n{profile_text(folder)}\n")


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(main(json.loads(sys.argv[1]))) + "\n")
    except BenchError as problem:
        _say(str(problem))
        sys.exit(1)
