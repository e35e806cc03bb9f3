"""Django's admin and form classes with their type parameters, which exist for the type checker only."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

__all__ = ["ModelAdmin", "ModelChoiceField", "ModelForm", "TabularInline"]

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin
    ModelChoiceField = forms.ModelChoiceField
    ModelForm = forms.ModelForm
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

    class ModelForm(forms.ModelForm):
        """`ModelForm[Run]` is `ModelForm`."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls

    class ModelChoiceField(forms.ModelChoiceField):
        """`ModelChoiceField[Run]` is `ModelChoiceField`."""

        def __class_getitem__(cls, _model: Any) -> type:
            return cls
