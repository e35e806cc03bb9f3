"""A far system in memory, and one claimed run to write to it with."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connectors.sdk import errors, registry
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Standing, Write
from connectors.sdk.wire import Json, Request, Response
from integrations.effects.models import Effect
from integrations.effects.write import WriteRequest, Writing
from integrations.engine.node import EffectSpec
from integrations.engine.outcome import Done
from integrations.engine.plan import Plan
from integrations.ingress.models import Event
from integrations.payloads import codec
from integrations.releases.models import Environment, Release
from integrations.runs.journal import RunJournal
from integrations.runs.models import Run
from integrations.runs.writer import InlineWriter, Writer
from integrations.vault.models import Connection


@dataclass
class FarSystem:
    """Documents by id. `trouble` is raised by the next send: before or after the document is made."""

    native: bool = True
    documents: dict[str, Json] = field(default_factory=dict)
    replays: dict[str, str] = field(default_factory=dict)
    sent: list[Request] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    """For each of the next sends: its answer is lost, and it is carried out only after that many look-ups."""
    pending: list[tuple[int, Json]] = field(default_factory=list)
    passing: Callable[[], None] = lambda: None
    """Told when a request is about to leave and when its answer has come: where a process may die."""
    before: list[errors.Failure] = field(default_factory=list)
    after: list[errors.Failure] = field(default_factory=list)
    settings: dict[str, Json] = field(default_factory=dict)

    def get(self, path: str, query: Any = None) -> Json:
        return self.documents.get(path)

    def cached(self, key: str, seconds: float, load: Callable[[], Json]) -> Json:
        return load()

    def send(self, request: Request) -> Response:
        self.passing()
        self.sent.append(request)
        if self.late:
            self.pending.append((self.late.pop(0), request.json))
            raise errors.OutcomeUnknown("The answer was lost.")
        if self.before:
            raise self.before.pop(0)
        answer = self._write(request.json)
        self.passing()
        if self.after:
            raise self.after.pop(0)
        return Response(201, {}, answer, "")

    def look(self) -> list[Json]:
        """All documents; what is late comes nearer with every look."""
        for looks, body in self.pending:
            if looks == 0:
                self._write(body)
        self.pending = [(looks - 1, body) for looks, body in self.pending if looks > 0]
        return list(self.documents.values())

    def _write(self, body: dict[str, Json]) -> Json:
        repeated = self.replays.get(body["guid"]) if self.native else None
        far_id = repeated or f"F-{len(self.documents) + 1}"
        self.replays[body["guid"]] = far_id
        self.documents.setdefault(
            far_id,
            {
                "id": far_id,
                "total": body["total"],
                "name": body.get("name", ""),
                "guid": body["guid"],
                "made": timezone.now().isoformat(),
            },
        )
        return self.documents[far_id]


def operation(strategy: str = "native", *, existing: bool = False) -> Write:
    """`make_document` on the far system, with the given idempotency strategy; `existing` makes it a find-or-create."""

    def prepare(_call: Any, data: Json, mark: Mark) -> Request:
        return Request("POST", "/documents", json={**data, "guid": mark.guid})

    def find(call: Any, request: Request, mark: Mark) -> list[Match]:
        body = request.json
        found = [one for one in call.look() if one["total"] == body["total"]]
        if strategy != "lookup":
            found = [one for one in found if one.get("guid") == mark.guid]
        return [Match(one["id"], one, one.get("made", ""), matched_by="total") for one in found]

    def standing(call: Any, far_id: str) -> Standing:
        document = call.documents.get(far_id)
        return "gone" if document is None else "void" if document.get("void") else "stands"

    def known(call: Any, data: Json) -> Match | None:
        for one in call.documents.values():
            if one["name"] and one["name"] == data.get("name"):
                return Match(one["id"], one, matched_by="name")
        return None

    return Write(
        title="Make document",
        effect="create",
        record="document",
        input={"type": "object"},
        output={"type": "object"},
        sample={"total": "1.00"},
        idempotency=Idempotency(strategy, scope="account"),  # type: ignore[arg-type]  # parametrised by the tests
        prepare=prepare,
        result=lambda _data, response: response.json,
        far_id=lambda output: output["id"],
        unmarked=lambda request: {key: value for key, value in request.json.items() if key != "guid"},
        find=find if strategy != "none" else None,
        standing=standing,
        existing=known if existing else None,
        identities=(lambda data: [f"key:{data['key']}", f"email:{data['email']}"]) if existing else None,
        amount=lambda output: {"amount": output["total"], "currency": "GBP"},
    )


@dataclass
class Means:
    """What a step is carried out with: its writer, and another far system than the one in memory."""

    writer: Writer = field(default_factory=InlineWriter)
    call: Call | None = None
    name: str = "far.make_document"


def time_passes(minutes: int = 10) -> None:
    """What waits for a look-up has waited long enough."""
    for effect in Effect.objects.all():
        Effect.objects.filter(pk=effect.pk).update(
            intended_at=effect.intended_at - timedelta(minutes=minutes),
            sent_again_at=effect.sent_again_at and effect.sent_again_at - timedelta(minutes=minutes),
            look_at=effect.look_at and effect.look_at - timedelta(minutes=minutes),
        )


@dataclass
class World:
    """Everything a run needs, and shorthands to use it."""

    environment: Environment
    connection: Connection
    release: Release
    far: FarSystem = field(default_factory=FarSystem)
    operations: dict[str, Write] = field(default_factory=dict)
    """The far system's operations by id, as the registry would know them."""

    def run(self) -> Run:
        """A freshly claimed run of a new event."""
        now = timezone.now()
        event = Event.objects.create(
            environment=self.environment,
            flow_key="flow",
            node="start",
            key=f"e{Event.objects.count()}",
            data=codec.pack({}, klass="event"),
            received_at=now,
        )
        return Run.objects.create(
            environment=self.environment,
            release=self.release,
            flow_key="flow",
            event=event,
            state=Run.State.RUNNING,
            fence=1,
            seq=1,
            lease_owner="test",
            queued_at=now,
        )

    def claimed_again(self, run: Run) -> Run:
        """The run after its worker died: another one has claimed it."""
        Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING, fence=run.fence + 1)
        run.refresh_from_db()
        return run

    def write(
        self,
        run: Run,
        write: Write,
        data: Json,
        *identity: str,
        spec: EffectSpec | None = None,
        path: str = "make",
        means: "Means | None" = None,
    ) -> Json:
        """Carry one writing step out as the engine would, and record it as done."""
        means = means or Means()
        self.operations[means.name] = write
        journal = RunJournal(run, means.writer)
        entry = journal.last(path)
        attempt = entry.attempt + 1 if entry else 1
        journal.begin(path, node=path, attempt=attempt, input=data)
        wanted = WriteRequest(
            run=run,
            path=path,
            attempt=attempt,
            connection=self.connection,
            operation_id=means.name,
            operation=write,
            data=data,
            spec=spec or EffectSpec(identity=identity),
        )
        try:
            output = Writing(wanted, means.call or self.far, journal).perform()
        except Exception:
            journal.commit(lambda: None)
            raise
        journal.record(path, node=path, attempt=attempt, outcome=Done(output))
        journal.commit(lambda: None)
        return output


def plan_to_json() -> dict[str, Json]:
    """A flow of nothing: its steps are carried out by the tests."""
    return Plan("flow", "d", (), ()).to_json()


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    environment = Environment.objects.create(key="dev", name="Development")
    connection = Connection.objects.create(
        environment=environment,
        key="far",
        name="Far system",
        connector="far",
        auth="none",
        base_url="http://127.0.0.1:1",
        far_account_id="company-1",
    )
    release = Release.objects.create(
        environment=environment,
        flow_key="flow",
        flow_name="Flow",
        number=1,
        digest="d",
        plan=plan_to_json(),
        graph={},
        active=True,
    )
    made = World(environment, connection, release)
    known = registry.operation
    monkeypatch.setattr(registry, "operation", lambda name: made.operations.get(name) or known(name))
    return made
