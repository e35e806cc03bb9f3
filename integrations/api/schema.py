"""The OpenAPI document of everything under /api/v1/."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.views import SpectacularAPIView
from rest_framework.settings import api_settings

from integrations.access.actions import SIGNED_IN

__all__ = ["ApiKeyScheme", "SchemaView"]


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library's registration hook
    """How a program signs in."""

    target_class = "integrations.access.authentication.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        del auto_schema
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Api-Key <prefix>.<secret>",
        }


class SchemaView(SpectacularAPIView):
    """The document itself; for everybody who has signed in."""

    actions = {"GET": SIGNED_IN}
    permission_classes = api_settings.DEFAULT_PERMISSION_CLASSES
