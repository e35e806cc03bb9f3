"""The admin's pages in the small world, by name."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.db.models import Model
from django.urls import reverse

from designer.models import Flow
from integrations.access.models import AuditEntry, Membership
from integrations.approvals.models import Approval
from integrations.effects.models import CrossReference
from integrations.ingress.models import Event, Refusal
from integrations.releases.models import Binding, Variable
from tests.admin.world import World

__all__ = ["pages_of", "session_of"]

LISTS = (
    "run", "event", "release", "effect", "crossreference", "failure", "approval", "connection", "endpoint", "refusal", "mappingtable",
    "environment", "binding", "variable", "apikey", "membership", "auditentry",
)  # fmt: skip


def pages_of(world: World) -> dict[str, str]:
    """Name → path of every page somebody with every role can open."""
    found = {"index": reverse("admin:index")}
    found |= {f"list-{name}": reverse(f"admin:integrations_{name}_changelist") for name in LISTS}
    found |= {
        "list-flow": reverse("admin:designer_flow_changelist"),
        "list-user": reverse("admin:auth_user_changelist"),
    }
    found |= {f"run-{name}": _page("run", run.pk) for name, run in world.runs.items()}
    found |= {f"failure-{name}": _page("failure", one.pk) for name, one in world.failures.items()}
    found |= {f"connection-{slot}": _page("connection", one.pk) for slot, one in world.connections.items()}
    found |= {f"effect-{name}": _page("effect", one.pk) for name, one in world.effects.items()}
    found |= {f"approval-{one.state}": _page("approval", one.pk) for one in Approval.objects.all()}
    missing, table = world.runs["missing"].pk, world.table.pk
    found |= {
        "run-retry-plan": reverse("admin:run-retry", args=[missing]),
        "run-start-plan": reverse("admin:run-retry", args=[missing]) + "?mode=start",
        "run-keep": _decide(world.runs["conflict"].pk, "keep_first"),
        "run-again": _decide(world.runs["conflict"].pk, "make_again"),
        "run-never": _decide(world.runs["unknown"].pk, "never_happened"),
        "run-cancel": reverse("admin:run-cancel", args=[missing]),
        "run-give-up": reverse("admin:run-give-up", args=[missing]),
        "run-skip": reverse("admin:run-skip", args=[missing]),
        "failure-give-up": reverse("admin:failure-give-up", args=[world.failures["missing"].pk]),
        "failure-retry": reverse("admin:failure-retry", args=[world.failures["missing"].pk]),
        "failure-ignore": reverse("admin:failure-ignore", args=[world.failures["missing"].pk]),
        "table": _page("mappingtable", table),
        "table-history": reverse("admin:table-history", args=[table]),
        "table-import": reverse("admin:table-import", args=[table]),
        "table-settings": reverse("admin:table-settings", args=[table]),
        "table-new": reverse("admin:integrations_mappingtable_add"),
        "connection-new": reverse("admin:integrations_connection_add"),
        "connection-new-sage50": reverse("admin:integrations_connection_add") + "?connector=sage50",
        "release": _page("release", world.release.pk),
        "release-switch": reverse("admin:release-switch", args=[world.release.pk]),
        "endpoint": _page("endpoint", world.endpoint.pk),
        "refusal": _page("refusal", _first(Refusal)),
        "event": _page("event", _first(Event)),
        "crossreference": _page("crossreference", _first(CrossReference)),
        "auditentry": _page("auditentry", _first(AuditEntry)),
        "flow": reverse("admin:designer_flow_change", args=[_first(Flow)]),
        "environment": _page("environment", world.prod.pk),
        "environment-new": reverse("admin:integrations_environment_add"),
        "environment-delete": reverse("admin:integrations_environment_delete", args=[world.prod.pk]),
        "binding": _page("binding", _first(Binding)),
        "binding-choose": reverse("admin:integrations_binding_add"),
        "binding-new": reverse("admin:integrations_binding_add") + "?environment=prod",
        "binding-delete": reverse("admin:integrations_binding_delete", args=[_first(Binding)]),
        "variable": _page("variable", _first(Variable)),
        "variable-new": reverse("admin:integrations_variable_add") + "?environment=prod",
        "variable-delete": reverse("admin:integrations_variable_delete", args=[_first(Variable)]),
        "key-new": reverse("admin:integrations_apikey_add"),
        "membership": _page("membership", _first(Membership)),
        "membership-new": reverse("admin:integrations_membership_add"),
        "user": reverse("admin:auth_user_change", args=[world.people["viewer"].pk]),
        "user-new": reverse("admin:auth_user_add"),
        "user-password": reverse("admin:auth_user_password_change", args=[world.people["viewer"].pk]),
        "password": reverse("admin:password_change"),
    }
    return found


def session_of(user: User) -> str:
    """A signed-in session's key, for a browser's cookie."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _page(model: str, pk: int) -> str:
    return reverse(f"admin:integrations_{model}_change", args=[pk])


def _decide(run: int, decision: str) -> str:
    return f"{reverse('admin:run-decide', args=[run])}?decision={decision}"


def _first(model: type[Model]) -> int:
    return int(model._default_manager.order_by("pk").values_list("pk", flat=True)[0])
