"""Finding a customer: by our own key, then e-mail, then company name; anything doubtful goes to a person."""

import base64
import hashlib
from collections.abc import Sequence

from connectors.sage50.client import pages
from connectors.sdk.errors import Conflict
from connectors.sdk.names import normal_company, normal_email
from connectors.sdk.operation import Call, Match
from connectors.sdk.wire import Json

__all__ = [
    "customer_output",
    "email_of",
    "existing",
    "identities",
    "search_name",
    "short_reference",
    "standing_customers",
]

_REFERENCE_LENGTH = 10
_JOINING = frozenset({"&", "+", "and", "und", "et", "y"})


def existing(call: Call, data: Json) -> Match | None:
    """The contact this input already means, or None. Raises `Conflict` when a person must decide.

    1. a contact that carries our company key; 2. the one with this e-mail address; 3. one of this name, if nothing
    speaks against it and `on_name_match` accepts it.
    """
    key = data.get("company_key") or ""
    keyed = _by_key(data, standing_customers(call, search=short_reference(key))) if key else None
    if keyed:
        return keyed
    return _by_email(call, data) or _by_name(call, data)


def identities(data: Json) -> Sequence[str]:
    """Every key the customer has, strongest first; the name only when there is nothing better."""
    email = normal_email(data.get("email") or "")
    keys = [f"key:{data['company_key']}"] if data.get("company_key") else []
    keys += [f"email:{email}"] if email else []
    country = _upper((data.get("address") or {}).get("country"))
    return keys or [f"name:{normal_company(data['name'])}|{country}"]


def standing_customers(call: Call, **query: Json) -> list[Json]:
    """Customers by Sage's own filters, deleted ones left out."""
    found = pages(call, "/contacts", {"contact_type_id": "CUSTOMER", "nested_attributes": "all", **query})
    return [one for one in found if not one.get("deleted_at")]


def customer_output(contact: Json, matched_by: str) -> Json:
    return {
        "id": str(contact["id"]),
        "name": str(contact.get("name") or contact.get("displayed_as") or ""),
        "reference": str(contact.get("reference") or ""),
        "matched_by": matched_by,
    }


def email_of(contact: Json) -> str:
    """The contact's e-mail address, normalised; "" when it has none."""
    person = contact.get("main_contact_person") or {}
    return normal_email(str(contact.get("email") or person.get("email") or ""))


def search_name(name: str) -> str:
    """The part of a company name worth searching for, since Sage finds parts: up to the first "&" or "and", and without
    legal forms at its end. "Fern & Sons Ltd" and "FERN AND SONS" both search for "Fern"."""
    words = name.split()
    joint = next((at for at, word in enumerate(words) if at and word.lower() in _JOINING), len(words))
    words = words[:joint]
    core = normal_company(" ".join(words)).split()
    while len(words) > 1 and normal_company(" ".join(words[:-1])).split() == core:
        words.pop()
    return " ".join(words).strip(" .,;&")


def short_reference(key: str) -> str:
    """A 10-character customer reference derived from our company key: what makes the key searchable in Sage."""
    return base64.b32encode(hashlib.sha256(key.encode()).digest()).decode()[:_REFERENCE_LENGTH]


def _by_email(call: Call, data: Json) -> Match | None:
    email = normal_email(data.get("email") or "")
    if not email:
        return None
    found = [one for one in standing_customers(call, email=email) if email_of(one) == email]
    if not found:
        return None
    match = _by_key(data, found) or _only(found, "email", f"Several Sage customers have the address {email}.")
    if match.matched_by == "email" and _is_another(data, found[0]):
        sentence = f"The Sage customer with the address {email} belongs to another company of the CRM."
        raise _for_a_person(sentence, "customer_key_differs", found)
    return match


def _by_name(call: Call, data: Json) -> Match | None:
    name, country = normal_company(data["name"]), _upper((data.get("address") or {}).get("country"))
    found = [
        one
        for one in standing_customers(call, search=search_name(data["name"]))
        if normal_company(str(one.get("name") or "")) == name
        and _country(one) in {"", country or _country(one)}
    ]
    if not found:
        return None
    match = _by_key(data, found) or _only(
        found, "name", f"Several Sage customers are called “{data['name']}”."
    )
    if match.matched_by == "name":
        _refuse_doubtful_name(data, found)
    return match


def _refuse_doubtful_name(data: Json, found: list[Json]) -> None:
    """One customer of this name: raise `Conflict` when its key or address is another's, or when names are held."""
    name, email, theirs = data["name"], normal_email(data.get("email") or ""), email_of(found[0])
    if _is_another(data, found[0]):
        sentence = f"A Sage customer is called “{name}” but belongs to another company of the CRM."
        raise _for_a_person(sentence, "customer_key_differs", found)
    if email and theirs and email != theirs:
        sentence = f"A Sage customer is called “{name}” but has the address {theirs}, not {email}."
        raise _for_a_person(sentence, "customer_email_differs", found)
    if data.get("on_name_match", "hold") == "hold":
        sentence = f"A Sage customer is called “{name}”, and only the name matches."
        raise _for_a_person(sentence, "customer_name_only", found)


def _by_key(data: Json, found: list[Json]) -> Match | None:
    """The one among these that carries our company key, whatever it was searched by."""
    key = data.get("company_key") or ""
    keyed = [one for one in found if key and one.get("source_guid") == key]
    return _only(keyed, "source_guid", f"Several Sage customers carry the key {key}.") if keyed else None


def _is_another(data: Json, contact: Json) -> bool:
    key, theirs = data.get("company_key") or "", str(contact.get("source_guid") or "")
    return bool(key and theirs and theirs != key)


def _only(found: list[Json], matched_by: str, several: str) -> Match:
    if len(found) > 1:
        raise _for_a_person(several, "customer_ambiguous", found)
    contact = found[0]
    return Match(
        str(contact["id"]),
        customer_output(contact, matched_by),
        str(contact.get("created_at") or ""),
        matched_by,
    )


def _for_a_person(sentence: str, code: str, found: list[Json]) -> Conflict:
    candidates = [
        {**customer_output(one, ""), "email": email_of(one), "source_guid": str(one.get("source_guid") or "")}
        for one in found[:10]
    ]
    return Conflict(
        sentence, code=code, pointer="/name" if "name" in code else "/email", info={"candidates": candidates}
    )


def _country(contact: Json) -> str:
    country = (contact.get("main_address") or {}).get("country") or {}
    return _upper(country.get("id") if isinstance(country, dict) else country)


def _upper(text: Json) -> str:
    return str(text or "").upper()
