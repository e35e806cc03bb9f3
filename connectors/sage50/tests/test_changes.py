"""Poll triggers contact_changed, sales_invoice_changed and those of the other records: two feeds, one after the other, and nothing missed between pages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.sage50.tests.far import CONTACT, INVOICE, page, sage
from connectors.sdk.registry import trigger
from connectors.sdk.testing import Replies
from connectors.sdk.trigger import CursorLost, Page, PollTrigger
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json

SINCE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CLOCK = {"date": "Sat, 21 Nov 2026 09:31:00 GMT"}
CHANGED = {**INVOICE, "updated_at": "2026-11-21T09:30:10Z"}


def poll(
    name: str, far: Replies, cursor: str | None = None, since: datetime | None = SINCE, **config: Json
) -> Page:
    found = trigger(f"sage50.{name}")
    assert isinstance(found, PollTrigger)
    validator_for(found.config).check(config)
    answer = found.poll(far.call(), config, since, cursor)
    for arrival in answer.arrivals:
        validator_for(found.output).check(arrival.data)
    return answer


def test_a_sweep_reads_what_changed_then_what_was_deleted() -> None:
    asked = {"updated_or_created_since": "2026-11-21T09:00:00+00:00", "page": "1", "sort": "updated_at:asc"}
    with sage().on("GET", "/sales_invoices", query=asked, json=page([CHANGED]), headers=CLOCK) as far:
        first = poll("sales_invoice_changed", far)
    (arrival,) = first.arrivals
    assert (first.cursor, first.server_time) == ("deleted:1", datetime(2026, 11, 21, 9, 31, tzinfo=UTC))
    assert (arrival.record, arrival.at, arrival.deleted) == (
        "i1",
        datetime(2026, 11, 21, 9, 30, 10, tzinfo=UTC),
        False,
    )
    assert arrival.key == f"i1:{arrival.version}"
    assert arrival.data["total_amount"] == "1444.56"

    gone = {"id": "i2", "displayed_as": "SI-58", "deleted_at": "2026-11-21T09:30:30Z"}
    asked = {"deleted_since": "2026-11-21T09:00:00+00:00", "page": "1"}
    with sage().on("GET", "/sales_invoices", query=asked, json=page([gone])) as far:
        last = poll("sales_invoice_changed", far, first.cursor)
    (arrival,) = last.arrivals
    assert (last.cursor, arrival.deleted, arrival.key) == (None, True, "i2:2026-11-21T09:30:30Z:deleted")
    assert arrival.data == {"id": "i2", "updated_at": "2026-11-21T09:30:30Z", "deleted": True}


def test_two_changes_within_one_second_are_two_versions() -> None:
    keys = []
    for status in ("DRAFT", "UNPAID"):
        with sage().on("GET", "/sales_invoices", json=page([{**CHANGED, "status": {"id": status}}])) as far:
            keys.append(poll("sales_invoice_changed", far).arrivals[0].key)
    assert len(set(keys)) == 2


def test_each_page_is_read_with_the_one_before_it() -> None:
    moved_up = {**CONTACT, "id": "c0", "updated_at": "2026-11-21T09:30:10Z"}
    with sage().on("GET", "/contacts", query={"page": "2"}, json=page([CONTACT], "/contacts?page=3")) as far:
        far.on("GET", "/contacts", query={"page": "1"}, json=page([moved_up], "/contacts?page=2"))
        found = poll("contact_changed", far, "changed:2", contact_type_id="CUSTOMER")
    assert found.cursor == "changed:3"
    assert [one.record for one in found.arrivals] == ["c0", "c1"]
    assert [request.query["page"] for request in far.sent] == [2, 1]
    assert {request.query["contact_type_id"] for request in far.sent} == {"CUSTOMER"}
    assert found.arrivals[1].data["email"] == "ida@larch.example"


@pytest.mark.parametrize(("since", "config"), [(None, {}), (SINCE, {"deletions": False})])
def test_deletions_are_asked_for_only_when_wanted_and_from_some_time_on(
    since: Any, config: dict[str, Json]
) -> None:
    with sage().on("GET", "/contacts", json=page([CONTACT])) as far:
        assert poll("contact_changed", far, None, since, **config).cursor is None


def test_a_status_says_nothing_about_what_was_deleted() -> None:
    with sage().on("GET", "/sales_invoices", json=page([])) as far:
        poll("sales_invoice_changed", far, "deleted:1", status_id="DRAFT")
    assert "status_id" not in far.sent[0].query


@pytest.mark.parametrize("cursor", ["else:1", "changed:x", "7"])
def test_a_cursor_that_means_nothing_begins_anew(cursor: str) -> None:
    with pytest.raises(CursorLost):
        poll("contact_changed", sage(), cursor)


FEEDS: dict[str, tuple[str, Json]] = {
    "product_changed": ("/products", {"description": "Chair", "item_code": "CHAIR"}),
    "service_changed": ("/services", {"description": "Fitting", "item_code": "FIT"}),
    "stock_item_changed": ("/stock_items", {"description": "Chair", "quantity_in_stock": 24.0}),
    "credit_note_changed": ("/sales_credit_notes", {"total_amount": "12.00", "status": {"id": "UNPAID"}}),
    "receipt_changed": ("/contact_payments", {"total_amount": 12.0, "contact": {"id": "c1"}}),
    "quote_changed": ("/sales_quotes", {"total_amount": 12.0, "status": {"id": "PENDING"}}),
    "estimate_changed": ("/sales_estimates", {"total_amount": 12.0, "invoice": {"id": "i1"}}),
}


@pytest.mark.parametrize("name", FEEDS)
def test_each_feed_is_asked_since_when_and_for_what_it_shows(name: str) -> None:
    path, record = FEEDS[name]
    changed = {"id": "r1", "displayed_as": "R-1", "updated_at": "2026-11-21T09:30:10Z", **record}
    asked = {"updated_or_created_since": "2026-11-21T09:00:00+00:00", "page": "1"}
    with sage().on("GET", path, query=asked, json=page([changed]), headers=CLOCK) as far:
        first = poll(name, far)
    assert set(record) <= set(str(far.sent[0].query["attributes"]).split(","))
    (arrival,) = first.arrivals
    assert (arrival.record, arrival.title, arrival.data["deleted"]) == ("r1", "R-1", False)
    tells_deletions = not name.startswith(("quote", "estimate"))
    assert first.cursor == ("deleted:1" if tells_deletions else None)


@pytest.mark.parametrize("name", [name for name in FEEDS if not name.startswith(("quote", "estimate"))])
def test_of_a_deleted_record_its_id_is_enough(name: str) -> None:
    path, _ = FEEDS[name]
    gone = {"id": "r1", "deleted_at": "2026-11-21T09:30:30Z"}
    asked = {"deleted_since": "2026-11-21T09:00:00+00:00"}
    with sage().on("GET", path, query=asked, json=page([gone])) as far:
        (arrival,) = poll(name, far, "deleted:1").arrivals
    assert arrival.data == {"id": "r1", "updated_at": "2026-11-21T09:30:30Z", "deleted": True}
