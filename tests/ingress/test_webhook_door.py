"""What the public door takes in, what it turns away, and what an operator sees of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import path

from connectors.sdk import errors, registry
from connectors.sdk.trigger import Arrival, Delivery, WebhookTrigger
from integrations.ingress.models import Endpoint, Event, Refusal
from integrations.ingress.webhook import receive
from integrations.payloads import codec
from integrations.releases.models import Environment, Release
from integrations.runs.models import Run
from integrations.vault.seal import seal

urlpatterns = [path("in/<str:path>/", receive)]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


def read(delivery: Delivery, _config: Mapping[str, Any]) -> Sequence[Arrival]:
    if not isinstance(delivery.body, list):
        raise errors.Data("The body is not a list of boxes.", code="not_a_list")
    return [Arrival(key=one.get("key", ""), title=one.get("name", ""), data=one) for one in delivery.body]


SECRET = "-".join(["a", "webhook", "token"])
TRIGGER = WebhookTrigger(
    title="Something happened",
    config={},
    output={},
    sample={},
    verify=lambda headers, secret: headers.get("x-token") == secret,
    read=read,
    enable=lambda *_: None,
    disable=lambda *_: None,
)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    monkeypatch.setattr(registry, "trigger", lambda _id: TRIGGER)
    environment = Environment.objects.create(key="dev", name="Development")
    Release.objects.create(
        environment=environment,
        flow_key="flow",
        flow_name="Flow",
        number=1,
        digest="d",
        plan={},
        graph={},
        active=True,
    )
    made = Endpoint.objects.create(
        environment=environment,
        flow_key="flow",
        node="start",
        path="p4th",
        connector="far",
        trigger="far.happened",
    )
    made.sealed_secret = seal({"token": SECRET}, f"endpoint:{made.pk}")
    made.save()
    return made


def post(body: object, *, token: str = SECRET, kind: str = "application/json", where: str = "p4th") -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post(f"/in/{where}/", data=data, content_type=kind, headers={"X-Token": token})


def test_every_arrival_becomes_one_event_and_one_run(endpoint: Endpoint) -> None:
    answer = post([{"key": "a", "name": "Acme"}, {"key": "b"}])

    assert (answer.status_code, answer.json()) == (200, {"accepted": 2, "repeated": 0})
    assert [event.title for event in Event.objects.order_by("key")] == ["Acme", ""]
    assert codec.unpack(Event.objects.get(key="a").data) == {"key": "a", "name": "Acme"}
    assert Run.objects.filter(state="queued", due_at__isnull=False).count() == 2


def test_a_repeated_delivery_is_counted_and_not_run_again(endpoint: Endpoint) -> None:
    for _ in range(3):
        answer = post([{"key": "a"}])

    assert (answer.status_code, answer.json()["repeated"]) == (200, 1)
    assert Event.objects.get().duplicates == 2
    assert Run.objects.count() == 1


def test_without_a_delivery_id_an_equal_body_is_a_repetition_and_another_is_not(endpoint: Endpoint) -> None:
    for amount in (1, 1, 2):
        post([{"amount": amount}])

    assert Run.objects.count() == 2


REFUSALS = [
    (b"{not json", {}, 400, "not_json"),
    (b"[" * 5_000, {}, 400, "not_json"),
    (b'{"a": 1}', {}, 400, "not_a_list"),
    (b"[]" + b" " * 1_048_600, {}, 413, "too_large"),
    (b"a=1", {"kind": "application/x-www-form-urlencoded"}, 415, "wrong_type"),
    (b"[]", {"kind": "text/plain"}, 415, "wrong_type"),
    (b"[]", {"token": "wrong"}, 401, "wrong_token"),
    (b"[]", {"token": ""}, 401, "wrong_token"),
    (b"[]", {"where": "nobody"}, 404, "unknown_path"),
]


@pytest.mark.parametrize(("body", "how", "status", "code"), REFUSALS)
def test_a_bad_call_is_refused_with_its_reason_and_leaves_no_run(
    endpoint: Endpoint, body: bytes, how: dict[str, Any], status: int, code: str
) -> None:
    answer = post(body, **how)

    assert (answer.status_code, answer["content-type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert not Run.objects.exists()
    assert not Event.objects.exists()
    refusal = Refusal.objects.get()
    assert (refusal.status, refusal.code, refusal.count) == (status, code, 1)


def test_refusals_of_one_reason_are_counted_together(endpoint: Endpoint) -> None:
    for _ in range(12):
        post([], where="unpublished")

    assert (Refusal.objects.get().count, Refusal.objects.get().path) == (12, "unpublished")


def test_a_flow_that_is_not_active_asks_the_sender_to_come_back(endpoint: Endpoint) -> None:
    Release.objects.update(active=False)

    answer = post([{"key": "a"}])

    assert (answer.status_code, answer.json()["code"]) == (503, "not_active")
    assert not Event.objects.exists()


def test_an_endpoint_that_was_closed_is_unknown(endpoint: Endpoint) -> None:
    Endpoint.objects.update(active=False)
    assert post([{"key": "a"}]).status_code == 404


def test_a_trigger_that_is_not_installed_asks_the_sender_to_come_back(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    answer = post([{"key": "a"}])
    assert (answer.status_code, answer.json()["code"]) == (503, "trigger_gone")
