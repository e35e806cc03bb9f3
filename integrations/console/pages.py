"""Read-only pages made of facts, tables and JSON: how everything is shown that nobody edits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from integrations.console.permissions import M, RoleAdmin

__all__ = ["Column", "Fact", "FactsAdmin", "Module", "Page", "Table", "Tool"]

Cell = SafeString | str


@dataclass(frozen=True, slots=True)
class Fact:
    """A caption and what stands below it."""

    title: str
    value: Cell


@dataclass(frozen=True, slots=True)
class Column:
    """A table's heading; numbers stand at the right."""

    title: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `empty` is said when there are none."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """One card of a page: facts, then a table, then HTML that is safe already."""

    title: str
    note: str = ""
    facts: Sequence[Fact] = ()
    table: Table | None = None
    body: Cell = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A link at the head of a page."""

    title: str
    url: str
    icon: str = ""


@dataclass(slots=True)
class Page:
    """What `admin/facts.html` shows of one object."""

    title: Cell
    badge: Cell = ""
    subtitle: str = ""
    modules: list[Module] = field(default_factory=list)
    tools: list[Tool] = field(default_factory=list)


class FactsAdmin(RoleAdmin[M]):
    """An admin without forms: `page` says what its objects look like."""

    sortable_by = ()
    page_template = "admin/facts.html"

    def page(self, request: HttpRequest, obj: M) -> Page:
        """What is shown of `obj`."""
        raise NotImplementedError

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.found(request, object_id)
        context = {
            **self.page_context(request, obj),
            "page": self.page(request, obj),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.page_template, context)

    def found(self, request: HttpRequest, object_id: str | None) -> M:
        """The object, if the person may see it. Raises Http404, PermissionDenied."""
        obj = self.get_object(request, object_id) if object_id else None
        if obj is None:
            raise Http404("There is nothing here, or it lies in an environment you may not see.")
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return obj

    def page_context(self, request: HttpRequest, obj: M) -> dict[str, Any]:
        """What every page about one object needs."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "object": obj,
            "title": str(obj),
            "is_popup": False,
            "page_environment": self.environment_of(obj),
        }
