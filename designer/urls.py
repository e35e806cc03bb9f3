"""The designer's addresses: its part of the API, and the browser's page for every address that is nobody else's."""

from django.urls import include, path, re_path

from designer.spa import spa

__all__ = ["urlpatterns"]

OTHERS = "api|in|ws|static|admin|oauth|healthz|readyz|metrics"
"""First parts of addresses that never are the browser's: an unknown one below them is not found, not a page."""

urlpatterns = [
    path("api/v1/", include("designer.api.urls")),
    re_path(rf"^(?!(?:{OTHERS})(?:/|$))[^.]*$", spa, name="spa"),
]
