"""The words the agent and the server share: a job, how it failed, and what the heartbeat says."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from connectors.agent.driver import READS, Condition

FailureClass = Literal["transient", "config", "data", "unsupported", "unknown"]

WRITES = (
    "create_customer",
    "update_customer",
    "create_sales_order",
    "update_sales_order",
    "create_invoice",
    "update_ledgers",
    "post_receipt",
    "allocate_receipt",
)
SINGULAR = {kind: "ledger" if kind == "ledger" else kind.removesuffix("s") for kind in READS}
CAPABILITIES = (
    "status",
    *(f"list_{kind}" for kind in READS),
    *(f"get_{name}" for kind, name in SINGULAR.items() if READS[kind].key),
    *WRITES,
)
"""All that a job may ask. Never SQL."""


@dataclass(frozen=True)
class Job:
    """One piece of leased work. `lease_s` counts from the moment the claim was sent."""

    job_id: str
    attempt: int
    lease_s: float
    op: str
    connection_id: str
    idempotency_key: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    min_version: str = ""


UNREADABLE = "unreadable"
"""The operation of a job whose body cannot be read; it is answered as unsupported like any other unknown one."""


def job_of(body: Mapping[str, Any]) -> Job:
    """A job as the server sends it. Raises `KeyError` when it lacks even its id."""
    job_id = str(body["job_id"])
    params = body.get("params") or {}
    try:
        return Job(
            job_id=job_id,
            attempt=int(body.get("attempt", 1)),
            lease_s=float(body["lease_s"]),
            op=str(body["op"]) if isinstance(params, dict) else UNREADABLE,
            connection_id=str(body["connection_id"]),
            idempotency_key=str(body.get("idempotency_key") or ""),
            params=params if isinstance(params, dict) else {},
            min_version=str(body.get("min_version") or ""),
        )
    except (KeyError, TypeError, ValueError):
        return Job(job_id, attempt=1, lease_s=0, op=UNREADABLE, connection_id="")


@dataclass(frozen=True)
class JobFailure:
    """Why a job was not done. "unknown" = a write may have happened; the next attempt looks it up first."""

    kind: FailureClass
    code: str
    message: str
    retry_after: float | None = None

    def as_body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"class": self.kind, "code": self.code, "message": self.message}
        return body if self.retry_after is None else {**body, "retry_after": self.retry_after}


@dataclass(frozen=True)
class Orders:
    """What the server answers to a heartbeat. `commands` = pause, resume, upgrade, rotate."""

    commands: tuple[str, ...] = ()
    min_version: str = ""


def heartbeat_body(
    version: str, conditions: Mapping[str, Condition], last_error: str, queue_depth: int, clock: str
) -> dict[str, Any]:
    """One `sage` entry for each connection; `clock` is the agent's aware time as ISO text."""
    sage = {connection: asdict(condition) for connection, condition in conditions.items()}
    return {
        "agent_version": version,
        "sage": sage,
        "odbc_ok": all(condition.odbc_ok for condition in conditions.values()),
        "sdo_ok": all(condition.sdo_ok for condition in conditions.values()),
        "last_error": last_error,
        "queue_depth": queue_depth,
        "clock": clock,
    }


def older(version: str, wanted: str) -> bool:
    """Whether `version` is below `wanted`; a part that is no number counts as 0."""

    def parts(text: str) -> list[int]:
        return [int(part) if part.isdecimal() else 0 for part in text.split(".")]

    return bool(wanted) and parts(version) < parts(wanted)
