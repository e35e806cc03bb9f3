"""The Sage simulator as the sandbox sees it."""

from collections.abc import Mapping

from connectors.sage50.sandbox import (
    addresses,
    allocations,
    attachments,
    business,
    catalogue,
    contacts,
    credit_notes,
    currencies,
    invoices,
    items,
    oauth,
    payments,
    quotes,
)
from connectors.sage50.sandbox.company import seed
from connectors.sage50.sandbox.refusals import lost, refusal
from connectors.sdk.sandbox.faults import HTTP_FAULTS, FaultKind
from connectors.sdk.sandbox.simulator import Column, Kind, Simulator, Summary, Table, World, money
from connectors.sdk.sandbox.store import Index, Record
from connectors.sdk.wire import Json

__all__ = ["SIMULATOR"]

_TEXT_MONEY = FaultKind("text_money", "Give money as text", "quirk")


_INDEXES: Mapping[str, Mapping[str, Index]] = {
    "contact": {"email": lambda record: [email] if (email := contacts.email_of(record)) else []},
    "sales_invoice": {"contact": lambda record: [record["input"]["contact_id"]]},
    "sales_credit_note": {"contact": lambda record: [record["input"]["contact_id"]]},
    "contact_payment": {"contact": lambda record: [record["contact_id"]]},
    "sales_quote": {"contact": lambda record: [record["input"]["contact_id"]]},
    "sales_estimate": {"contact": lambda record: [record["input"]["contact_id"]]},
}


def _customer(world: World, invoice: Record) -> str:
    contact = world.records.get("contact", invoice["input"]["contact_id"])
    return str(contact["input"].get("reference") or contact["input"]["name"]) if contact else ""


def _status(_world: World, invoice: Record) -> str:
    return catalogue.STATUSES[invoice["status"]]


def _nominal(world: World, account: Json) -> str:
    record = world.records.get("ledger_account", account["id"]) if account else None
    return str(record["nominal_code"]) if record else ""


def _invoice_summary(world: World, invoice: Record) -> Summary:
    view = invoices.invoice_view(world, invoice)
    currency = invoice["currency_id"]
    rows = [
        (
            line["description"],
            _nominal(world, line["ledger_account"]),
            (line["tax_rate"] or {}).get("id", ""),
            f"{line['quantity']:g}",
            money(line["unit_price"], ""),
            money(line["net_amount"], ""),
        )
        for line in view["invoice_lines"]
    ]
    sums = [(name, money(view[f"{name.lower()}_amount"], currency)) for name in ("Net", "Tax", "Total")]
    contact = (view["contact"] or {}).get("displayed_as", "")
    facts = [
        ("Customer", contact),
        ("Date", view["date"]),
        ("Due", view["due_date"]),
        ("Reference", view["reference"]),
        ("State", _status(world, invoice)),
        ("Outstanding", money(view["outstanding_amount"], currency)),
    ]
    head = ("Line", "Account", "Tax", "Quantity", "Price", "Net")
    return Summary(f"Invoice {view['displayed_as']}", facts, Table(head, rows, sums))


def _contact_summary(world: World, contact: Record) -> Summary:
    view = contacts.contact_view(world, contact)
    address, person = view["main_address"] or {}, view["main_contact_person"] or {}
    facts = [
        ("Types", ", ".join(kind["displayed_as"] for kind in view["contact_types"])),
        ("Reference", view["reference"]),
        ("Person", person.get("name", "")),
        ("E-mail", view["email"]),
        ("Address", address.get("displayed_as", "")),
        ("Currency", view["currency"]["displayed_as"]),
        ("Outside id", view["source_guid"]),
    ]
    return Summary(view["name"], facts)


_ITEMS = (("product", "Products"), ("service", "Services"), ("stock_item", "Stock items"))


def _items(kind: str, title: str) -> Kind:
    columns = (
        Column(title.removesuffix("s"), lambda _world, one: str(one["description"])),
        Column("Code", lambda _world, one: str(one["item_code"] or "")),
    )
    return Kind(kind, title, columns, items.item_view(items.WARES[kind]))


