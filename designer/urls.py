"""The designer's addresses: its part of the API, and the browser's page for every address that is nobody else's."""

from django.urls import include, path

__all__ = ["urlpatterns"]

urlpatterns = [
    path("api/v1/", include("designer.api.urls")),
]
