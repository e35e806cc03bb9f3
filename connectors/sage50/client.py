"""Talking to Sage: OAuth 2, the business header, and its arrays of errors."""

import re
from collections.abc import Mapping
from http import HTTPStatus

from connectors.sdk.account import Account, AccountIdentity, AuthKind, OAuth2, Secrets
from connectors.sdk.client import Client
from connectors.sdk.errors import Auth, Config, Conflict, Data, Failure, NotFound
from connectors.sdk.operation import Call, Portion
from connectors.sdk.pagination import by_link, link_portion
from connectors.sdk.schema import obj, secret, text
from connectors.sdk.wire import Json, Request, Response

__all__ = ["CLIENT", "businesses", "page", "pages"]

_FAILURES: Mapping[int, tuple[type[Failure], str]] = {
    400: (Data, "refused"),
    402: (Config, "no_subscription"),
    403: (Config, "no_permission"),
    404: (NotFound, "not_found"),
    409: (Conflict, "conflict"),
    410: (NotFound, "gone"),
    422: (Data, "refused"),
}

_OURS = {
    "contact_id": "customer_id",
    "invoice_lines": "lines",
    "ledger_account_id": "nominal_code",
    "status_id": "status",
    "currency_id": "currency",
    "source_guid": "company_key",
    "main_address": "address",
    "address_line_1": "line1",
    "address_line_2": "line2",
    "country_id": "country",
    "contact_type_ids": "types",
    "allocated_artefacts": "allocated",
    "artefact_id": "document_id",
    "quote_lines": "lines",
    "estimate_lines": "lines",
    "original_quote_estimate_id": "quote_id",
    "sales_ledger_account_id": "sales_nominal_code",
    "purchase_ledger_account_id": "purchase_nominal_code",
    "sales_prices": "sales_price",
    "sales_rates": "sales_price",
    "file": "content",
    "attachment_context_id": "document_id",
    "attachment_context_type_id": "document",
    "address_type_id": "type",
    "is_main_address": "is_main",
}
"""Sage's field names → those of our inputs, for the place of an error."""

_PERSON = {"email": "/email", "name": "/contact_name", "telephone": "/phone"}


_LISTS = {"items_per_page": 100, "attributes": "all"}


def pages(call: Call, path: str, query: Mapping[str, Json]) -> list[Json]:
    """All items of a list, following `$next` (a path relative to the API's base)."""
    return list(by_link(call, path, {**_LISTS, **query}, items="$items", following="$next"))


def page(call: Call, path: str, query: Mapping[str, Json], at: Json) -> Portion:
    """One page of a list: the first, or the one that the `$next` of another leads to."""
    return link_portion(call, path, {**_LISTS, **query}, at, items="$items", following="$next")


def classify(_request: Request, response: Response) -> Failure | None:
    """Sage's refusals; None leaves the rest (429, 5xx) to the default table."""
    errors = _errors(response)
    sentence = "; ".join(filter(None, map(_sentence, errors)))
    detail = f"{response.status}: {response.text[:2000]}"
    if response.status == HTTPStatus.UNAUTHORIZED:
        return _unauthorized(errors, sentence, detail)
    if response.status not in _FAILURES:
        return None
    failure, code = _FAILURES[response.status]
    first = errors[0] if errors else {}
    return failure(
        f"Sage: {sentence}" if sentence else "Sage refused this.",
        code=code,
        pointer=_pointer(str(first.get("$source") or "")),
        detail=detail,
        info={"errors": [_brief(error) for error in errors]} if errors else None,
    )


def identify(call: Call) -> AccountIdentity:
    """Whose account this is: the business. With several, setting `business_id` says which."""
    found = businesses(call)
    wanted = str(call.settings.get("business_id") or "")
    chosen = [one for one in found if one["id"] == wanted] if wanted else found
    if not chosen:
        sentence = "The business set on this connection is not one this sign-in can see."
        raise Config(
            sentence, code="business_unknown", pointer="/business_id", info={"choices": _choices(found)}
        )
    if len(chosen) > 1:
        sentence = "This sign-in sees several businesses; choose one."
        raise Config(
            sentence, code="business_needed", pointer="/business_id", info={"choices": _choices(found)}
        )
    return AccountIdentity(chosen[0]["id"], chosen[0]["name"])


