"""What is outstanding on invoices, credit notes and payments on account, and what happens when some of it is settled."""

from collections.abc import Sequence
from decimal import Decimal

from connectors.sage50.sandbox.refusals import Problems, unknown_record
from connectors.sage50.sandbox.values import amount, decimal, iso
from connectors.sdk.sandbox.simulator import World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["artefact_of", "check_part", "given_parts", "outstanding", "parts_view", "take"]

_PATHS = {
    "sales_invoice": "sales_invoices",
    "sales_credit_note": "sales_credit_notes",
    "on_account": "payments_on_account",
}
CREDITS = ("sales_credit_note", "on_account")


def artefact_of(world: World, key: str) -> tuple[str, Record] | None:
    """(kind, record) of what can be settled, or None."""
    for kind in _PATHS:
        record = world.records.get(kind, key)
        if record and not record.get("deleted_at"):
            return kind, record
    return None


def outstanding(record: Record) -> Decimal:
    """What isn't settled yet; nothing of a void one."""
    if record.get("status") == "VOID":
        return Decimal()
    return amount(record["total_amount"]) - amount(record["total_paid"])


def given_parts(body: Record) -> list[Record]:
    """The parts of a payment's or allocation's body that are objects."""
    given = body.get("allocated_artefacts")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def check_part(
    world: World, problems: Problems, part: Record, contact: str, path: str, *, credits: bool = False
) -> None:
    """One part of a payment, or with `credits` of an allocation, where a credit's amount is negative."""
    found = artefact_of(world, str(part.get("artefact_id")))
    if found is None or _contact(found[1]) != contact or (found[0] in CREDITS and not credits):
        problems.add(f"{path}artefact_id", "does not exist or is not open")
        return
    kind, record = found
    paid = decimal(part.get("amount")) or Decimal()
    sign = -1 if kind in CREDITS else 1
    if record.get("status", "UNPAID") not in ("UNPAID", "PART_PAID"):
        problems.add(f"{path}artefact_id", "does not exist or is not open")
    elif paid * sign <= 0:
        problems.add(f"{path}amount", "must be less than zero" if sign < 0 else "must be greater than zero")
    elif paid * sign > outstanding(record):
        problems.add(f"{path}amount", "is more than what is outstanding")


def _contact(record: Record) -> str:
    return str(record["contact_id"] if "contact_id" in record else record["input"]["contact_id"])


def take(world: World, key: str, paid: Decimal, by: str) -> None:
    """Settle `paid` more of what `key` names (negative: undo what `by` settled); its status follows."""
    kind, record = artefact_of(world, key) or unknown_record()
    settled = amount(record["total_paid"]) + paid
    allocations = [one for one in record["allocations"] if paid > 0 or one["artefact_id"] != by]
    if paid > 0:
        allocations = [*allocations, {"artefact_id": by, "amount": str(paid)}]
    changed: Record = {"total_paid": str(settled), "allocations": allocations}
    if "status" in record:
        total = amount(record["total_amount"])
        status = "PAID" if settled >= total else "PART_PAID" if settled > 0 else "UNPAID"
        changed |= {"status": status, "updated_at": iso(world)}
    world.records.put(kind, key, record | changed)


def parts_view(world: World, parts: Sequence[Record]) -> list[Json]:
    """The settled parts as the API shows them."""
    shown = []
    for part in parts:
        found = artefact_of(world, part["artefact_id"])
        artefact = {"id": part["artefact_id"], "displayed_as": found[1]["displayed_as"] if found else ""}
        path = f"/{_PATHS[found[0]]}/{part['artefact_id']}" if found else None
        shown.append({"artefact": artefact | {"$path": path}, "amount": amount(part["amount"])})
    return shown