def _quotes(name: quotes.Name, title: str) -> Kind:
    columns = (
        Column(title.removesuffix("s"), lambda _world, one: str(one["displayed_as"])),
        Column("Customer", _customer),
        Column("Total", lambda _world, one: money(one["total_amount"], one["currency_id"]), numeric=True),
        Column("State", lambda _world, one: catalogue.QUOTE_STATUSES[one["status"]]),
    )
    return Kind(name.kind, title, columns, quotes.quote_view(name))


_KINDS = (
    Kind(
        "sales_invoice",
        "Invoices",
        (
            Column("Invoice", lambda _world, one: str(one["displayed_as"])),
            Column("Customer", _customer),
            Column("Reference", lambda _world, one: str(one["input"].get("reference") or "")),
            Column("Net", lambda _world, one: money(one["net_amount"], one["currency_id"]), numeric=True),
            Column("Total", lambda _world, one: money(one["total_amount"], one["currency_id"]), numeric=True),
            Column("State", _status),
        ),
        invoices.invoice_view,
        _invoice_summary,
    ),
    Kind(
        "sales_credit_note",
        "Credit notes",
        (
            Column("Credit note", lambda _world, one: str(one["displayed_as"])),
            Column("Customer", _customer),
            Column("Invoice", lambda _world, one: str(one["input"].get("original_invoice_number") or "")),
            Column("Net", lambda _world, one: money(one["net_amount"], one["currency_id"]), numeric=True),
            Column("Total", lambda _world, one: money(one["total_amount"], one["currency_id"]), numeric=True),
            Column("State", _status),
        ),
        credit_notes.note_view,
    ),
    Kind(
        "contact",
        "Contacts",
        (
            Column("Contact", lambda _world, one: str(one["input"]["name"])),
            Column("Reference", lambda _world, one: str(one["input"].get("reference") or "")),
            Column("E-mail", lambda _world, one: contacts.email_of(one)),
        ),
        contacts.contact_view,
        _contact_summary,
    ),
    *(_quotes(name, title) for name, title in ((quotes.QUOTE, "Quotes"), (quotes.ESTIMATE, "Estimates"))),
    *(_items(kind, title) for kind, title in _ITEMS),
    Kind(
        "contact_payment",
        "Receipts",
        (
            Column("Receipt", lambda _world, one: str(one["displayed_as"])),
            Column("Total", lambda _world, one: str(one["total_amount"]), numeric=True),
        ),
        payments.payment_view,
    ),
    Kind(
        "contact_allocation",
        "Allocations",
        (
            Column("Allocation", lambda _world, one: str(one["displayed_as"])),
            Column("Documents", lambda _world, one: str(len(one["allocated"])), numeric=True),
        ),
        allocations.allocation_view,
    ),
)


def _account(world: World) -> Mapping[str, str]:
    account = world.records.get("account", "business") or {}
    return {"id": str(account.get("id", "")), "name": str(account.get("name", ""))}


def _access(world: World) -> Mapping[str, Json]:
    return {
        "client_id": oauth.CLIENT_ID,
        "client_secret": oauth.CLIENT_SECRET,
        "authorize_url": f"{world.origin}/oauth2/auth/central?filter=apiv3.1",
        "token_url": f"{world.origin}/token",
    }


SIMULATOR = Simulator(
    id="sage50",
    title="Sage 50",
    monogram="S50",
    api_path="/v3.1",
    flag="sage",
    routes=(
        *oauth.ROUTES,
        *business.ROUTES,
        *catalogue.ROUTES,
        *contacts.ROUTES,
        *invoices.ROUTES,
        *credit_notes.ROUTES,
        *payments.ROUTES,
        *allocations.ROUTES,
        *quotes.ROUTES,
        *items.ROUTES,
        *currencies.ROUTES,
        *addresses.ROUTES,
        *attachments.ROUTES,
    ),
    faults=(*HTTP_FAULTS, _TEXT_MONEY),
    kinds=_KINDS,
    guard=oauth.guard,
    refusal=refusal,
    lost=lost,
    seed=seed,
    account=_account,
    access=_access,
    indexes=_INDEXES,
    control=oauth.CONTROL,
    text_decimals=_TEXT_MONEY.id,
)
