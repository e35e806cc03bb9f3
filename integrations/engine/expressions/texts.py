"""Names, e-mail addresses and companies, brought to one form for comparing."""

from connectors.sdk.names import normal_company, normal_email
from connectors.sdk.wire import Json
from integrations.engine.expressions.function import Function, Parameter, wrong_argument

__all__ = ["DECLARED"]


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
