"""What happened in the admin's small world: runs in every state with their journal, effects and failures."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from connectors.sdk.wire import Request
from integrations.approvals.models import Approval
from integrations.effects.content import About, coded
from integrations.effects.models import CrossReference, Effect, EffectKey
from integrations.failures.models import Failure, Occurrence
from integrations.ingress.models import Event
from integrations.payloads import codec
from integrations.runs.models import Exchange, Run, StepEntry
from tests.admin.things import BOX, DEALS, FLOW, SECRET, STEPS, World

__all__ = ["conflict", "missing_row", "others", "succeeded", "unknown"]


def _run(world: World, title: str, at: datetime, **rest: Any) -> Run:
    event = Event.objects.create(
        environment=world.prod,
        endpoint=world.endpoint,
        flow_key=FLOW,
        node="won",
        key=f"{BOX}{slugify(title)[-8:]}:{int(at.timestamp() * 1000)}:BOX_CHANGE_STAGE",
        title=title,
        data=codec.pack({"key": "agxzfm1haWxmb29nYWUyOAsSDE", "name": title, "note": "<script>alert(1)</script>"}, klass="event"),
        received_at=at,
        duplicates=2,
        last_duplicate_at=at,
    )  # fmt: skip
    values: dict[str, Any] = {
        "environment": world.prod, "release": world.release, "flow_key": FLOW, "event": event, "title": title, "queued_at": at, "started_at": at, "currency": "GBP", "seq": 9,
    }  # fmt: skip
    return Run.objects.create(**(values | rest))


def _steps(
    run: Run, upto: int, at: datetime, *, last: str = "done", problem: Mapping[str, Any] | None = None
) -> datetime:
    """Journal rows of the first `upto` steps; the last one ends in `last`. Find customer takes two attempts."""
    for number, (key, kind, name, operation, _slot) in enumerate(STEPS[:upto]):
        ends_as = last if number == upto - 1 else "done"
        took = timedelta(milliseconds=9 if kind != "call" else 188 + 40 * number)
        attempts = 2 if key == "customer" else 1
        for attempt in range(1, attempts + 1):
            state = "retry" if attempt < attempts else ends_as
            StepEntry.objects.create(
                run=run, path=key, node=key, attempt=attempt, state=state, started_at=at, ended_at=at + took, seq=number + 1,
                input=codec.pack({"step": name, "token": SECRET, "lines": [{"sku": "L-1", "unit_price": "57.00"}]}, klass="step"),
                output=codec.pack({"id": f"out-{number}", "total": "684.00"}, klass="step") if state == "done" else None,
                problem={"kind": "transient", "code": "timeout", "sentence": "Sage did not answer in time.", "pointer": ""} if state == "retry" else (dict(problem) if problem and ends_as == state and number == upto - 1 else None),
            )  # fmt: skip
            if operation:
                Exchange.objects.create(
                    run=run, path=key, attempt=attempt, number=1, method="POST" if "create" in operation else "GET", url=f"https://api.example/v3.1/{operation.partition('.')[2]}", status=503 if state == "retry" else 200, ms=took.total_seconds() * 1000, at=at,
                    body=codec.pack({"request": {"query": {}}, "response": {"ok": True, "access_token": SECRET}}, klass="exchange"),
                )  # fmt: skip
            at += took + (timedelta(seconds=4) if state == "retry" else timedelta(milliseconds=3))
    return at


def _effect(world: World, run: Run, identity: str, state: str, **rest: Any) -> Effect:
    values: dict[str, Any] = {
        "account": "sage50-1", "record": "sales_invoice", "identity": identity, "kind": "create", "state": state, "strategy": "native", "operation": "sage50.create_invoice", "connection": world.connections["ledger"], "run": run, "run_number": run.pk, "flow_key": FLOW, "path": "invoice", "payload_hash": "0" * 64, "intended_at": run.queued_at, "amount": run.amount, "currency": "GBP",
        "request": coded(
            Request("POST", "/sales_invoices", json={"sales_invoice": {"total": "6480.00", "notes": ""}}),
            About("", ""),
        ),
    }  # fmt: skip
    effect = Effect.objects.create(**(values | rest))
    EffectKey.objects.create(account=effect.account, record=effect.record, key=identity, effect=effect)
    return effect


def _met(run: Run, effect: Effect) -> None:
    """The step the run failed at is about this effect."""
    StepEntry.objects.filter(run=run, state="fail").update(effect=effect)


def succeeded(world: World, at: datetime) -> None:
    run = _run(
        world,
        "Oak & Ash - 9 wall lights",
        at,
        state="succeeded",
        result="delivered",
        amount=Decimal("1080.00"),
    )
    end = _steps(run, len(STEPS), at)
    Run.objects.filter(pk=run.pk).update(ended_at=end)
    effect = _effect(world, run, f"{BOX}OakAs4B1c", "confirmed", far_id="INV-2041", settled_at=end)
    CrossReference.objects.create(
        environment=world.prod, source_record="box", source_id=f"{BOX}OakAs4B1c", account="sage50-1", record="sales_invoice", far_id="INV-2041", effect=effect
    )  # fmt: skip
    world.runs["succeeded"], world.effects["confirmed"] = run, effect


def _failure(world: World, runs: list[Run], at: datetime, **rest: Any) -> Failure:
    values: dict[str, Any] = {
        "environment": world.prod, "fingerprint": f"{len(world.failures):064}", "flow_key": FLOW, "first_at": at, "last_at": at + timedelta(minutes=20), "count": len(runs), "connector": "sage50", "operation": "sage50.create_invoice", "node": "lines", "code": rest["kind"],
    }  # fmt: skip
    failure = Failure.objects.create(**(values | rest))
    Run.objects.filter(pk__in=[run.pk for run in runs]).update(failure=failure)
    return failure


def missing_row(world: World, at: datetime) -> None:
    sentence = "Mapping table “Product category → GL account” has no row for “Lighting”."
    info = {
        "table": "product_gl",
        "table_name": world.table.name,
        "key": ["Lighting"],
        "key_columns": ["category"],
        "column": "gl_account",
    }
    problem = {
        "kind": "table_miss",
        "code": "table_miss",
        "sentence": sentence,
        "pointer": "/lines/0/nominal_code",
        "info": info,
    }
    runs = []
    for number, (title, amount) in enumerate(DEALS):
        began = at + timedelta(minutes=7 * number)
        run = _run(world, title, began, state="parked", reason="person", amount=Decimal(amount))
        _steps(run, 6, began, last="fail", problem=problem)
        runs.append(run)
    failure = _failure(
        world,
        runs,
        at,
        kind="table_miss",
        verdict="config",
        sentence=sentence,
        info=info,
        operation="",
        pointer="/lines/0/nominal_code",
    )
    for run in runs:
        Occurrence.objects.create(failure=failure, run=run, path="lines", attempt=1, at=at, info=info)
    world.runs["missing"], world.failures["missing"] = runs[0], failure  # fmt: skip


def conflict(world: World, at: datetime) -> None:
    sentence = "“Create invoice” was done for this record before, with other content (INV-2039). Nothing was written. Compare the two, then keep the first or correct it in the far system."
    run = _run(
        world, "Bristol Cafés - 18 tables", at, state="parked", reason="person", amount=Decimal("6840.00")
    )
    _steps(
        run,
        7,
        at,
        last="fail",
        problem={"kind": "conflict", "code": "payload_changed", "sentence": sentence, "pointer": ""},
    )
    effect = _effect(world, run, f"{BOX}Brist7E90", "confirmed", far_id="INV-2039", amount=Decimal("6480.00"))
    _met(run, effect)
    failure = _failure(
        world,
        [run],
        at,
        kind="conflict",
        verdict="data",
        sentence=sentence,
        node="invoice",
        code="payload_changed",
        info={"effect": effect.pk, "far_id": "INV-2039"},
    )
    lines = [{"description": "Table, oak", "quantity": "18", "unit_price": "360.00"}]
    payloads = {
        "confirmed": {"sales_invoice": {"contact_id": "c-9", "date": "2026-11-21", "invoice_lines": lines, "total": "6480.00"}},
        "intended": {"sales_invoice": {"contact_id": "c-9", "date": "2026-11-21", "invoice_lines": [lines[0] | {"unit_price": "380.00"}], "total": "6840.00", "notes": "Won again"}},
    }  # fmt: skip
    Occurrence.objects.create(
        failure=failure,
        run=run,
        path="invoice",
        attempt=1,
        at=at,
        info={"effect": effect.pk},
        payloads=codec.pack(payloads, klass="effect"),
        detail="409 from the effect ledger",
    )
    world.runs["conflict"], world.failures["conflict"], world.effects["conflict"] = run, failure, effect


def unknown(world: World, at: datetime) -> None:
    """A run that waits because nobody could find out whether its invoice was made."""
    sentence = "The answer of Sage 50 was lost, and a look-up cannot tell whether “Create invoice” happened."
    run = _run(world, "Tarn Lodge - 8 stools", at, state="parked", reason="person", amount=Decimal("960.00"))
    problem = {"kind": "outcome_unknown", "code": "outcome_unknown", "sentence": sentence, "pointer": ""}
    _steps(run, 7, at, last="fail", problem=problem)
    effect = _effect(world, run, f"{BOX}TarnLx9Qw", "unknown", amount=None)
    _met(run, effect)
    failure = _failure(
        world, [run], at, kind="outcome_unknown", verdict="system", sentence=sentence, node="invoice"
    )
    Occurrence.objects.create(failure=failure, run=run, path="invoice", attempt=1, at=at, info={})
    world.runs["unknown"], world.failures["unknown"] = run, failure


def _asking(world: World, at: datetime) -> Run:
    """A run that waits for a decision, and one whose question was decided."""
    waiting, decided = (
        _run(world, title, at, state="parked", reason="waiting")
        for title in ("Hill House - 9 desks", "Red Barn - 5 stools")
    )
    form = {
        "type": "object",
        "additionalProperties": False,
        "required": ["discount"],
        "properties": {
            "discount": {"title": "Discount", "type": "string", "format": "decimal", "x-order": 1},
            "terms": {"title": "Terms", "type": "string", "enum": ["net 14", "net 30"], "x-order": 2},
            "ship": {"title": "Ship now", "type": "boolean", "x-order": 3},
        },
    }
    asked = {
        "path": "ask",
        "environment": world.prod,
        "flow_key": FLOW,
        "title": "Invoice Hill House with a discount?",
        "message": codec.pack("<b>9 desks</b>\nWorth 4700.00 GBP.", klass="step"),
        "form": form,
        "role": "operator",
        "asked_at": at,
    }
    one = Approval.objects.create(run=waiting, expires_at=at + timedelta(days=3), **asked)
    Approval.objects.create(
        run=decided,
        state="approved",
        decided_by="operator",
        decided_at=at,
        answer=codec.pack({"discount": "5.00", "ship": True}, klass="step"),
        note="As agreed.",
        **asked,
    )
    Run.objects.filter(pk=waiting.pk).update(waits_for=f"approval:{one.pk}", due_at=one.expires_at)
    waiting.refresh_from_db()
    return waiting


def others(world: World, now: datetime) -> None:
    """One run in each of the other states, and an effect of unknown outcome."""
    ago = now - timedelta(minutes=3)
    retrying = _run(
        world,
        "Café Lune - 6 lamps",
        ago,
        state="parked",
        reason="retry",
        amount=Decimal("412.50"),
        due_at=now + timedelta(minutes=2),
    )
    _steps(
        retrying,
        2,
        ago,
        last="retry",
        problem={
            "kind": "transient",
            "code": "timeout",
            "sentence": "Streak did not answer in time.",
            "pointer": "",
        },
    )
    world.runs["retrying"] = retrying
    world.runs["asking"] = _asking(world, ago)
    world.runs["running"] = _run(
        world, "Brook Hotel - 20 lamps", ago, state="running", amount=Decimal("900.00")
    )
    _steps(world.runs["running"], 3, ago)
    world.runs["queued"] = _run(world, "Lane & Sons - 3 rugs", ago, state="queued", started_at=None)
    world.runs["cancelled"] = _run(world, "Old Mill - 2 benches", ago, state="cancelled", ended_at=now)
    filtered = _run(
        world,
        "Nova Gym - lead",
        ago,
        state="succeeded",
        result="filtered",
        ended_at=ago + timedelta(milliseconds=240),
    )
    _steps(filtered, 3, ago)
    world.effects["in flight"] = _effect(
        world, world.runs["running"], f"{BOX}Brook0aGM", "unknown", look_at=now
    )
