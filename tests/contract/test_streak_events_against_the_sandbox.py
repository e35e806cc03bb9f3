"""Every Streak event: registered by our trigger, caused in the sandbox, delivered, verified and read; and what polls see of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from connectors.sdk import registry
from connectors.sdk.trigger import Arrival, Delivery, WebhookTrigger
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Json, Request
from tests.contract.conftest import LIMIT, Bench
from tests.contract.test_connectors_against_the_sandbox import add_deal
from tests.contract.test_polls_against_the_sandbox import Looking
from tests.sandbox.bench import Receiver, eventually

SECRET = "s" * 24
START = "2026-11-21T09:00:00Z"


class Far:
    """A deal in Streak and the hands of somebody who works with it."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.box = bench, add_deal(bench)
        read = bench.read("streak.get_box", {"box_key": self.box})
        self.pipeline = read["pipeline_key"]
        self.contact, self.organization = read["contact_keys"][0], read["organization_keys"][0]

    def send(self, method: str, path: str, **rest: Json) -> Json:
        return self.bench.call("streak").send(Request(method, path, **rest)).json

    def do(self, operation: str, /, **data: Json) -> Json:
        return self.bench.write(f"streak.{operation}", data)

    def task(self, **rest: Json) -> str:
        return str(self.do("create_task", box_key=self.box, text="Send quote", **rest)["task_key"])

    def meeting(self) -> str:
        made = self.do("create_meeting", box_key=self.box, kind="call", started_at=START)
        return str(made["meeting_key"])

    def thread(self) -> str:
        form = {"threadGmailId": "18c1f0"}
        return str(self.send("PUT", f"/v1/boxes/{self.box}/threads", form=form)["key"])

    def second_pipeline(self) -> str:
        team = self.bench.read("streak.get_team", {})["team_key"]
        body = {"name": "Second", "teamKey": team, "stages": ["One"]}
        return str(self.send("POST", "/v2/pipelines", json=body)["key"])

    def move_to(self, pipeline: str) -> None:
        """By whatever client: the answer is a list, which no operation of ours takes."""
        moved = [{"key": self.box, "boxKey": self.box, "pipelineKey": pipeline}]
        found = self.bench.host.urls()["systems"]["streak"]
        answer = requests.post(
            f"{found['api']}/v2/pipelines/{self.pipeline}/boxes/batch",
            json=moved,
            auth=(found["access"]["api_key"], ""),
            timeout=LIMIT,
        )
        assert answer.status_code == 200, answer.text

    def new_person(self) -> None:
        made = self.do("create_contact", emails=["new@quayside-books.example"])
        links = [{"key": self.contact}, {"key": made["contact_key"]}]
        self.send("POST", f"/v1/boxes/{self.box}", json={"contacts": links})

    def time_comes(self) -> None:
        due = datetime.now(UTC) + timedelta(minutes=1)
        self.task(due_at=due.isoformat())
        self.bench.control("/api/clock", advance_seconds=120)


