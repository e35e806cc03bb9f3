"""Django's admin classes with their type parameters, which exist for the type checker only."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin

__all__ = ["ModelAdmin", "TabularInline"]

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    TabularInline = admin.TabularInline
else:

    class ModelAdmin(admin.ModelAdmin):
        """`ModelAdmin[Run]` is `ModelAdmin`."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls

    class TabularInline(admin.TabularInline):
        """`TabularInline[Child, Parent]` is `TabularInline`."""

        def __class_getitem__(cls, _models: Any) -> type:
            return cls
