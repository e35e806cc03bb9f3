"""The reference flow on its own, in this process: one fresh deal of a fresh customer at a time, carried, and looked at afterwards."""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from connectors.sdk.trigger import Arrival
from integrations.demo.play import FLOW
from integrations.effects.models import Effect
from integrations.ingress.intake import take_in
from integrations.ingress.models import Endpoint
from integrations.releases.models import Environment
from integrations.runs import claim as claiming
from integrations.runs.lease import Leases, new_owner
from integrations.runs.models import Run, StepEntry
from integrations.runs.runner import Runner
from integrations.runs.writer import Writer
from tests.chaos.boundaries import Boundaries, Target
from tests.chaos.expected import amounts_of
from tests.chaos.far import Far
from tests.chaos.story import Customer, Deal, Line

__all__ = ["Process", "World"]

LINES = (
    Line("TBL-CAF-60", "Café table, 60 cm, marble", "Furniture", "15", "30.095", "standard"),
    Line("LMP-LED-10", "LED panel", "Lighting", "3", "46.25", "reduced"),
    Line("CSH-OUT-45", "Outdoor cushion", "Textiles", "7.5", "18.355", ""),
)
TURNS = 30  # lives a run may need until it is over
OVER = {Run.State.SUCCEEDED, Run.State.FAILED, Run.State.CANCELLED}


@dataclass
class Process:
    """What a drain has in memory: an owner, a writer, leases, a runner. `begin` is where its life can be watched."""

    owner: str = field(default_factory=new_owner)
    writer: Writer = field(default_factory=Writer)

    def carry(self, run_id: int) -> None:
        """Claim the run and advance it as far as it goes."""
        leases = Leases(self.owner, self.writer)
        run = self._claimed(run_id)
        leases.hold(run.pk, time.monotonic())
        Runner(self.writer, leases).advance(run)

    def _claimed(self, run_id: int) -> Run:
        """As a drain does: what is due; or, alone, a run that was being carried when a process died."""
        due = self.writer.write(lambda: claiming.claim(self.owner, 1))
        run = due[0] if due else self.writer.write(lambda: claiming.claim_suspect(self.owner))
        assert run is not None, "the run was not due"
        assert run.pk == run_id
        return run


@dataclass
class World:
    """The environment and the sandbox, and deals made one after the other."""

    environment: Environment
    sandbox_url: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.far = Far(self.sandbox_url)

    def won(self) -> "Won":
        """A fresh deal of a fresh customer, won, with its run queued."""
        number = next(self.numbers)
        tag = f"{number}-{timezone.now().timestamp()}"
        customer = Customer(
            f"Boundary {tag} Ltd",
            f"b{tag}.example",
            "GBP",
            "1 Quay Street, Bristol BS1 4DB, GB",
            ((f"Bo {number}", f"bo@b{tag}.example"),),
        )
        deal = Deal(number, f"Boundary deal {tag}", customer, customer.people[0], "Standard", LINES)
        key = self.far.add(deal)
        self.far.win(key)
        endpoint = Endpoint.objects.get(environment=self.environment, flow_key=FLOW)
        (event,) = take_in(endpoint, [Arrival(f"{key}:won", deal.name, {"key": key, "name": deal.name})], b"")
        return Won(deal, key, Run.objects.get(event=event).pk)

    def problems(self, won: "Won") -> list[str]:
        """What isn't as it must be in the far systems, the journal and the ledger once the run is over."""
        run = Run.objects.get(pk=won.run)
        books = self.far.books({won.deal.number: won.key}, frozenset())
        mine = [one for one in books.invoices if one.reference == won.key[-25:]]
        wanted = amounts_of(won.deal, won.deal.lines)
        found = {
            "state": run.state,
            "result": run.result,
            "customers": books.customers.count(won.deal.customer.organization),
            "invoices": [(one.net, one.tax, one.total, one.customer) for one in mine],
            "written back": books.boxes[won.deal.number].invoice_id in [one.id for one in mine],
            "journal": journal_of(won.run),
            "effects": sorted(Effect.objects.filter(run_number=won.run).values_list("record", "state")),
        }
        must: dict[str, Any] = {
            "state": "succeeded",
            "result": "delivered",
            "customers": 1,
            "invoices": [(wanted.net, wanted.tax, wanted.total, won.deal.customer.organization)],
            "written back": True,
            "journal": JOURNAL,
            "effects": [("box", "confirmed"), ("contact", "confirmed"), ("sales_invoice", "confirmed")],
        }
        return [f"{name}: {found[name]!r}, not {must[name]!r}" for name in must if found[name] != must[name]]

    def make_due(self, won: "Won", *, of: Sequence[str]) -> Run:
        """What the dispatcher does when processes died, and time that passes: nobody holds the run, and it is due."""
        claiming.free_leases_of(list(of), timezone.now())
        Run.objects.filter(pk=won.run, due_at__isnull=False).update(due_at=timezone.now())
        return Run.objects.get(pk=won.run)

    def finish(self, won: "Won", *, of: Sequence[str]) -> None:
        """Carry the run in one process after the other until it is over. `of` are the owners that have died."""
        for _ in range(TURNS):
            run = self.make_due(won, of=of)
            if run.state in OVER:
                return
            assert run.reason not in {"person", "reconnect"}, f"it waits for a person: {run.failure}"
            process = Process()
            process.carry(won.run)
            process.writer.close()
        raise AssertionError(f"the run is not over after {TURNS} lives")


@dataclass(frozen=True)
class Won:
    """A deal that was won, its key in the CRM, and its run."""

    deal: Deal
    key: str
    run: int


JOURNAL = [
    (step, "done")
    for step in (
        "contact",
        "customer",
        "deal",
        "invoice",
        "is_won",
        "lines",
        "organization",
        "won",
        "write_back",
    )
]


def journal_of(run_id: int) -> list[tuple[str, str]]:
    """What the journal holds of each step at the end. Raises when a step is recorded as done twice."""
    rows = list(StepEntry.objects.filter(run_id=run_id).order_by("path", "attempt"))
    done = [row.path for row in rows if row.state == "done"]
    assert len(done) == len(set(done)), f"carried out twice: {done}"
    return sorted({row.path: row.state for row in rows}.items())


def die_at(world: World, boundaries: Boundaries, target: Target) -> tuple[Won, str, str]:
    """Win a deal and let the process that carries it die at the target; returns (deal, owner of the dead, where it died)."""
    won = world.won()
    process = Process()
    with boundaries.living(target):
        process.carry(won.run)
    struck = boundaries.struck_at
    boundaries.bury(process.writer)
    return won, process.owner, struck


def die_again(
    world: World, boundaries: Boundaries, dead: tuple[Won, str], target: Target
) -> tuple[list[str], str]:
    """Take up what a dead process left, and die at the target; returns (owners of the dead, where the second died)."""
    won, first = dead
    if world.make_due(won, of=[first]).state in OVER:
        return [first], ""
    process = Process()
    with boundaries.living(target):
        process.carry(won.run)
    struck = boundaries.struck_at
    boundaries.bury(process.writer)
    return [first, process.owner], struck
