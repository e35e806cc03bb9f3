"""Mapping tables in the admin: the list, the sheet of rows, history, export, and the way to import and settings."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from integrations.access.audit import record
from integrations.access.authorise import authorise, can
from integrations.console import marks
from integrations.mapping.admin_forms import ImportViews
from integrations.mapping.admin_page import changes_of, in_force, missing_keys, readers, search
from integrations.mapping.importer import export_csv
from integrations.mapping.keys import key_columns
from integrations.mapping.models import MappingRow, MappingTable, RowChange
from integrations.mapping.rows import IN_ORDER
from integrations.mapping.sheet import SheetLine, apply_sheet, sheet_of

__all__ = ["MappingTableAdmin"]

ROWS_PER_PAGE = 50
CHANGES_PER_PAGE = 50


@admin.register(MappingTable)
class MappingTableAdmin(ImportViews):
    view_action = "table.view"
    add_action = "table.edit"
    list_display = ("named", "where", "keys", "class_mark", "rows_held", "on_miss")
    list_display_links = ("named",)
    list_filter = ("klass",)
    list_select_related = ("environment",)
    search_fields = ("name", "key", "description")
    search_help_text = "Name or key"

    def get_queryset(self, request: HttpRequest) -> QuerySet[MappingTable]:
        return super().get_queryset(request).select_related("environment").annotate(row_count=Count("rows"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<path:object_id>/export/", wrap(self.export_view), name="table-export"),
            path("<path:object_id>/history/", wrap(self.history_view), name="table-history"),
            *super().get_urls(),
        ]

    @admin.display(description="table")
    def named(self, table: MappingTable) -> SafeString:
        return format_html('<b>{}</b><span class="sub">{}</span>', table.name, table.description)

    @admin.display(description="environment")
    def where(self, table: MappingTable) -> str:
        return table.environment.key

    @admin.display(description="looked up by")
    def keys(self, table: MappingTable) -> str:
        return ", ".join(str(column.get("title") or column["key"]) for column in key_columns(table.columns))

    @admin.display(description="class")
    def class_mark(self, table: MappingTable) -> SafeString:
        return marks.badge(marks.Look("line", "settings-2", table.klass.capitalize()))

    @admin.display(description="rows")
    def rows_held(self, table: Any) -> int:
        return int(table.row_count)

    @admin.display(description="a missing row")
    def on_miss(self, table: MappingTable) -> str:
        return table.get_miss_policy_display()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The sheet. A post saves what was typed, or shows it again with what is wrong."""
        if object_id is None:
            return self.settings_view(request)
        table = self.found(request, object_id)
        if request.method != "POST":
            return self._sheet(request, table)
        authorise(request, "table.edit", table.environment, target=f"table {table.key}")
        done, refused = apply_sheet(table, request.POST, by=self.person(request))
        if refused:
            return self._sheet(request, table, refused)
        said = ", ".join(f"{count} {what}" for what, count in done.items() if count)
        if said:
            record(request, "table.edit", f"table {table.key}", environment=table.environment, note=said)
        messages.success(request, f"Saved: {said}." if said else "Nothing was changed.")
        return HttpResponseRedirect(request.get_full_path())

    def _sheet(
        self, request: HttpRequest, table: MappingTable, refused: list[SheetLine] | None = None
    ) -> HttpResponse:
        today = marks.local(timezone.now()).date()
        words, current = request.GET.get("q", "").strip(), request.GET.get("dates") == "today"
        rows: QuerySet[MappingRow] = table.rows.order_by(*IN_ORDER)
        rows = search(table, in_force(rows, today) if current else rows, words)
        page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("p"))
        lines = (
            refused
            if refused is not None
            else sheet_of(table, list(page.object_list), first=page.start_index(), today=today)
        )
        context = {
            **self.page_context(request, table),
            "table": table,
            "page": page,
            "lines": lines,
            "line_ids": ",".join(line.id for line in lines),
            "refused": refused is not None,
            "words": words,
            "only_current": current,
            "missing": missing_keys(table),
            "readers": readers(table),
            "keys": self.keys(table),
            "may_edit": can(request, "table.edit", table.environment),
        }
        return TemplateResponse(request, "admin/table.html", context, status=422 if refused else 200)

    def export_view(self, request: HttpRequest, object_id: str) -> StreamingHttpResponse:
        """The whole table as CSV, for spreadsheets and for importing again."""
        table = self.found(request, object_id)
        lines = ("\ufeff" + line if place == 0 else line for place, line in enumerate(export_csv(table)))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table.environment.key}-{table.key}.csv"'
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed which row, from what to what; newest first."""
        table = self.found(request, object_id)
        before = request.GET.get("before", "")
        rows = RowChange.objects.filter(table=table).select_related("user").order_by("-id")
        if before.isascii() and before.isdigit():
            rows = rows.filter(pk__lt=int(before[:18]))
        shown = list(rows[: CHANGES_PER_PAGE + 1])
        context = {
            **self.page_context(request, table),
            "table": table,
            "changes": [(one, list(changes_of(one.before, one.after))) for one in shown[:CHANGES_PER_PAGE]],
            "older": shown[CHANGES_PER_PAGE - 1].pk if len(shown) > CHANGES_PER_PAGE else None,
        }
        return TemplateResponse(request, "admin/table_history.html", context)
