"""The front page: what waits for a person, what doesn't work, and what happened last."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from integrations.console import looks, marks
from integrations.console.environments import chosen, visible
from integrations.console.pages import Fact
from integrations.failures.models import Failure
from integrations.failures.stakes import with_stakes
from integrations.ingress.models import Endpoint
from integrations.keyset import aside, each, merged
from integrations.monitor.engine import Carrying, Work, carrying, polls, schedules, work_of
from integrations.monitor.notices import notices
from integrations.releases.models import Environment
from integrations.runs.models import Run

__all__ = ["facts"]

_SHOWN = 6
_COUNTED = 5_000
_WEIGHED = 200
_FOR: Mapping[str, str] = {
    "person": "for a person",
    "reconnect": "for a sign-in",
    "retry": "for another try",
    "rate": "for a limit",
    "agent": "for an agent",
    "effect": "for another run",
    "waiting": "as the flow says",
    "turn": "for their turn",
}


def facts(request: HttpRequest) -> dict[str, Any]:
    """Context of `admin/index.html`: open failures by money, what should be known, how the engine does, newest runs."""
    one = chosen(request)
    where = [one] if one else list(visible(request))
    now, work = carrying(), work_of(where)
    waiting = Failure.objects.filter(environment__in=where, state=Failure.State.OPEN).select_related(
        "environment"
    )
    failures = list(waiting[:_WEIGHED])
    newest = _newest(where)
    yesterday = timezone.now() - timedelta(days=1)
    lately = Run.objects.none()
    if newest and newest[0].queued_at >= yesterday:
        lately = Run.objects.filter(pk__gt=newest[0].pk - _COUNTED, queued_at__gte=yesterday)
    today = aside(lately, environment=[one.pk for one in where])
    by_state = Counter(today.order_by().values_list("state", flat=True))
    return {
        "failures": sorted(with_stakes(failures), key=lambda group: group.weight, reverse=True)[:_SHOWN],
        "failure_count": work.failures,
        "notices": notices(where, now, work),
        "notice_looks": looks.NOTICE,
        "engine": _engine(where, now, work),
        "parked": sum(work.waiting.values()) - work.waiting.get("turn", 0),
        "states": by_state,
        "newest": [{"run": run, "badge": _badge(run)} for run in newest],
    }


def _engine(where: Sequence[Environment], now: Carrying, work: Work) -> list[Fact]:
    """Who carries runs, what is due, and who waits for what."""
    late = f", the oldest for {marks.duration(work.oldest_due * 1000)}" if work.oldest_due else ""
    facts = [
        Fact("Workers", f"{now.live} of {now.slots} drains at work"),
        Fact("Last sweep", marks.ago(now.swept_at) if now.swept_at else "not seen yet"),
        Fact("Due now", f"{work.due:,}{late}"),
        Fact("Under way", f"{work.running:,}"),
        Fact("Waiting", _reasons(work.waiting)),
    ]
    if work.suspects or work.set_aside:
        facts.append(Fact("After worker deaths", f"{work.suspects} go on alone, {work.set_aside} set aside"))
    troubled = [one for one in polls(where) if one.failures or one.endpoint.paused_at]
    if troubled:
        facts.append(Fact("Polls", _named([(one.endpoint, one.note) for one in troubled])))
    behind = [(one.endpoint, "") for one, due in schedules(where) if due is None]
    if behind:
        facts.append(Fact("Schedules that rest", _named(behind)))
    return facts


def _reasons(waiting: Mapping[str, int]) -> str:
    named = (f"{count:,} {_FOR.get(reason, reason)}" for reason, count in waiting.items())
    return ", ".join(named) or "nobody"


def _named(endpoints: Sequence[tuple[Endpoint, str]]) -> SafeString:
    """Links to the endpoints, each with what is wrong."""
    rows = (
        (
            reverse("admin:integrations_endpoint_change", args=[one.pk]),
            one.flow_key,
            f": {note}" if note else "",
        )
        for one, note in endpoints[:_SHOWN]
    )
    return format_html_join(SafeString("<br>"), '<a href="{}">{}</a>{}', rows)


def _newest(where: Sequence[Environment]) -> list[Run]:
    heavy = ("release__plan", "release__graph", "release__layout")
    runs = Run.objects.select_related("environment", "release").defer(*heavy)
    return merged(each(runs, environment=where), ("-id",), _SHOWN)


def _badge(run: Run) -> SafeString:
    return marks.badge(looks.of_run(run.state, run.reason, run.result))
