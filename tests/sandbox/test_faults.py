"""Fault switches: each goes wrong its own way, as often as it was told, and is counted."""

import time
from typing import Any

import pytest
import requests

from tests.sandbox.bench import Bench, eventually


@pytest.mark.parametrize(
    ("kind", "status", "streak_error", "sage_code"),
    [
        ("rate_limit", 429, "Too many requests", "UnexpectedError"),
        ("error", 500, "Internal server error", "UnexpectedError"),
        ("unavailable", 503, "Service unavailable", "UnexpectedError"),
        ("refuse", 401, "invalid api key", "AuthorizationFailure"),
    ],
)
def test_a_refusal_happens_once_and_before_anything_is_done(
    bench: Bench, kind: str, status: int, streak_error: str, sage_code: str
) -> None:
    path = f"/v2/pipelines/{bench.pipeline['key']}/boxes"
    bench.fault("streak", kind, millis=2500)
    bench.fault("sage50", kind, millis=2500)
    streak = bench.streak.call("POST", path, json={"name": "Refused"})
    sage = bench.sage.call("GET", "/contacts")
    assert (streak.status_code, streak.json()["error"]) == (status, streak_error)
    assert (sage.status_code, sage.json()[0]["$dataCode"]) == (status, sage_code)
    assert {streak.headers.get("Retry-After"), sage.headers.get("Retry-After")} == {
        "3" if status == 429 else None
    }
    assert len(bench.records("streak", "box")) == 9
    assert bench.streak.call("POST", path, json={"name": "Done"}).status_code == 200
    assert (bench.hits("streak", kind), bench.hits("sage50", kind)) == (1, 1)


@pytest.mark.parametrize(
    ("mode", "options", "refused"),
    [
        ("off", {}, 0),
        ("next", {}, 1),
        ("count", {"count": 3}, 3),
        ("always", {}, 5),
        ("share", {"share": 1}, 5),
        ("share", {"share": 0}, 0),
    ],
)
def test_a_switch_strikes_as_often_as_it_is_set_to(
    bench: Bench, mode: str, options: dict[str, Any], refused: int
) -> None:
    bench.fault("sage50", "unavailable", mode, **options)
    answers = [bench.sage.call("GET", "/contacts").status_code for _ in range(5)]
    assert answers.count(503) == refused == bench.hits("sage50", "unavailable")
    bench.control.write("POST", "/api/faults", json={"clear": True, "hits": True})
    assert bench.sage.call("GET", "/contacts").status_code == 200
    assert bench.hits("sage50", "unavailable") == 0


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ({"scope": "writes"}, {"POST /contacts"}),
        ({"scope": "reads"}, {"GET /contacts", "GET /products"}),
        ({"path": "/contacts"}, {"GET /contacts", "POST /contacts"}),
        ({"path": "/contacts", "scope": "reads"}, {"GET /contacts"}),
        ({"path": "/token"}, {"POST /token"}),
    ],
)
def test_a_switch_can_be_aimed(bench: Bench, options: dict[str, Any], refused: set[str]) -> None:
    bench.fault("sage50", "unavailable", "always", **options)
    asked = {
        f"{method} /{path}": (method, f"/{path}")
        for method, path in [("GET", "contacts"), ("POST", "contacts"), ("GET", "products")]
    }
    statuses = {name: bench.sage.call(*call).status_code for name, call in asked.items()}
    statuses["POST /token"] = requests.post(
        bench.host.worlds["sage50"].origin + "/token", timeout=20
    ).status_code
    assert {name for name, status in statuses.items() if status == 503} == refused


@pytest.mark.parametrize(
    "body",
    [
        {"system": "nowhere", "kind": "error", "mode": "next"},
        {"system": "streak", "kind": "nothing", "mode": "next"},
        {"system": "streak", "kind": "error", "mode": "sometimes"},
        {"system": "streak", "kind": "error", "mode": "next", "scope": "some"},
        {"system": "sage50", "kind": "duplicate", "mode": "next"},
        [],
    ],
)
def test_a_wrong_setting_is_refused_in_words(bench: Bench, body: Any) -> None:
    answer = bench.control.call("POST", "/api/faults", json=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].endswith(".")


def test_an_answer_is_lost_after_the_write_and_the_record_stays(bench: Bench) -> None:
    bench.fault("sage50", "lose_answer")
    body = bench.invoice(idempotency_id="c" * 32)
    with pytest.raises(requests.ConnectionError):
        bench.sage.call("POST", "/sales_invoices", json=body)
    kept = bench.records("sage50", "sales_invoice")
    assert len(kept) == 3
    assert bench.sage.write("POST", "/sales_invoices", json=body)["id"] == kept[-1]["id"]
    assert bench.hits("sage50", "lose_answer") == 1


def test_only_a_write_that_succeeds_loses_its_answer(bench: Bench) -> None:
    bench.fault("sage50", "lose_answer")
    assert bench.sage.call("GET", "/contacts").status_code == 200
    assert bench.sage.call("POST", "/sales_invoices", json=bench.invoice(date=None)).status_code == 422
    assert bench.hits("sage50", "lose_answer") == 0
    with pytest.raises(requests.ConnectionError):
        bench.sage.call("POST", "/sales_invoices", json=bench.invoice())


def test_the_lost_token_answer_burns_the_refresh_token(bench: Bench) -> None:
    tokens = bench.sign_in()
    access = bench.control.read("/api/urls")["systems"]["sage50"]["access"]
    form = {name: access[name] for name in ("client_id", "client_secret")}
    form |= {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    bench.fault("sage50", "lose_answer", path="/token")
    with pytest.raises(requests.ConnectionError):
        requests.post(access["token_url"], data=form, timeout=20)
    assert requests.post(access["token_url"], data=form, timeout=20).json()["error"] == "invalid_grant"


def test_a_write_may_land_after_the_connection_was_cut(bench: Bench) -> None:
    body = bench.invoice()
    bench.fault("sage50", "late_commit", millis=300)
    with pytest.raises(requests.ConnectionError):
        bench.sage.call("POST", "/sales_invoices", json=body)
    assert len(bench.records("sage50", "sales_invoice")) == 2
    eventually(lambda: len(bench.records("sage50", "sales_invoice")) == 3)


def test_a_hanging_call_does_nothing_and_ends_without_an_answer(bench: Bench) -> None:
    bench.fault("streak", "hang", millis=400)
    with pytest.raises(requests.ReadTimeout):
        bench.streak.get(f"{bench.streak.base}/v1/pipelines", timeout=0.1)
    bench.fault("streak", "hang", millis=10)
    with pytest.raises(requests.ConnectionError):
        bench.streak.call("GET", "/v1/pipelines")
    assert bench.hits("streak", "hang") == 2


def test_a_slow_answer_is_slow_and_right(bench: Bench) -> None:
    bench.fault("streak", "slow", millis=80)
    began = time.monotonic()
    assert bench.streak.read("/v1/users/me")
    assert time.monotonic() - began >= 0.08


def test_traffic_tells_what_struck(bench: Bench) -> None:
    bench.fault("sage50", "rate_limit")
    last = bench.control.read("/api/traffic")["last"]
    bench.sage.call("GET", "/tax_rates")
    bench.sage.call("GET", "/tax_rates")
    seen = bench.control.read(f"/api/traffic?after={last}")["items"]
    assert [(one["path"], one["status"], one["fault"]) for one in seen] == [
        ("/v3.1/tax_rates", 429, "rate_limit"),
        ("/v3.1/tax_rates", 200, ""),
    ]
