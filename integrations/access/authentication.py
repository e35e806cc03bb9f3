"""Signing in to the REST interface with an API key: `Authorization: Api-Key prefix.secret`."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from integrations.access.actor import KeyUser
from integrations.access.keys import matching, touch
from integrations.access.models import ApiKey

__all__ = ["ApiKeyAuthentication"]

SCHEME = "api-key"


class ApiKeyAuthentication(BaseAuthentication):
    """Puts a `KeyUser` in `request.user` and the `ApiKey` in `request.auth`."""

    def authenticate(self, request: Request) -> tuple[KeyUser, ApiKey] | None:
        """None when the request carries no such header; AuthenticationFailed when the key isn't valid."""
        scheme, _, value = get_authorization_header(request).partition(b" ")
        if scheme.decode("latin-1").lower() != SCHEME:
            return None
        key = matching(value.decode("latin-1").strip())
        if key is None:
            raise AuthenticationFailed("This API key isn't valid: it is unknown, has expired or was revoked.")
        touch(key)
        return KeyUser(key), key

    def authenticate_header(self, request: Request) -> str:
        """Makes a refusal a 401 that says how to sign in."""
        return 'Api-Key realm="Interlock"'