def businesses(call: Call) -> list[dict[str, str]]:
    """[{"id", "name"}] of the businesses this sign-in may use."""
    found = by_link(call, "/businesses", {}, items="$items", following="$next")
    return [
        {"id": str(one["id"]), "name": str(one.get("displayed_as") or one.get("name") or one["id"])}
        for one in found
    ]


def _unauthorized(errors: list[Json], sentence: str, detail: str) -> Failure:
    """Only an expired or revoked token is cured by signing in again; a missing subscription or role is not."""
    codes = {str(error.get("$dataCode") or "") for error in errors}
    if "subscription" in sentence.lower():
        return Config(f"Sage: {sentence}", code="no_subscription", detail=detail)
    if "MultiUserAccessDenied" in codes or "business" in sentence.lower():
        return Config(f"Sage: {sentence}", code="no_access", pointer="/business_id", detail=detail)
    return Auth("Sage does not accept the sign-in any more.", code="token_expired", detail=detail)


def _errors(response: Response) -> list[Json]:
    """Normally an array; some gateways give one object."""
    body = response.json
    found = body if isinstance(body, list) else [body]
    return [one for one in found if isinstance(one, dict) and ("$message" in one or "$dataCode" in one)]


def _sentence(error: Json) -> str:
    """The message; one that is only a predicate ("is too long") gets its field in front."""
    message, source = str(error.get("$message") or ""), str(error.get("$source") or "")
    field = source.rpartition(".")[2].replace("_", " ")
    return f"{field} {message}" if message[:1].islower() and field not in {"", "base"} else message


def _brief(error: Json) -> dict[str, str]:
    source = str(error.get("$source") or "")
    return {
        "pointer": _pointer(source),
        "code": str(error.get("$dataCode") or ""),
        "sentence": str(error.get("$message") or ""),
    }


def _pointer(source: str) -> str:
    """ "sales_invoice.invoice_lines[0].tax_rate_id" → "/lines/0/tax_rate_id"; "base" and "" concern the whole record."""
    record, *parts = [part for part in re.split(r"[.\[\]/]+", source) if part] or [""]
    if not parts:
        return ""
    if record == "address" and parts == ["contact_id"]:
        return "/contact_id"
    if parts[0] == "main_contact_person":
        return _PERSON.get(parts[-1], "/contact_name")
    return "".join(f"/{_OURS.get(part, part)}" for part in parts)


def _choices(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"value": one["id"], "label": one["name"]} for one in found]


def _headers(account: Account) -> Mapping[str, str]:
    business = str(account.settings.get("business_id") or "")
    return {"X-Business": business} if business else {}


def _sign(headers: dict[str, str], secrets: Secrets) -> None:
    headers["Authorization"] = f"Bearer {secrets.reveal('access_token')}"


_OAUTH = AuthKind(
    "oauth2_code",
    "Sign in with Sage",
    obj(
        {"client_id": text("Client id", shortest=1), "client_secret": secret("Client secret")},
        required=("client_id", "client_secret"),
    ),
    _sign,
    OAuth2(
        authorize_url="https://www.sageone.com/oauth2/auth/central?filter=apiv3.1",
        token_url="https://oauth.accounting.sage.com/token",  # noqa: S106 - an address
        scope="full_access",
    ),
)

CLIENT = Client(
    auth=(_OAUTH,),
    identify=identify,
    classify=classify,
    headers=_headers,
    settings=obj(
        {
            "business_id": text(
                "Business", help="Which of the businesses this sign-in sees.", x_options="businesses"
            ),
            "oauth_base_url": text("Sign-in address", help="Only for a sandbox or an on-premise address."),
        }
    ),
)
