"""Lists that stay quick on tables of any size: keyset pages, no counting, and only the environment that is looked at."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from integrations.console.environments import chosen, visible
from integrations.keyset import aside, merged

__all__ = ["FindsRows", "KeysetChangeList", "RoleChangeList"]

_BEFORE, _AFTER = "before", "after"
_LONGEST_NUMBER = 18


@runtime_checkable
class FindsRows(Protocol):
    """An admin of a large table that says which of its indexes find the rows of a list."""

    def branches(
        self, request: HttpRequest, rows: QuerySet[Any], where: list[int] | None
    ) -> list[QuerySet[Any]]:
        """The rows as queries that an index serves each, of the environments `where` (None = all)."""


class RoleChangeList(ChangeList):
    """A list limited to the environment chosen in the header."""

    keyset = False

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters)
        where = getattr(self.model_admin, "environment_path", "")
        environment = chosen(request) if where else None
        return rows.filter(**{where: environment}) if environment else rows


class KeysetChangeList(RoleChangeList):
    """Newest first, page by page from where the last one ended: page 10,000 costs what page 1 costs."""

    keyset = True
    newer: str = ""
    older: str = ""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Without the environment: that is part of what finds the rows (`branches` of the admin)."""
        return ChangeList.get_queryset(self, request, exclude_parameters)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name not in {_BEFORE, _AFTER}}

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        return ["-pk"]

    def get_results(self, request: HttpRequest) -> None:
        before, after = _number(request, _BEFORE), _number(request, _AFTER)
        size, branches = self.list_per_page, self._branches(request)
        if after is not None:
            rows = merged([one.filter(pk__gt=after) for one in branches], ("pk",), size + 1)
            more_newer, more_older = len(rows) > size, True
            rows = rows[:size][::-1]
        else:
            older = branches if before is None else [one.filter(pk__lt=before) for one in branches]
            rows = merged(older, ("-pk",), size + 1)
            more_newer, more_older = before is not None, len(rows) > size
            rows = rows[:size]
        self._link(rows, newer=more_newer, older=more_older)
        self.result_list = rows
        self.result_count = len(rows)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = bool(rows)
        self.can_show_all = False
        self.multi_page = False
        self.paginator = self.model_admin.get_paginator(request, self.queryset, size)

    def _branches(self, request: HttpRequest) -> list[QuerySet[Any]]:
        """What finds the rows: the admin says so, for the environments that are looked at (None = all)."""
        where = self._environments(request)
        admin: Any = self.model_admin
        if isinstance(admin, FindsRows) and not self.query:
            return admin.branches(request, self.queryset, where)
        return [self.queryset if where is None else aside(self.queryset, environment=where)]

    def _environments(self, request: HttpRequest) -> list[int] | None:
        if getattr(self.model_admin, "environment_path", "") != "environment":
            return None  # it belongs to none, or names it another way
        one = chosen(request)
        if one is not None:
            return [one.pk]
        admin: Any = self.model_admin
        return None if admin.sees_all(request) else [one.pk for one in visible(request)]

    def _link(self, rows: Sequence[Any], *, newer: bool, older: bool) -> None:
        if not rows:
            return
        if newer:
            self.newer = self.get_query_string({_AFTER: rows[0].pk}, remove=[_BEFORE, _AFTER])
        if older:
            self.older = self.get_query_string({_BEFORE: rows[-1].pk}, remove=[_BEFORE, _AFTER])


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None
