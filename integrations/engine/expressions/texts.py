"""Names, e-mail addresses and companies, brought to one form for comparing."""

import re
import unicodedata
from email.utils import parseaddr

from connectors.sdk.wire import Json
from integrations.engine.expressions.function import Function, Parameter, wrong_argument

__all__ = ["DECLARED", "normal_company", "normal_email"]

_LEGAL_FORMS = frozenset(
    [
        "ab",
        "ag",
        "aps",
        "as",
        "asa",
        "bv",
        "co",
        "company",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "incorporated",
        "kg",
        "kk",
        "limited",
        "llc",
        "llp",
        "ltd",
        "lp",
        "nv",
        "oy",
        "oyj",
        "plc",
        "pty",
        "sa",
        "sarl",
        "sas",
        "sl",
        "spa",
        "srl",
    ]
)


def normal_email(text: str) -> str:
    """Lower case, without a display name ("Ann <a@x.com>" → "a@x.com"); "" when it isn't an address."""
    address = parseaddr(text.strip())[1].strip().lower()
    local, at, domain = address.rpartition("@")
    return address if at and local and "." in domain and " " not in address else ""


def normal_company(text: str) -> str:
    """Lower case, without accents, punctuation and legal forms at the end ("Acmé Ltd." → "acme")."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words = re.sub(r"[^\w]+", " ", re.sub(r"(?<=\w)[.'’](?=\w|$)", "", plain)).split()
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _normal_email(text: Json = None) -> Json:
    if text is None:
        return None
    if not isinstance(text, str):
        raise wrong_argument("normalEmail", "an e-mail address", text)
    return normal_email(text) or None


def _normal_company(text: Json = None) -> Json:
    if text is None:
        return None
    if not isinstance(text, str):
        raise wrong_argument("normalCompany", "a company name", text)
    return normal_company(text) or None


def _contact_name(given: Json = None, family: Json = None) -> Json:
    parts = [" ".join(part.split()) for part in (given, family) if isinstance(part, str)]
    return " ".join(part for part in parts if part) or None


DECLARED = (
    Function(
        name="normalEmail",
        parameters=(Parameter("address", "text"),),
        returns="text",
        help="The address in lower case and without a display name; null when there is none.",
        example=('$normalEmail("Ann Lee <Ann@Example.com>")', "ann@example.com"),
        run=_normal_email,
    ),
    Function(
        name="normalCompany",
        parameters=(Parameter("name", "text"),),
        returns="text",
        help="The company name for comparing: lower case, no accents, no punctuation, no legal form at the end.",
        example=('$normalCompany("Acmé Trading Ltd.")', "acme trading"),
        run=_normal_company,
    ),
    Function(
        name="contactName",
        parameters=(Parameter("given", "text"), Parameter("family", "text", optional=True)),
        returns="text",
        help="Given and family name as one name; null when both are missing.",
        example=('$contactName("Ann", " Lee ")', "Ann Lee"),
        run=_contact_name,
    ),
)
