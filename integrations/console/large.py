"""Admins of tables that grow with every run: what finds the rows of their lists, and filters that are only checked."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.admin import ChoicesFieldListFilter, SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from integrations.console.environments import chosen, visible
from integrations.console.filters import FlowFilter
from integrations.console.typed import ModelAdmin
from integrations.keyset import aside, each, newest
from integrations.releases.models import Environment

__all__ = ["CheckedChoice", "CheckedFlow", "CheckedWord", "LargeTable", "places"]


def places(request: HttpRequest) -> list[Environment]:
    """The environments that are looked at: the one chosen in the header, or all one sees."""
    one = chosen(request)
    return [one] if one else visible(request)


class CheckedFlow(FlowFilter):
    """By flow; `LargeTable` finds the rows by it where that is best."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return aside(queryset, flow_key=self.value()) if self.value() else queryset


class CheckedChoice(ChoicesFieldListFilter):
    """By a choice, which no index is chosen for unless the admin says so."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.used_parameters.get(self.lookup_kwarg)
        return aside(queryset, **{self.field_path: wanted}) if wanted else queryset


class CheckedWord(SimpleListFilter):
    """By one of a few known words. Django would look through the table for those that are in use."""

    words: Sequence[str] = ()

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[tuple[str, str]]:
        return [(word, word.capitalize()) for word in self.words]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return aside(queryset, **{str(self.parameter_name): self.value()}) if self.value() else queryset


class LargeTable:
    """Rows are found by flow and environment, by environment, or by their number. `by` finds them otherwise.

    `looked_through`: filters that no index serves: with one of them only the newest rows are looked through.
    """

    looked_through: Sequence[str] = ()
    flows = True

    def branches(
        self, request: HttpRequest, rows: QuerySet[Any], where: list[int] | None
    ) -> list[QuerySet[Any]]:
        """See `FindsRows`."""
        found = self.by(request, rows)
        if found is not None:
            return [one if where is None else aside(one, environment=where) for one in found]
        if any(request.GET.get(name) for name in self.looked_through):
            rows = newest(rows)
        flow = request.GET.get("flow_key") if self.flows else ""
        if flow:
            return each(rows.filter(flow_key=flow), environment=[one.pk for one in places(request)])
        return [rows] if where is None else each(rows, environment=where)

    def by(self, request: HttpRequest, rows: QuerySet[Any]) -> list[QuerySet[Any]] | None:
        """The rows found by an index of their own; None = as everywhere."""
        del request, rows
        return None
