"""The one function that says who may do what. UI, REST, admin, import, preview and test all ask it."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from integrations.access.actions import PUBLIC, SIGNED_IN, belongs_nowhere, is_safe, roles_for
from integrations.access.actor import Actor, Someone, actor_of
from integrations.access.audit import record_refusal
from integrations.releases.models import Environment

__all__ = ["authorise", "can", "visible_environments"]


def authorise(actor: Someone, action: str, environment: Environment | None, *, target: str = "") -> None:
    """Raise PermissionDenied with a sentence unless `actor` may do `action` in `environment`.

    `environment` None: for flows and the catalogue, and for looking at lists (filter them by `visible_environments`), a
    role in any environment is enough; everything else then needs the role in all environments. Refusals of people and
    keys that would have changed something are written to the audit trail: call this outside a transaction.
    """
    who = actor_of(actor)
    if _allowed(who, action, environment):
        return
    if who.signed_in and not is_safe(action):
        record_refusal(who, action, target or action.partition(".")[0], environment)
    raise PermissionDenied(_sentence(who, action, environment))


def can(actor: Someone, action: str, environment: Environment | None) -> bool:
    """Whether `authorise` would allow it; leaves no trace."""
    return _allowed(actor_of(actor), action, environment)


def visible_environments(actor: Someone, action: str = "run.view") -> QuerySet[Environment]:
    """The environments in which `actor` may do `action`. Every list a view shows is filtered by it."""
    who = actor_of(actor)
    wanted = roles_for(action)
    if wanted & who.roles_in(None):
        return Environment.objects.all()
    return Environment.objects.filter(pk__in={where for role, where in who.grants if role in wanted})


def _allowed(who: Actor, action: str, environment: Environment | None) -> bool:
    if action == PUBLIC:
        return True
    if action == SIGNED_IN or not who.signed_in:
        return who.signed_in
    wanted = roles_for(action)
    if environment is None and (belongs_nowhere(action) or is_safe(action)):
        return bool(wanted & who.roles_anywhere())
    return bool(wanted & who.roles_in(environment.pk if environment else None))


def _sentence(who: Actor, action: str, environment: Environment | None) -> str:
    if not who.signed_in:
        return "Sign in first."
    roles = sorted(role.label.lower() for role in roles_for(action))
    if not roles:
        return f"Nobody may do this ({action})."
    where = environment.name if environment else "every environment"
    return f"This needs the role {' or '.join(roles)} in {where} ({action})."
