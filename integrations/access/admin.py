"""People in the admin: who holds which role where, and who may sign in at all. Groups and model permissions are not used."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from integrations.access.admin_audit import AuditEntryAdmin
from integrations.access.admin_keys import ApiKeyAdmin
from integrations.access.authorise import can
from integrations.access.models import Membership
from integrations.console import marks
from integrations.console.permissions import RoleAdmin
from integrations.console.typed import TabularInline

__all__ = ["ApiKeyAdmin", "AuditEntryAdmin", "MembershipAdmin", "PersonAdmin"]

if TYPE_CHECKING:
    StockUserAdmin = UserAdmin[User]
else:
    StockUserAdmin = UserAdmin

admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(Membership)
class MembershipAdmin(RoleAdmin[Membership]):
    view_action = "access.view"
    add_action = change_action = delete_action = "access.edit"
    list_display = ("person", "role_shown", "where")
    list_display_links = ("person",)
    list_filter = ("role",)
    list_select_related = ("user", "environment")
    search_fields = ("user__username", "user__first_name", "user__last_name")
    search_help_text = "Name"
    fields = ("user", "role", "environment")

    @admin.display(description="person")
    def person(self, membership: Membership) -> str:
        return membership.user.get_full_name() or membership.user.get_username()

    @admin.display(description="role")
    def role_shown(self, membership: Membership) -> str:
        return membership.get_role_display()

    @admin.display(description="environment")
    def where(self, membership: Membership) -> str:
        return membership.environment.name if membership.environment else "All environments"


class MembershipInline(TabularInline[Membership, User]):
    """The roles of one person; shown to whoever may change access everywhere."""

    model = Membership
    extra = 1
    verbose_name_plural = "roles"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None:
            field.empty_label = "All environments"
        return field

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request, "access.edit", None)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request, "access.edit", None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request, "access.edit", None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request, "access.edit", None)


@admin.register(User)
class PersonAdmin(RoleAdmin[User], StockUserAdmin):
    """Users are made and changed by administrators of all environments; a superuser only by another one."""

    view_action = "access.view"
    add_action = change_action = "access.edit"
    environment_path = ""
    list_display = ("person", "email", "roles", "state_mark", "seen")
    list_display_links = ("person",)
    list_filter = ("is_active",)
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = "Name or e-mail"
    ordering = ("username",)
    filter_horizontal = ()
    inlines = (MembershipInline,)
    add_form = UserCreationForm
    add_form_template = None
    readonly_fields = ("password_link", "seen", "joined")
    add_fieldsets = (("Person", {"fields": ("username", "password1", "password2")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("memberships__environment")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        rights = ("is_active", "is_superuser") if request.user.is_superuser else ("is_active",)
        return (
            ("Person", {"fields": ("username", "first_name", "last_name", "email")}),
            ("Signing in", {"fields": (*rights, "password_link", "seen", "joined")}),
        )

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        return self.inlines if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return can(request, "access.edit", None)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return can(request, "access.edit", None)

    @admin.display(description="user name")
    def person(self, user: User) -> SafeString:
        return format_html('<b>{}</b><span class="sub">{}</span>', user.get_username(), user.get_full_name())

    @admin.display(description="roles")
    def roles(self, user: User) -> SafeString | str:
        if user.is_superuser:
            return "superuser"
        held = (
            (one.role, one.environment.key if one.environment else "all") for one in user.memberships.all()
        )
        return format_html_join(", ", '{} <span class="t3">in {}</span>', held)

    @admin.display(description="state")
    def state_mark(self, user: User) -> SafeString:
        look = (
            marks.Look("ok", "circle-check", "Active")
            if user.is_active
            else marks.Look("", "ban", "Shut out")
        )
        return marks.status(look)

    @admin.display(description="last sign-in")
    def seen(self, user: User) -> SafeString:
        return marks.ago(user.last_login)

    @admin.display(description="made")
    def joined(self, user: User) -> SafeString:
        return marks.instant(user.date_joined)

    @admin.display(description="password")
    def password_link(self, user: User) -> SafeString:
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="btn small" href="{}">Set a new password</a>', url)
