"""The vault's two public addresses: off to a provider's consent page, and back."""

from django.urls import path

from integrations.vault.oauth import callback, start

__all__ = ["urlpatterns"]

urlpatterns = [
    path("oauth/start/<int:connection_id>/", start, name="oauth-start"),
    path("oauth/callback/", callback, name="oauth-callback"),
]
