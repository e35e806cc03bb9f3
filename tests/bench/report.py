"""The figures as a table beside the goals."""

from typing import Any

__all__ = ["table"]

ROWS = (
    ("runs_per_s", "deals per second", "≥ 350 / ≥ 300"),
    ("cpu_ms_per_run", "CPU ms per deal, all processes", "≤ 4"),
    ("floor_ratio", "of the bare script's rate", ""),
    ("floor_runs_per_s", "the bare script's deals per second", ""),
    ("floor_cpu_ms_per_run", "the bare script's CPU ms per deal", ""),
    ("p50_ms", "webhook → invoice at 10/s, p50 ms", "≤ 15"),
    ("p99_ms", "webhook → invoice at 10/s, p99 ms", "≤ 40"),
    ("ack_p99_ms_10", "webhook answered at 10/s, p99 ms", ""),
    ("ack_p99_ms_50", "webhook answered at 50/s, p99 ms", "≤ 20"),
    ("ack_p50_ms", "webhook answered at saturation, p50 ms", ""),
    ("ack_p99_ms", "webhook answered at saturation, p99 ms", "≤ 250"),
    ("bytes_per_run", "bytes stored per deal", "≤ 8192"),
    ("statements_per_run", "statements per deal", ""),
    ("commits_per_run", "commits per deal", ""),
    ("runs_per_s_20", "deals per second, target 20 ms", ""),
    ("cpu_ms_per_run_20", "CPU ms per deal, target 20 ms", ""),
    ("runs_per_s_300", "deals per second, target 300 ms", "≥ 150"),
    ("runs_per_s_300_two_workers", "the same with a second worker", "more"),
    ("others_rate_when_one_hangs", "the others' rate while one account hangs", "≥ 0.8"),
    ("echo_runs_per_s", "echoes per second", ""),
    ("echo_cpu_ms_per_run", "CPU ms per echo", ""),
    ("batch_items_per_s", "items per second, webhook to end", "≥ 50000"),
    ("long_list_items_per_s", "items per second, a million in pages", ""),
    ("long_list_mb", "memory above idle meanwhile, MB", "≤ 200"),
    ("idle_pss_mb", "memory at rest, MB", "≤ 300"),
    ("peak_pss_mb", "most memory at saturation, MB", ""),
    ("start_s", "seconds until ready, first start", ""),
    ("ready_after_kill_s", "seconds until ready after kill -9 of all", "≤ 5"),
)


def table(report: dict[str, Any]) -> str:
    """Rows of figures, a column for each backend. Figures that weren't taken are left out."""
    backends = [name for name, value in report.items() if isinstance(value, dict) and name != "machine"]
    lines = [_line("", backends, "goal")]
    for name, title, goal in ROWS:
        values = [report[backend].get(name, "") for backend in backends]
        if any(value != "" for value in values):
            lines.append(_line(title, [str(value) for value in values], goal))
    for backend in backends:
        lines += [
            f"{backend}, {name} FAILED: {why}" for name, why in report[backend].get("failed", {}).items()
        ]
    return "\n".join(lines) + "\n"


def _line(title: str, values: list[str], goal: str) -> str:
    return f"{title:<46}" + "".join(f"{value:>12}" for value in values) + f"  {goal}"
