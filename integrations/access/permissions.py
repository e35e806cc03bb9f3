"""Default-deny for REST views: what a view doesn't declare, nobody may do."""

from typing import Any

from django.core.exceptions import PermissionDenied
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from integrations.access.actions import PUBLIC, SIGNED_IN
from integrations.access.actor import actor_of
from integrations.access.authorise import authorise

__all__ = ["Authorised"]


class Authorised(BasePermission):
    """Asks `authorise` for what the view declares.

    A view says `actions = {"GET": "run.view", "POST": "run.retry"}` and, unless all of them are PUBLIC or SIGNED_IN,
    `environment_of(request, **kwargs) -> Environment | None`. HEAD counts as GET.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        if not hasattr(view, method.lower()):
            return True  # the view answers 405 by itself
        action = getattr(view, "actions", {}).get(method)
        if action is None:
            raise PermissionDenied("Nobody may do this: the address declares no action for this method.")
        if action == PUBLIC:
            return True
        if not actor_of(request).signed_in:
            raise NotAuthenticated("Sign in first, or send an API key.")
        environment = None if action == SIGNED_IN else self._environment(request, view)
        authorise(request, action, environment, target=request.path)
        return True

    def _environment(self, request: Request, view: Any) -> Any:
        finder = getattr(view, "environment_of", None)
        if finder is None:
            raise PermissionDenied(
                "Nobody may do this: the address doesn't say which environment it is about."
            )
        return finder(request, **view.kwargs)
