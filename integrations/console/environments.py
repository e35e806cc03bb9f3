"""Which environments a person sees in the admin, and which one they are looking at now."""

from django.http import HttpRequest

from integrations.access.authorise import visible_environments
from integrations.releases.models import Environment

__all__ = ["choose", "chosen", "visible"]

_CHOICE = "console_environment"
_KEPT = "_console_environments"


def visible(request: HttpRequest) -> list[Environment]:
    """The environments in which the person may look at runs; read once per request."""
    known: list[Environment] | None = getattr(request, _KEPT, None)
    if known is None:
        known = list(visible_environments(request))
        setattr(request, _KEPT, known)
    return known


def chosen(request: HttpRequest) -> Environment | None:
    """The one environment the lists show; None = all visible ones."""
    key = request.session.get(_CHOICE, "")
    return next((one for one in visible(request) if one.key == key), None)


def choose(request: HttpRequest, key: str) -> None:
    """Remember the choice in the session; an unknown key means all."""
    known = any(one.key == key for one in visible(request))
    request.session[_CHOICE] = key if known else ""
