"""How one signs in, of a document's securitySchemes, as the lines of a `client.py`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from connectors.sdk.openapi.document import Document, place

__all__ = ["SignIn", "sign_ins"]


@dataclass(frozen=True, slots=True)
class SignIn:
    """`id` as the manifest names it, `code` as `client.py` calls it, and what that needs from `connectors.sdk.auth`."""

    id: str
    code: str
    needs: str


def sign_ins(document: Document, base_url: str) -> list[SignIn]:
    """Each kind once, the first of its kind; none at all when the document names none that can be used."""
    found: dict[str, SignIn] = {}
    schemes = (document.raw.get("components") or {}).get("securitySchemes") or {}
    for name, raw in schemes.items():
        where = place("components", "securitySchemes", name)
        scheme = document.followed(raw, where)
        made = (
            _flows(document, scheme, where, base_url) if scheme.get("type") == "oauth2" else [_plain(scheme)]
        )
        for one in made:
            if one is None:
                document.note(where, f"is a sign-in that can't be used: {_words(scheme)}")
            elif one.id in found:
                document.note(where, f"is left out: there is a sign-in of the kind {one.id} already")
            else:
                found[one.id] = one
    return list(found.values()) or [SignIn("none", "no_auth()", "no_auth")]


def _plain(scheme: Mapping[str, Any]) -> SignIn | None:
    kind, http = scheme.get("type"), str(scheme.get("scheme", "")).lower()
    if kind == "http" and http == "basic":
        return SignIn("basic", "basic()", "basic")
    if kind == "http" and http == "bearer":
        return SignIn("bearer", "bearer()", "bearer")
    if kind == "apiKey" and scheme.get("in") == "header" and scheme.get("name"):
        return SignIn("api_key", f"api_key(header={_text(scheme['name'])})", "api_key")
    return None


def _flows(document: Document, scheme: Mapping[str, Any], where: str, base_url: str) -> list[SignIn | None]:
    made: list[SignIn | None] = []
    for name, flow in (scheme.get("flows") or {}).items():
        token_url = urljoin(f"{base_url}/", str(flow.get("tokenUrl") or ""))
        scopes = _text(" ".join(flow.get("scopes") or {}))
        if not token_url.startswith("https://") or name == "implicit":
            document.note(f"{where}/flows/{name}", "can't be used: it has no token address over https")
        elif name == "authorizationCode":
            consent = urljoin(f"{base_url}/", str(flow.get("authorizationUrl") or ""))
            code = f"oauth2_code(OAuth2({_text(consent)}, {_text(token_url)}, {scopes}))"
            made.append(SignIn("oauth2_code", code, "oauth2_code"))
        elif name == "clientCredentials":
            code = f"oauth2_client_credentials({_text(token_url)}, {scopes})"
            made.append(SignIn("oauth2_client_credentials", code, "oauth2_client_credentials"))
        elif name == "password":
            code = f"oauth2_password({_text(token_url)}, {scopes})"
            made.append(SignIn("oauth2_password", code, "oauth2_password"))
    return made


def _words(scheme: Mapping[str, Any]) -> str:
    parts = [scheme.get("type"), scheme.get("scheme"), scheme.get("in") and f"in {scheme['in']}"]
    return " ".join(str(part) for part in parts if part) or "nothing is said about it"


def _text(value: object) -> str:
    """As a Python literal with double quotes."""
    return json.dumps(str(value))
