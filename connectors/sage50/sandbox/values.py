"""Reading what a client sends: decimals, dates, texts with a length, references to other records."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from uuid import uuid4

from connectors.sage50.sandbox.refusals import Problems, refuse
from connectors.sdk.sandbox.http import Request
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = [
    "amount",
    "check_known",
    "check_lengths",
    "decimal",
    "iso",
    "moment",
    "new_id",
    "round2",
    "unwrap",
    "valid_date",
]

CENT = Decimal("0.01")


def decimal(value: Json) -> Decimal | None:
    """A number, or a text that is one, as a finite `Decimal`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def round2(value: Decimal) -> Decimal:
    """To the cent, halves away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)


def amount(kept: Json) -> Decimal:
    """An amount as it is kept (a text) for showing."""
    return Decimal(str(kept))


def new_id() -> str:
    """A fresh id: 32 hex digits without hyphens."""
    return uuid4().hex


def valid_date(value: Json) -> bool:
    """Whether `value` is a date as Sage writes it, YYYY-MM-DD."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def iso(world: World) -> str:
    """The sandbox's time as Sage stamps it."""
    return world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """A filter's time: a date, or a date and time; without a zone it is UTC. Refused when it is neither."""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        refuse(400, "UnexpectedError", f"{text} is not a date and time")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def unwrap(request: Request, name: str) -> Record:
    """The object a request wraps in the record's singular name."""
    if request.content_type != "application/json":
        refuse(415, "UnexpectedError", "The content type must be application/json")
    try:
        body = request.json()
    except ValueError:
        refuse(400, "UnexpectedError", "The request is not valid JSON")
    inner = body.get(name) if isinstance(body, dict) else None
    if not isinstance(inner, dict):
        refuse(400, "UnexpectedError", f"The request has no {name}")
    return inner


def check_lengths(problems: Problems, body: Record, lengths: Mapping[str, int], path: str = "") -> None:
    """Texts no longer than Sage takes."""
    for name, longest in lengths.items():
        value = body.get(name)
        if value is not None and len(str(value)) > longest:
            problems.add(f"{path}{name}", f"is too long (maximum is {longest} characters)")


def check_known(
    world: World, problems: Problems, body: Record, kinds: Mapping[str, str], path: str = ""
) -> None:
    """References that lead to a record: `kinds` = {field: kind of record}."""
    for name, kind in kinds.items():
        value = body.get(name)
        if value is not None and world.records.get(kind, str(value)) is None:
            problems.add(f"{path}{name}", "does not exist")
