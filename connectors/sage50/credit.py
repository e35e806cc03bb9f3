"""Undoing a sales invoice the way accountants accept: a draft is deleted, a posted one is credited line by line."""

from connectors.sage50.invoices import read_invoice, status_of
from connectors.sdk.errors import Conflict, NotFound
from connectors.sdk.numbers import decimal_of, decimal_text
from connectors.sdk.operation import Asked, Call, Compensation, Remedy, RemedyLine
from connectors.sdk.wire import Json

__all__ = ["COMPENSATION", "copied_lines", "credit_lines", "creditable", "offer"]

_KEPT = ("description", "quantity", "unit_price", "unit_price_includes_tax", "tax_amount", "discount_amount")
_LINKED = ("ledger_account", "tax_rate", "product", "service", "eu_goods_services_type")
_NUMBERS = ("quantity", "unit_price", "tax_amount", "discount_amount")


def offer(call: Call, invoice_id: str, asked: Asked) -> Remedy:
    """What undoes this invoice as it stands in Sage now. Raises `Conflict` when it is void or gone already."""
    try:
        invoice = read_invoice(call, invoice_id)
    except NotFound as gone:
        raise Conflict("The invoice is not in Sage any more.", code="already_undone") from gone
    name, status = str(invoice.get("displayed_as") or "the invoice"), status_of(invoice)
    if status == "VOID":
        raise Conflict(f"{name} is void in Sage already.", code="already_undone")
    if status == "DRAFT":
        return Remedy(
            operation="sage50.void_invoice",
            data={"invoice_id": invoice_id, "reason": asked.reason[:200]},
            title=f"Delete the draft {name}",
            sentence="The draft is deleted in Sage. It was never posted, so nothing needs to be credited.",
            reference=name,
        )
    return _credit(invoice, name, status, asked)


def creditable(invoice: Json) -> Json:
    """The invoice, if a credit note can undo it. Raises `Conflict` for a draft and for a void one."""
    if status_of(invoice) in ("DRAFT", "VOID", "PRO_FORMA"):
        raise Conflict(
            f"{invoice.get('displayed_as') or 'The invoice'} is not posted; there is nothing to credit.",
            code="not_posted",
            pointer="/invoice_id",
        )
    return invoice


def credit_lines(invoice: Json) -> list[dict[str, Json]]:
    """The invoice's lines as a credit note takes them: the same amounts, exactly as Sage gave them."""
    return copied_lines(invoice.get("invoice_lines"))


def copied_lines(lines: Json) -> list[dict[str, Json]]:
    """A document's lines as another document takes them: the same accounts, rates and amounts, exactly as Sage gave them."""
    return [_line(line) for line in lines or []]


def _line(line: Json) -> dict[str, Json]:
    kept = {name: line[name] for name in _KEPT if line.get(name) not in (None, "")}
    texts = {name: decimal_text(kept[name]) for name in _NUMBERS if name in kept}
    linked = {f"{name}_id": str(line[name]["id"]) for name in _LINKED if isinstance(line.get(name), dict)}
    sent = {**kept, **texts, **linked}
    if decimal_of(sent.get("discount_amount", "0")) == 0:
        sent.pop("discount_amount", None)
    return sent


def _credit(invoice: Json, name: str, status: str, asked: Asked) -> Remedy:
    currency = str((invoice.get("currency") or {}).get("id") or "")
    paid = status in ("PAID", "PART_PAID")
    told = "What was paid stays on the customer's account." if paid else "Nothing was paid on it yet."
    return Remedy(
        operation="sage50.credit_invoice",
        data={"invoice_id": str(invoice["id"]), "date": asked.day, "reason": asked.reason[:500]},
        title=f"Credit {name}",
        sentence=f"A credit note over the whole of {name} is posted in Sage, dated {asked.day}. {told}",
        lines=[
            RemedyLine(
                str(line.get("description") or ""),
                decimal_text(line.get("quantity") or "1"),
                _money(line.get("net_amount")),
                _money(line.get("tax_amount")),
            )
            for line in invoice.get("invoice_lines") or []
        ],
        net=_money(invoice.get("net_amount")),
        tax=_money(invoice.get("tax_amount")),
        total=_money(invoice.get("total_amount")),
        currency=currency,
        reference=name[:25],
    )


def _money(value: Json) -> str:
    return decimal_text(0 if value is None else value, places=2)


COMPENSATION = Compensation("Undo this invoice", offer)
