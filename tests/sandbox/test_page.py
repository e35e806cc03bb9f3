"""The index page: everything is on it without a script, nothing on it is trusted, and no secret is."""

import re

import pytest

from connectors.sage50.sandbox.oauth import CLIENT_SECRET
from connectors.streak.sandbox.company import API_KEY
from tests.sandbox.bench import Bench, Receiver


def page(bench: Bench, query: str = "") -> str:
    return bench.control.call("GET", f"/{query}").text


def test_the_page_says_that_it_is_not_real_and_shows_everything(bench: Bench) -> None:
    bench.fault("sage50", "lose_answer")
    shown = page(bench)
    for words in (
        "nothing here reaches a real system",
        "Acme - 40 chairs",
        "31,797.00 EUR",
        "Lose the answer after writing",
        "1 fault on",
        "SI-1002",
        "Closed Won",
    ):
        assert words in shown


def test_the_policy_is_strict_and_nothing_is_inline(bench: Bench) -> None:
    answer = bench.control.call("GET", "/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.search(r"<style|<script(?! src=)|\sstyle=|\son\w+=|javascript:", answer.text) is None
    addresses = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert {address for address in addresses if not address.startswith(("/assets/", "?", "#"))} == set()


@pytest.mark.parametrize("name", ["sandbox.css", "sandbox.js", "icon.svg"])
def test_its_files_are_its_own(bench: Bench, name: str) -> None:
    answer = bench.control.call("GET", f"/assets/{name}")
    assert answer.status_code == 200
    assert "//cdn" not in answer.text
    assert bench.control.call("GET", "/assets/icons.svg").status_code == 404
    assert bench.control.call("GET", "/assets/..%2Fhost.py").status_code == 404


def test_what_a_deal_is_called_is_text(bench: Bench) -> None:
    name = """<script>alert("x")</script>'"""
    customer = {"organization": "<b>Bold</b>", "email": "a@b.example"}
    bench.control.write("POST", "/api/deals", json={"name": name, "customer": customer})
    shown = page(bench, "?system=streak&kind=box")
    assert "<script>alert" not in shown
    assert "<b>Bold" not in shown
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#x27;" in shown


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?system=streak&kind=box", "Sit-stand desk, 140 cm"),
        ("?system=streak&kind=contact", "dana.whitfield@acme-furniture.example"),
        ("?system=streak&kind=webhook", "BOX_CHANGE_STAGE"),
        ("?system=sage50&kind=contact", "Northgate School Trust"),
        ("?system=sage50&kind=contact_payment", "There are no receipts yet."),
        ("?system=nonsense&kind=nonsense&record=nonsense", "Invoice SI-1002"),
    ],
)
def test_the_inspector_shows_what_the_address_says(
    bench: Bench, receiver: Receiver, query: str, words: str
) -> None:
    bench.listen(receiver)
    if words.startswith("Sit-stand"):
        query += f"&record={bench.box('Oslo Offices - 90 desks')['key']}"
    parts = bench.control.read(f"/regions{query}")
    assert words in parts["rows"] + parts["detail"]
    assert words in page(bench, query)


def test_every_card_and_switch_can_be_reached_without_a_mouse(bench: Bench) -> None:
    shown = page(bench)
    assert shown.count('class="move"') == 9 == shown.count('<option value="">Move to…</option>')
    faults = bench.control.read("/api/faults")
    switches = sum(len(kinds) for kinds in faults.values())
    assert shown.count('role="switch"') == switches == shown.count('class="mode"')


def test_no_secret_is_on_the_page(bench: Bench, receiver: Receiver) -> None:
    bench.listen(receiver)
    bench.sage.read("/user")
    secrets = (API_KEY, CLIENT_SECRET, str(bench.sage.headers["Authorization"]), "s3cret")
    for kind in ("box", "webhook", "delivery"):
        shown = page(bench, f"?system=streak&kind={kind}")
        assert [secret for secret in secrets if secret in shown] == []
