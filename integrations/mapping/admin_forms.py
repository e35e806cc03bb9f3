"""The forms beside the sheet: importing CSV with a preview, and a table's own settings and columns."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.console.pages import FactsAdmin
from integrations.mapping.importer import ImportRefused, Preview, apply_import, preview_import
from integrations.mapping.models import MappingTable
from integrations.mapping.settings_form import TableForm
from integrations.mapping.values import COLUMN_TYPES, written

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["ImportViews"]

LARGEST = 5 * 1024 * 1024
"""Bytes of a file that can be imported in the browser."""
SHOWN_LINES = 200


class ImportViews(FactsAdmin[MappingTable]):
    """Import and settings of one table; who may not edit it is refused."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/import/", wrap(self.import_view), name="table-import"),
            path("<path:object_id>/settings/", wrap(self.settings_view), name="table-settings"),
            *super().get_urls(),
        ]

    def person(self, request: HttpRequest) -> "User | None":
        """Who is named in the history."""
        return request.user if request.user.is_authenticated else None

    def import_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose a file, see what it would do, do it. The preview travels in the page, so nothing is stored before."""
        table = self.found(request, object_id)
        authorise(request, "table.edit", table.environment, target=f"table {table.key}")
        context: dict[str, Any] = {
            **self.page_context(request, table),
            "table": table,
            "back": table_url(table),
        }
        if request.method == "POST":
            try:
                text = _text(request)
                if "confirmed" in request.POST:
                    return self._import(request, table, text)
                context |= {"text": text, **_preview_context(preview_import(table, text))}
            except ImportRefused as refusal:
                context["refusal"] = str(refusal)
        return TemplateResponse(
            request, "admin/table_import.html", context, status=422 if "refusal" in context else 200
        )

    def _import(self, request: HttpRequest, table: MappingTable, text: str) -> HttpResponse:
        preview = apply_import(table, text, by=self.person(request))
        said = f"{preview.count('new')} new, {preview.count('changed')} changed, {preview.count('same')} as they were"
        record(
            request,
            "table.edit",
            f"table {table.key}",
            environment=table.environment,
            note=f"Imported: {said}",
        )
        messages.success(request, f"Imported: {said}.")
        return HttpResponseRedirect(table_url(table))

    def settings_view(self, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        """Name, words, class, what a missing row means, and the columns; without an id, a new table."""
        table = self.found(request, object_id) if object_id else None
        if table is not None:
            authorise(request, "table.edit", table.environment, target=f"table {table.key}")
        elif not self.has_add_permission(request):
            raise PermissionDenied
        form = TableForm(request, table)
        if request.method == "POST" and form.save():
            saved = form.table
            note = "Made" if table is None else "Settings changed"
            record(request, "table.edit", f"table {saved.key}", environment=saved.environment, note=note)
            messages.success(request, "Table made. Add its rows." if table is None else "Settings saved.")
            return HttpResponseRedirect(table_url(saved))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "New mapping table" if table is None else f"Settings of {table.name}",
            "table": table,
            "page_environment": table.environment if table else None,
            "form": form,
            "types": COLUMN_TYPES,
            "back": table_url(table) if table else reverse("admin:integrations_mappingtable_changelist"),
        }
        return TemplateResponse(
            request, "admin/table_settings.html", context, status=422 if form.problems else 200
        )


def table_url(table: MappingTable) -> str:
    """The sheet's address."""
    return reverse("admin:integrations_mappingtable_change", args=[table.pk])


def _text(request: HttpRequest) -> str:
    """The CSV: an uploaded file, or the text that the preview carried. Raises `ImportRefused`."""
    upload = request.FILES.get("file")
    if upload is None:
        text = request.POST.get("text", "")
        if not text.strip():
            raise ImportRefused("Choose a file, or paste rows with their headings.")
        return text
    if upload.size is None or upload.size > LARGEST:
        raise ImportRefused("The file is larger than 5 MB. Split it.")
    try:
        return bytes(upload.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(
            "The file is not in UTF-8. Save it as “CSV UTF-8” and choose it again."
        ) from error


def _preview_context(preview: Preview) -> dict[str, Any]:
    shown: Sequence[Any] = [
        (line, _cells(line), _old_cells(line))
        for kind in ("refused", "changed", "new")
        for line in preview.of(kind)[:SHOWN_LINES]
    ]
    return {
        "preview": preview,
        "counts": {kind: preview.count(kind) for kind in ("new", "changed", "same", "refused")},
        "shown": shown,
        "shown_limit": SHOWN_LINES,
        "to_write": preview.count("new") + preview.count("changed"),
    }


def _cells(line: Any) -> list[str]:
    return [
        *(written(value) for value in line.values.values()),
        *map(_day, (line.dates.first, line.dates.last)),
    ]


def _old_cells(line: Any) -> list[str]:
    if line.before is None:
        return []
    values = line.before["values"]
    return [
        *(written(values.get(name)) for name in line.values),
        *((line.before[day] or "") for day in ("valid_from", "valid_to")),
    ]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
