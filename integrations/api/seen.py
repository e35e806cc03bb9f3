"""What a caller may see: every list and every single row of the API is filtered by the environments they have a role in."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import Http404
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request

from integrations.access.actions import roles_for
from integrations.access.actor import actor_of
from integrations.access.authorise import visible_environments
from integrations.api.paging import Keyset
from integrations.releases.models import Environment

__all__ = [
    "SeenList",
    "SeenRow",
    "asked_environment",
    "environment_by_key",
    "named_in_body",
    "only_seen",
    "seen_environment_ids",
]


def seen_environment_ids(request: Request, action: str) -> list[int] | None:
    """The environments in which the caller may do `action`; None = all of them."""
    if roles_for(action) & actor_of(request).roles_in(None):
        return None
    return list(visible_environments(request, action).values_list("pk", flat=True))


def only_seen(rows: QuerySet[Any], request: Request, action: str, *paths: str) -> QuerySet[Any]:
    """The rows whose environment (through any of `paths`) the caller may see."""
    seen = seen_environment_ids(request, action)
    if seen is None:
        return rows
    condition = Q()
    for path in paths:
        condition |= Q(**{f"{path}__in": seen})
    return rows.filter(condition)


def environment_by_key(request: Request, key: str, action: str = "environment.view") -> Environment:
    """The environment called `key`. Raises Http404 when there is none that the caller may see."""
    environment = visible_environments(request, action).filter(key=key).first()
    if environment is None:
        raise Http404
    return environment


def named_in_body(request: Request, name: str) -> str:
    """A text of the request's body; "" when the body has no such text."""
    value = request.data.get(name) if isinstance(request.data, dict) else None
    return value if isinstance(value, str) else ""


def asked_environment(request: Request) -> Environment | None:
    """The environment of `?environment=`, or None when the query names none."""
    key = request.query_params.get("environment")
    return environment_by_key(request, key) if key else None


class SeenList(GenericAPIView[Any]):
    """A list of an environment's rows, `?environment=` optional. Subclasses give `rows()` and `paths`."""

    pagination_class = Keyset
    paths: tuple[str, ...] = ("environment",)
    keyset: tuple[str, ...] = ("-id",)

    def environment_of(self, request: Request, **_kwargs: Any) -> Environment | None:
        self.environment = asked_environment(request)
        return self.environment

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        action: str = getattr(self, "actions", {})["GET"]
        rows = only_seen(self.rows(), self.request, action, *self.paths)
        environment: Environment | None = getattr(self, "environment", None)
        if environment is None:
            return rows
        condition = Q()
        for path in self.paths:
            condition |= Q(**{path: environment})
        return rows.filter(condition)


class SeenRow(GenericAPIView[Any]):
    """One row of an environment. Subclasses give `rows()`; `environment_of` finds it, so it is read once."""

    paths: tuple[str, ...] = ("environment",)
    view_action = ""

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def environment_of(self, request: Request, **kwargs: Any) -> Environment | None:
        """The row's environment; a row that may not be seen is a row that isn't there."""
        row = only_seen(self.rows(), request, self.view_action, *self.paths).filter(pk=kwargs["pk"]).first()
        if row is None:
            raise Http404
        self.row: Any = row
        return self.environment_of_row(row)

    def environment_of_row(self, row: Model) -> Environment | None:
        found: Environment | None = getattr(row, "environment", None)
        return found
