"""How a poll does, and its backfills, as parts of an endpoint's page."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.console import marks
from integrations.console.pages import Column, Fact, Module, Table
from integrations.ingress.models import Endpoint
from integrations.polling.models import Backfill, PollState

__all__ = ["poll_modules"]

_LATEST = 20
_LOOKS = {
    Backfill.State.RUNNING: marks.Look("run", "loader-circle", "Running"),
    Backfill.State.DONE: marks.Look("ok", "circle-check", "Done"),
    Backfill.State.FAILED: marks.Look("bad", "circle-x", "Failed"),
    Backfill.State.CANCELLED: marks.Look("", "ban", "Cancelled"),
}


def poll_modules(endpoint: Endpoint) -> list[Module]:
    """The poll's state and its latest backfills; [] for an endpoint that doesn't poll."""
    state = PollState.objects.filter(endpoint=endpoint).defer("boundary", "seen").first()
    if endpoint.kind != "poll" or state is None:
        return []
    return [
        Module(
            "Polling",
            "what is found is stored page by page; the mark moves with the last one",
            facts=_facts(state),
        ),
        _backfills(endpoint),
    ]


def _facts(state: PollState) -> list[Fact]:
    facts = [
        Fact("Looks every", marks.duration(state.interval * 1000)),
        Fact("Last looked", marks.ago(state.last_ok)),
        Fact("Found then", f"{state.last_new} new"),
        Fact("Next", marks.instant(state.next_at) if state.next_at else _rests(state)),
        Fact("Looks at what changed since", marks.instant(state.high_water)),
    ]
    if state.sweep_started:
        facts.append(Fact("Looking since", marks.ago(state.sweep_started)))
    if state.failures or state.note:
        facts.append(Fact("Trouble", f"{state.note} ({state.failures} in a row)"))
    return facts


def _rests(state: PollState) -> str:
    return "paused" if state.endpoint.paused_at else "stopped"


def _backfills(endpoint: Endpoint) -> Module:
    columns = [Column("Window"), Column("State"), Column("Fetched", right=True), Column("New", right=True)]
    rows = [
        [_window(one), marks.status(_LOOKS[Backfill.State(one.state)]), str(one.fetched), str(one.new)]
        for one in endpoint.backfills.all()[:_LATEST]
    ]
    return Module("Backfills", "windows of the past", table=Table(columns, rows, "None yet."))


def _window(one: Backfill) -> SafeString:
    since, until = marks.instant(one.since, seconds=False), marks.instant(one.until, seconds=False)
    return format_html('{} to {}<span class="sub">by {}. {}</span>', since, until, one.created_by, one.note)
