"""What the failure page shows: the sentence, what to do, the fix on the spot, both payloads, and the runs that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.html import format_html

from connectors.sdk.wire import Json
from integrations.access.authorise import can
from integrations.console import looks, marks
from integrations.console.names import operation_title
from integrations.console.pages import Fact
from integrations.effects.models import Effect
from integrations.failures.comparison import Difference, compare
from integrations.failures.missing_row import MissingRow, missing_of
from integrations.failures.models import Failure, Occurrence
from integrations.failures.stakes import Stake, with_stakes
from integrations.ingress.models import Endpoint
from integrations.payloads import codec
from integrations.runs.admin_decide import decision_acts
from integrations.runs.admin_page import Act
from integrations.runs.models import Run

__all__ = ["FailurePage", "money_list", "page_of", "parked_runs"]

SHOWN_RUNS = 50


@dataclass(frozen=True, slots=True)
class Conflict:
    """An effect met with another payload: what was made, what is meant, where they differ, and what may be decided."""

    run: Run
    differences: list[Difference]
    effect: Effect | None
    others: list[Run]
    acts: list[Act]


@dataclass(frozen=True, slots=True)
class FailurePage:
    """The context of `admin/failure.html`. `endpoint`: it is looking for events there that fails, no run waits on it."""

    stake: Stake
    facts: list[Fact]
    what_to_do: str
    runs: list[Run]
    missing: MissingRow | None
    conflict: Conflict | None
    detail: str
    endpoint: Endpoint | None
    may: Mapping[str, bool]


def page_of(request: HttpRequest, failure: Failure, typed: QueryDict | None = None) -> FailurePage:
    """Read everything the page shows. `typed` is a refused form, to be shown again."""
    stake = with_stakes([failure])[0]
    runs = list(parked_runs(failure)[:SHOWN_RUNS])
    newest = failure.occurrences.select_related("run").first()
    return FailurePage(
        stake=stake,
        facts=_facts(failure, stake),
        what_to_do=looks.WHAT_TO_DO.get(failure.kind, ""),
        runs=runs,
        missing=missing_of(failure, typed),
        conflict=_conflict(request, failure) if failure.kind == "conflict" else None,
        detail=newest.detail if newest and can(request, "failure.triage", failure.environment) else "",
        endpoint=Endpoint.objects.filter(pk=failure.info.get("endpoint") or 0).first(),
        may={
            "retry": can(request, "run.retry", failure.environment),
            "triage": can(request, "failure.triage", failure.environment),
            "give_up": can(request, "run.give_up", failure.environment),
            "edit_table": can(request, "table.edit", failure.environment),
        },
    )


def parked_runs(failure: Failure) -> QuerySet[Run]:
    """The runs that wait on this failure, newest first."""
    heavy = ("release__plan", "release__graph", "release__layout")
    return (
        Run.objects.filter(failure=failure, state=Run.State.PARKED)
        .select_related("release", "environment")
        .defer(*heavy)
    )


def money_list(stake: Stake) -> str:
    """`12,480.50 GBP, 90.00 EUR`; "" when nothing has an amount."""
    return ", ".join(marks.money_text(amount, currency) for currency, amount in stake.money.items())


def _facts(failure: Failure, stake: Stake) -> list[Fact]:
    at_stake = money_list(stake)
    facts = [
        Fact("Money at stake", f"{at_stake} in {_runs(stake.parked)}" if at_stake else "none known"),
        Fact("Waiting now", f"{_runs(stake.parked)}, seen {_times(failure.count)}"),
        *([Fact("Blocks", f"{_runs(stake.blocks)} in the same lanes")] if stake.blocks else []),
        Fact("Flow and step", format_html("{} · <code>{}</code>", failure.flow_key, failure.node)),
        Fact(
            "First and last",
            format_html("{}<br>{}", marks.instant(failure.first_at), marks.instant(failure.last_at)),
        ),
        Fact("Class", marks.badge(looks.KIND.get(failure.kind, looks.KIND["bug"]), failure.code)),
        Fact("Owner", failure.owner.get_username() if failure.owner else "nobody"),
    ]
    if failure.operation:
        title = operation_title(failure.operation)
        facts.append(Fact("Operation", format_html('<span title="{}">{}</span>', failure.operation, title)))
    if failure.state == Failure.State.SNOOZED:
        facts.append(Fact("Snoozed until", marks.instant(failure.snoozed_until, seconds=False)))
    if failure.pointer:
        facts.append(Fact("Field", format_html("<code>{}</code>", failure.pointer)))
    return facts


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _conflict(request: HttpRequest, failure: Failure) -> Conflict | None:
    """The comparison of one occurrence: the run asked for, else the newest that still waits, else the newest."""
    wanted, met = request.GET.get("run", ""), ~Q(payloads=None) | Q(info__has_key="effect")
    found = failure.occurrences.filter(met).select_related("run")
    rows = list(found.order_by("closed_at", "-id")[:SHOWN_RUNS])
    if not rows:
        return None
    row = next((one for one in rows if wanted and str(one.run_id) == wanted), _newest_open(rows))
    payloads = _payloads(row)
    settles = can(request, "effect.settle", failure.environment)
    return Conflict(
        run=row.run,
        differences=compare(payloads.get("confirmed"), payloads.get("intended")) if payloads else [],
        effect=Effect.objects.filter(pk=row.info.get("effect") or 0).first(),
        others=[one.run for one in rows if one.pk != row.pk and one.closed_at is None],
        acts=decision_acts(row.run, back="failure") if settles else [],
    )


def _newest_open(rows: Sequence[Occurrence]) -> Occurrence:
    return next((one for one in rows if one.closed_at is None), rows[0])


def _payloads(row: Occurrence) -> Mapping[str, Json]:
    if row.payloads is None:
        return {}
    try:
        found: Any = codec.unpack(row.payloads)
    except codec.Unreadable as problem:
        return {"confirmed": str(problem), "intended": ""}
    return found if isinstance(found, dict) else {}
