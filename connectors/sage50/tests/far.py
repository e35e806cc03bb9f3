"""What Sage answers in these tests: one business with a small chart of accounts, tax rates, a customer and an invoice."""

from connectors.sdk.operation import Call, Mark, Match, Write
from connectors.sdk.registry import connector, operation
from connectors.sdk.testing import MARK, Replies
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Request

__all__ = [
    "ACCOUNTS",
    "CONTACT",
    "INVOICE",
    "RATES",
    "carried_out",
    "errors",
    "found_by",
    "page",
    "prepared",
    "sage",
    "write_of",
]

STAMP = f"[interlock {MARK.token}]"

CONTACT: Json = {
    "id": "c1",
    "displayed_as": "Larch & Co (LARCH01)",
    "name": "Larch & Co",
    "reference": "LARCH01",
    "email": "ida@larch.example",
    "source_guid": None,
    "main_address": {"country": {"id": "GB"}},
    "main_contact_person": {"email": "ida@larch.example"},
    "created_at": "2026-11-01T08:00:00Z",
    "deleted_at": None,
}
INVOICE: Json = {
    "id": "i1",
    "displayed_as": "SI-57",
    "invoice_number": "57",
    "date": "2026-11-21",
    "reference": "STRK-1042",
    "notes": STAMP,
    "contact": {"id": "c1"},
    "net_amount": 1203.8,
    "tax_amount": "240.76",
    "total_amount": 1444.56,
    "outstanding_amount": 1444.56,
    "currency": {"id": "GBP"},
    "status": {"id": "DRAFT"},
    "created_at": "2026-11-21T09:30:10Z",
}
ACCOUNTS: Json = [
    {"id": "a4000", "nominal_code": 4000, "name": "Sales", "displayed_as": "Sales (4000)"},
    {"id": "a4900", "nominal_code": 4900, "displayed_as": "Other income (4900)"},
]
RATES: Json = [
    {"id": "GB_STANDARD", "displayed_as": "Standard 20.00%", "percentage": 20.0},
    {"id": "GB_ZERO", "displayed_as": "Zero Rated 0.00%", "percentage": 0.0},
]


def sage(**settings: Json) -> Replies:
    """A scripted Sage; its connection names business b1."""
    return Replies(connector("sage50"), {"business_id": "b1", **settings})


def page(items: list[Json], following: str | None = None) -> Json:
    return {
        "$total": len(items),
        "$page": 1,
        "$next": following,
        "$back": None,
        "$itemsPerPage": 100,
        "$items": items,
    }


def errors(*found: tuple[str, str, str]) -> Json:
    """Sage's array of errors from (code, message, source)."""
    return [
        {"$severity": "error", "$dataCode": code, "$message": message, "$source": source}
        for code, message, source in found
    ]


def write_of(name: str) -> Write:
    found = operation(f"sage50.{name}")
    assert isinstance(found, Write)
    return found


def prepared(write: Write, far: Replies, data: Json) -> Request:
    """The checked input's request, after a round through the effect ledger's JSON."""
    validator_for(write.input).check(data)
    return Request.from_json(write.prepare(far.call(), data, MARK).to_json())


def carried_out(write: Write, far: Replies, data: Json, request: Request) -> Json:
    output = write.result(data, far.call().send(request))
    validator_for(write.output).check(output)
    return output


def found_by(write: Write, call: Call, request: Request, mark: Mark = MARK) -> list[Match]:
    assert write.find is not None
    return list(write.find(call, request, mark))
