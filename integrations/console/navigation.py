"""The sidebar: sections and entries in the order operators work, limited to what the person may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from integrations.access.actor import actor_of
from integrations.approvals.models import Approval
from integrations.console.environments import chosen, visible
from integrations.failures.models import Failure

__all__ = ["Entry", "Section", "roles_text", "sections", "title_of"]

_SECTIONS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Engine", (("integrations.Run", "Runs"), ("integrations.Event", "Events"),
                ("integrations.Release", "Releases"), ("designer.Flow", "Flows"))),
    ("Effects", (("integrations.Effect", "Effects"), ("integrations.CrossReference", "Cross-references"))),
    ("Failures", (("integrations.Failure", "Failures"), ("integrations.Approval", "Approvals"))),
    ("Connections", (("integrations.Connection", "Connections"), ("integrations.Endpoint", "Endpoints"),
                     ("integrations.Schedule", "Schedules"),
                     ("integrations.Refusal", "Refusals"))),
    ("Mapping", (("integrations.MappingTable", "Mapping tables"),)),
    ("Environments", (("integrations.Environment", "Environments"), ("integrations.Binding", "Bindings"),
                      ("integrations.Variable", "Variables"), ("integrations.RetentionMark", "Retention"),
                      ("integrations.Hold", "Legal holds"))),
    ("Access", (("integrations.ApiKey", "API keys"), ("integrations.Membership", "Memberships"),
                ("auth.User", "Users"), ("integrations.AuditEntry", "Audit trail"))),
)  # fmt: skip

_COUNTED: Mapping[str, QuerySet[Any]] = {
    "integrations.Failure": Failure.objects.filter(state=Failure.State.OPEN),
    "integrations.Approval": Approval.objects.filter(state=Approval.State.WAITING),
}
"""What waits for somebody is counted beside its name."""
_FEW = 2
"""Roles named in the header; more are counted."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the sidebar; `count` is shown when it isn't zero."""

    title: str
    url: str
    here: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of entries."""

    title: str
    entries: list[Entry]


def sections(site: AdminSite, request: HttpRequest) -> list[Section]:
    """The sections with at least one entry the person may open."""
    found = []
    for title, members in _SECTIONS:
        entries = [_entry(request, label, name) for label, name in members if _may_open(site, request, label)]
        if entries:
            found.append(Section(title, entries))
    return found


def _may_open(site: AdminSite, request: HttpRequest, label: str) -> bool:
    model = apps.get_model(label)
    return site.is_registered(model) and site.get_model_admin(model).has_view_permission(request)


def title_of(label: str) -> str:
    """What the sidebar calls a model's list; "" when it has none there."""
    return next((name for _title, members in _SECTIONS for one, name in members if one == label), "")


def roles_text(request: HttpRequest) -> str:
    """`Dana Roy, operator`: the person and what they are, for the header."""
    actor = actor_of(request)
    user = request.user
    name = (user.get_full_name() if hasattr(user, "get_full_name") else "") or actor.name
    if actor.superuser:
        return f"{name}, superuser"
    roles = sorted(actor.roles_anywhere())
    return f"{name}, {', '.join(roles)}" if len(roles) <= _FEW else f"{name}, {len(roles)} roles"


def _entry(request: HttpRequest, label: str, name: str) -> Entry:
    app, model = label.lower().split(".")
    url = reverse(f"admin:{app}_{model}_changelist")
    counted = _COUNTED.get(label)
    return Entry(
        name, url, request.path.startswith(url), _count(request, counted) if counted is not None else 0
    )


def _count(request: HttpRequest, waiting: QuerySet[Any]) -> int:
    """How many there are where the person looks."""
    one = chosen(request)
    return waiting.filter(environment__in=[one] if one else visible(request)).count()
