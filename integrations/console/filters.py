"""List filters that never scan a large table to find their choices."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations.console.environments import visible
from integrations.console.typed import ModelAdmin
from integrations.releases.models import Release

__all__ = ["FlowFilter"]


class FlowFilter(SimpleListFilter):
    """By flow: the choices are the flows released in the visible environments."""

    title = "flow"
    parameter_name = "flow_key"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[tuple[str, str]]:
        released = Release.objects.filter(environment__in=visible(request), active=True)
        return sorted(set(released.values_list("flow_key", "flow_name")), key=lambda pair: pair[1].casefold())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(flow_key=self.value()) if self.value() else queryset
