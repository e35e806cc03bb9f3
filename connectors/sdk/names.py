"""Normal forms of what identifies a person or a company, so that two spellings meet as one."""

import re
import unicodedata
from email.utils import parseaddr

__all__ = ["normal_company", "normal_email"]

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
        "lp",
        "ltd",
        "nv",
        "oy",
        "oyj",
        "plc",
        "pty",
        "sa",
        "sarl",
        "sas",
        "se",
        "sl",
        "spa",
        "srl",
    ]
)
_JOINING = frozenset({"and", "und", "et", "y", "e"})
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_NOT_WORD = re.compile(r"[^\w]+")


def normal_email(email: str) -> str:
    """ "Ida Larch <Ida@Larch.Example> " → "ida@larch.example"; "" when it isn't an address."""
    text = parseaddr(email.strip())[1].strip().lower()
    local, at, domain = text.rpartition("@")
    return text if at and local and "." in domain and not re.search(r"\s", text) else ""


def normal_company(name: str) -> str:
    """ "Larch & Co., Ltd." → "larch": case, accents, punctuation and legal forms at the end don't count.

    A name that is nothing but a legal form stays as it is.
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = _DOTTED.sub(lambda match: match.group().replace(".", "") + " ", plain)
    plain = plain.replace("'", "").replace("\u2019", "")
    words = [word for word in _NOT_WORD.split(plain.replace("&", " and ")) if word]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS | _JOINING:
        words.pop()
    return " ".join(words)
