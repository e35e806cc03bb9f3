"""The closed table of what can be done and which roles may do it. An action that isn't here is refused to everybody."""

from collections.abc import Mapping

from integrations.access.models import Role

__all__ = ["ACTIONS", "PUBLIC", "SIGNED_IN", "belongs_nowhere", "is_safe", "roles_for"]

PUBLIC = "public"
"""Anybody, signed in or not."""
SIGNED_IN = "signed_in"
"""Anybody who signed in or holds a valid key, whatever their roles."""

_ALL = frozenset(Role)
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
_OPERATORS = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
_STEWARDS = frozenset({Role.STEWARD, Role.ADMINISTRATOR})
_BUILDERS = frozenset({Role.BUILDER, Role.ADMINISTRATOR})
_RELEASERS = frozenset({Role.RELEASER, Role.ADMINISTRATOR})
_DECIDERS = _ALL - {Role.VIEWER}

ACTIONS: Mapping[str, frozenset[Role]] = {
    # Looking
    "approval.view": _ALL,
    "catalogue.view": _ALL,
    "connection.view": _ALL,
    "effect.view": _ALL,
    "endpoint.view": _ALL,
    "environment.view": _ALL,
    "event.view": _ALL,
    "failure.view": _ALL,
    "flow.view": _ALL,
    "health.view": _ALL,
    "release.view": _ALL,
    "retention.view": _ALL,
    "run.view": _ALL,
    "table.view": _ALL,
    "audit.view": _ADMINISTRATORS,
    "access.view": _ADMINISTRATORS,
    # Keeping it running
    "run.retry": _OPERATORS,
    "run.cancel": _OPERATORS,
    "run.give_up": _OPERATORS,
    "run.skip": _OPERATORS,
    "failure.triage": _OPERATORS,
    "effect.settle": _OPERATORS,
    "effect.undo": _OPERATORS,
    "flow.trigger": _OPERATORS | _BUILDERS,
    "endpoint.backfill": _OPERATORS,
    "endpoint.pause": _OPERATORS,
    "connection.test": _OPERATORS | _BUILDERS,
    # What runs ask people: deciding at all, and by the role that was asked
    "approval.decide": _DECIDERS,
    "approval.decide.operator": _OPERATORS,
    "approval.decide.steward": _STEWARDS,
    "approval.decide.builder": _BUILDERS,
    "approval.decide.releaser": _RELEASERS,
    "approval.decide.administrator": _ADMINISTRATORS,
    # What the business maps
    "table.edit": _STEWARDS,
    # Drawing
    "flow.edit": _BUILDERS,
    "flow.test": _BUILDERS,
    "version.make": _BUILDERS,
    # Putting into an environment
    "release.deploy": _RELEASERS,
    "release.approve": _RELEASERS,
    "binding.edit": _RELEASERS,
    "variable.edit": _RELEASERS,
    "endpoint.edit": _RELEASERS,
    # Secrets and people
    "connection.edit": _ADMINISTRATORS,
    "environment.edit": _ADMINISTRATORS,
    "retention.hold": _ADMINISTRATORS,
    "access.edit": _ADMINISTRATORS,
}

_NOWHERE = frozenset({"catalogue.view", "flow.view", "flow.edit", "version.make"})


def roles_for(action: str) -> frozenset[Role]:
    """The roles that may do `action`; none for an action that isn't in the table."""
    return ACTIONS.get(action, frozenset())


def is_safe(action: str) -> bool:
    """Whether the action only looks: its refusals aren't worth an audit entry."""
    return action.endswith(".view") or action in {PUBLIC, SIGNED_IN}


def belongs_nowhere(action: str) -> bool:
    """Whether the action is about something outside every environment: flows and the catalogue."""
    return action in _NOWHERE
