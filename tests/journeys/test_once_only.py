"""The promise, through every process and the real HTTP interfaces: what is won becomes one invoice, however it is won."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.conftest import FLOW, LINE, Installation

pytestmark = pytest.mark.processes
TWENTY = 20
EVERYWHERE_ONCE = pytest.mark.backends("embedded", "redis")
"""Both ways to run; which broker carries the hints makes no difference to these."""


def test_twenty_deals_of_one_new_customer_won_together_make_one_customer_and_twenty_invoices(
    installation: Installation,
) -> None:
    company = installation.new_company()
    boxes = [installation.add_deal(company) for _ in range(TWENTY)]

    with ThreadPoolExecutor(TWENTY) as together:
        list(together.map(lambda box: installation.move(box, "Closed Won"), boxes))
    for box in boxes:
        assert [run["state"] for run in installation.until_settled(box)] == ["succeeded"]

    assert len(installation.customers(company)) == 1
    invoices = installation.invoices(company)
    assert len(invoices) == TWENTY
    assert {str(invoice["total_amount"]) for invoice in invoices} == {"541.72"}


def test_a_deal_won_again_unchanged_has_still_one_invoice(installation: Installation) -> None:
    company = installation.new_company()
    box = installation.add_deal(company)
    installation.move(box, "Closed Won")
    installation.until_settled(box)

    installation.move(box, "Negotiation")
    installation.move(box, "Closed Won")

    runs = installation.until_settled(box, count=2)
    assert {run["state"] for run in runs} == {"succeeded"}
    assert len(installation.invoices(company)) == 1


@EVERYWHERE_ONCE
def test_a_deal_won_again_with_another_amount_waits_and_shows_both_contents(
    installation: Installation,
) -> None:
    company = installation.new_company()
    box = installation.add_deal(company)
    installation.move(box, "Closed Won")
    installation.until_settled(box)

    installation.move(box, "Negotiation")
    installation.set_lines(box, json.dumps([{**LINE, "quantity": "16"}]))
    installation.move(box, "Closed Won")

    runs = installation.until_settled(box, count=2)
    assert (runs[-1]["state"], runs[-1]["reason"]) == ("parked", "person")
    assert len(installation.invoices(company)) == 1
    failure = installation.rest("GET", f"failures/{runs[-1]['failure']}/")
    payloads = failure["payloads"]
    quantities = [payloads[name]["invoice_lines"][0]["quantity"] for name in ("confirmed", "intended")]
    assert [str(quantity).split(".")[0] for quantity in quantities] == ["15", "16"]


@EVERYWHERE_ONCE
def test_a_missing_row_parks_the_run_by_table_and_key_and_adding_it_finishes_the_run_once(
    installation: Installation,
) -> None:
    company = installation.new_company()
    category = f"Garden {company['domain']}"
    box = installation.add_deal(company, {**LINE, "category": category})
    installation.move(box, "Closed Won")

    [run] = installation.until_settled(box)
    failure = installation.rest("GET", f"failures/{run['failure']}/")
    assert (run["state"], failure["kind"]) == ("parked", "table_miss")
    assert (failure["info"]["table"], failure["info"]["key"]) == ("product_gl", [category])
    assert category in failure["sentence"]

    installation.rest(
        "POST", "mapping-tables/dev/product_gl/rows/", values={"category": category, "nominal": "4000"}
    )
    installation.rest("POST", f"runs/{run['id']}/retry/", mode="step")

    [run] = installation.until(lambda: [one for one in installation.runs(box) if one["state"] == "succeeded"])
    assert len(installation.invoices(company)) == 1
    assert installation.rest("GET", f"failures/{failure['id']}/")["state"] == "resolved"


@EVERYWHERE_ONCE
def test_a_copy_of_the_flow_beside_the_first_makes_no_second_invoice(installation: Installation) -> None:
    where = ("--environment", "dev", "--by", "admin", "--as", "copied-flow", "--listen")
    said = installation.manage("installtemplate", FLOW, *where)
    assert "“Create invoice” shares what it makes with the flow" in said
    company = installation.new_company()
    box = installation.add_deal(company)

    installation.move(box, "Closed Won")

    for flow in (FLOW, "copied-flow"):
        runs = installation.until_settled(box, flow=flow)
        assert [run["state"] for run in runs] == ["succeeded"]
    assert len(installation.customers(company)) == 1
    assert len(installation.invoices(company)) == 1


@EVERYWHERE_ONCE
def test_no_secret_stands_in_any_database_in_the_clear(installation: Installation) -> None:
    token = installation.systems["streak"]["access"]["api_key"]
    secret = installation.systems["sage50"]["access"]["client_secret"]
    stored = list(installation.database_files())

    assert stored
    for path in stored:
        content = path.read_bytes()
        assert token.encode() not in content
        assert secret.encode() not in content