EVENTS: dict[str, Callable[[Far], object]] = {
    "box_created": lambda far: add_deal(far.bench),
    "box_deleted": lambda far: far.do("delete_box", box_key=far.box),
    "box_edited": lambda far: far.do("update_box", box_key=far.box, fields={"Sage invoice": "SI-1"}),
    "box_stage_changed": lambda far: far.do("update_box", box_key=far.box, stage="Closed Won"),
    "box_email_address_added": lambda far: far.new_person(),
    "box_email_received": lambda far: far.thread(),
    "stage_created": lambda far: far.send(
        "PUT", f"/v1/pipelines/{far.pipeline}/stages", form={"name": "Lost"}
    ),
    "comment_created": lambda far: far.do("create_comment", box_key=far.box, message="Hello"),
    "meeting_created": lambda far: far.meeting(),
    "meeting_updated": lambda far: far.do("update_meeting", meeting_key=far.meeting(), notes="Agreed"),
    "task_created": lambda far: far.task(),
    "task_completed": lambda far: far.do("update_task", task_key=far.task(), status="DONE"),
    "task_due": lambda far: far.time_comes(),
    "thread_added": lambda far: far.thread(),
    "thread_removed": lambda far: far.send("DELETE", f"/v1/threads/{far.thread()}"),
    "contact_created": lambda far: far.do("create_contact", given_name="Bo"),
    "contact_updated": lambda far: far.do("update_contact", contact_key=far.contact, title="Buyer"),
    "contact_deleted": lambda far: far.do("delete_contact", contact_key=far.contact),
    "organization_created": lambda far: far.do("create_organization", name="Second"),
    "organization_updated": lambda far: far.do(
        "update_organization", organization_key=far.organization, industry="Books"
    ),
    "organization_deleted": lambda far: far.do("delete_organization", organization_key=far.organization),
}
"""What makes each happen; box_pipeline_changed has a test of its own, being told to the pipeline it goes to."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as one:
        yield one


def trigger_of(name: str) -> WebhookTrigger:
    found = registry.trigger(f"streak.{name}")
    assert isinstance(found, WebhookTrigger)
    return found


def enabled(far: Far, name: str, receiver: Receiver, pipeline: str) -> tuple[WebhookTrigger, Json, Json]:
    trigger = trigger_of(name)
    config = {"pipeline": pipeline} if "pipeline" in trigger.config["properties"] else {}
    validator_for(trigger.config).check(config)
    return trigger, config, trigger.enable(far.bench.call("streak"), receiver.url, SECRET, config)


def delivered(trigger: WebhookTrigger, config: Json, receiver: Receiver) -> Arrival:
    """The one delivery that comes, verified and read."""
    eventually(lambda: receiver.arrived)
    headers, body = receiver.arrived[0]
    assert trigger.verify(headers, SECRET)
    assert not trigger.verify(headers, "another")
    (arrival,) = trigger.read(Delivery(headers, body), config)
    validator_for(trigger.output).check(arrival.data)
    return arrival


def test_every_webhook_trigger_is_tried() -> None:
    triggers = registry.connector("streak").triggers
    webhooks = {name for name, one in triggers.items() if isinstance(one, WebhookTrigger)}
    assert webhooks == {*EVENTS, "box_pipeline_changed"}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_is_registered_delivered_verified_and_read(
    bench: Bench, receiver: Receiver, name: str
) -> None:
    far = Far(bench)
    trigger, config, state = enabled(far, name, receiver, "Sales")
    EVENTS[name](far)
    arrival = delivered(trigger, config, receiver)
    assert arrival.key
    assert arrival.title
    trigger.disable(bench.call("streak"), state)
    assert bench.read("streak.list_webhooks", config) == {"webhooks": []}


def test_a_box_that_moves_is_told_to_the_pipeline_it_comes_to(bench: Bench, receiver: Receiver) -> None:
    far = Far(bench)
    second = far.second_pipeline()
    trigger, config, _ = enabled(far, "box_pipeline_changed", receiver, second)
    far.move_to(second)
    assert delivered(trigger, config, receiver).data["pipelineKey"] == second


def test_a_registration_of_the_same_address_is_replaced(bench: Bench, receiver: Receiver) -> None:
    far = Far(bench)
    for _ in range(2):
        enabled(far, "contact_created", receiver, "")
    (hook,) = bench.read("streak.list_webhooks", {})["webhooks"]
    assert (hook["event"], hook["target"]) == ("CONTACT_CREATE", receiver.url.split("/in/")[0])


def test_a_task_that_was_done_in_time_is_not_told_to_be_due(bench: Bench, receiver: Receiver) -> None:
    far = Far(bench)
    enabled(far, "task_due", receiver, "Sales")
    due = (datetime.now(UTC) + timedelta(minutes=1)).isoformat()
    first, second = far.task(due_at=due), far.task(due_at=due)
    far.do("update_task", task_key=first, status="DONE")
    bench.control("/api/clock", advance_seconds=120)
    eventually(lambda: receiver.arrived)
    assert [body[0]["key"] for _, body in receiver.arrived] == [second]


def test_a_contact_that_is_made_or_changed_is_found_by_looking(bench: Bench) -> None:
    far, looking = Far(bench), Looking(bench, "streak.contact_changed", {})
    assert far.contact in {one.record for one in looking.sweep()}
    assert looking.sweep() == []
    made = far.do("create_contact", given_name="Bo", emails=["bo@acme.example"])
    (found,) = looking.sweep()
    assert (found.record, found.title) == (made["contact_key"], "bo@acme.example")
    far.do("update_contact", contact_key=far.contact, title="Buyer")
    (changed,) = looking.sweep()
    assert (changed.record, changed.data["title"]) == (far.contact, "Buyer")
    assert looking.sweep() == []


def test_an_organization_that_is_made_or_changed_is_found_by_looking(bench: Bench) -> None:
    far, looking = Far(bench), Looking(bench, "streak.organization_changed", {})
    assert far.organization in {one.record for one in looking.sweep()}
    far.do("update_organization", organization_key=far.organization, industry="Books")
    made = far.do("create_organization", name="Second")
    assert {one.record for one in looking.sweep()} == {far.organization, made["organization_key"]}
    assert looking.sweep() == []
