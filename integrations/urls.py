"""Where the two apps' URLs meet. The public door, the API, the admin; the browser's page takes every other address."""

from django.contrib import admin
from django.urls import include, path, re_path

from integrations.api.away import failed
from integrations.api.health import healthz, readyz
from integrations.api.problems import not_found
from integrations.ingress.webhook import receive

__all__ = ["handler500", "urlpatterns"]

urlpatterns = [
    path("in/<str:path>/", receive, name="webhook"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("integrations.vault.urls")),
    path("api/v1/", include("integrations.api.urls")),
    path("", include("designer.urls")),
    re_path(r"^(?:api|in|ws)(?:/.*)?$", not_found),
]
handler500 = failed
