"""From Infor's refusals to failures: the gateway's by status, M3's by errorType and message id, CSI's by Success and Message.

Message texts follow the service user's language, so M3's are told apart by code and type, never by text. Of M3's message ids the
last two digits are read as its programs use them: 03 does not exist, 04 exists already.
"""

import re
from http import HTTPStatus

from connectors.sdk.classify import retry_after
from connectors.sdk.errors import Auth, Config, Conflict, Data, Failure, NotFound, RateLimited
from connectors.sdk.wire import Json, Request, Response

__all__ = ["classify", "m3_failure"]

_BLANKS = re.compile(r"\s+")
_MESSAGE_ID = re.compile(r"[A-Z]{1,5}[A-Z0-9]*(\d\d)")
_CSI_FIELD = re.compile(r"\.? *Property: (\w+)")
_TYPES: dict[str, tuple[type[Failure], str, str]] = {
    "MandatoryInputFieldNotFound": (Data, "field_missing", "M3 needs the field {field}. Map a value to it and retry."),
    "InputFieldTooLong": (Data, "field_too_long", "The value of {field} is too long for M3. Shorten it and retry."),
    "TransactionNotFound": (
        Config, "transaction_unknown",
        "This M3 has no such transaction. Ask its administrator to check it in MRS001MI.",
    ),
}  # fmt: skip
_FIELDS = {
    "CUNO": "/customer_id", "CUNM": "/name", "CUA1": "/address/line1", "ITNO": "/item_id", "ORQT": "/quantity",
    "SAPR": "/unit_price", "ORNO": "/order_id", "CUOR": "/external_order_number", "WHLO": "/warehouse", "MAIL": "/email",
    "PHNO": "/phone", "RLDT": "/requested_date", "DWDT": "/requested_date", "ALCU": "/customer_key",
    "CustNum": "/customer_id", "Item": "/item_id", "QtyOrderedConv": "/quantity", "PriceConv": "/unit_price",
    "CoNum": "/order_id", "Name": "/name",
}  # fmt: skip
_CSI: tuple[tuple[re.Pattern[str], type[Failure], str, str], ...] = (
    (re.compile(r"invalid token|token .*expired", re.I), Auth, "token", "CSI does not accept the sign-in any more."),
    (re.compile(r"privilege|not licensed", re.I), Config, "no_privilege", "Give the service account the right it lacks."),
    (re.compile(r"configuration", re.I), Config, "configuration", "Correct “Configuration” on the connection."),
    (re.compile(r"^(IDO|Method) .*not found|Property \w+ not found", re.I), Config, "unknown_name", "Correct the name; CSI's names are case-sensitive."),
    (re.compile(r"changed by another|locked by", re.I), Conflict, "changed", "Load the record again and retry."),
    (re.compile(r"already exists", re.I), Conflict, "exists", "Use the record that is there."),
    (re.compile(r"is required|must be entered", re.I), Data, "field_missing", "Map a value to it and retry."),
    (re.compile(r"correct format|valid DateTime|must be a string", re.I), Data, "type_mismatch", "Correct the value and retry."),
    (re.compile(r"does not exist|is not valid", re.I), NotFound, "not_found", "Correct the reference and retry."),
)  # fmt: skip


def classify(request: Request, response: Response) -> Failure | None:
    """Infor's own refusals; None leaves the rest (5xx) to the default table."""
    gateway = _gateway(response)
    if gateway is not None:
        return gateway
    if request.path.startswith("/M3/"):
        return _m3(response)
    if request.path.startswith("/CSI/") and response.status == HTTPStatus.OK:
        return _csi(response)
    return None


def m3_failure(error: Json, at: str = "") -> Failure:  # noqa: PLR0911 - one failure a case
    """One refused transaction of M3 as a failure; `at` says which ("line 2")."""
    kind, code = str(error.get("errorType") or ""), str(error.get("errorCode") or "").strip()
    field = str(error.get("errorField") or "").strip()
    pointer, where = _FIELDS.get(field, ""), f" ({at})" if at else ""
    detail = _BLANKS.sub(" ", str(error.get("errorMessage") or error.get("terminationReason") or "")).strip()
    if kind in _TYPES:
        failure, name, sentence = _TYPES[kind]
        return failure(
            sentence.format(field=field or "that is missing") + where,
            code=name,
            pointer=pointer,
            detail=detail,
        )
    said = _said(detail, code, field)
    if code == "XAU0008":
        sentence = (
            "The service account may not use this M3 company. Correct “Company”, or give it the right in M3."
        )
        return Config(sentence, code="company", pointer="/company", detail=detail)
    number = _MESSAGE_ID.fullmatch(code)
    ending = number.group(1) if number else ""
    if field == "CHNO":
        return Conflict(f"M3: {said}{where}. Read the record again and retry.", code="changed", detail=detail)
    if ending == "04" and code.startswith("W"):
        return Conflict(
            f"M3: {said}{where}. Use the record that is there.", code="exists", pointer=pointer, detail=detail
        )
    if ending == "03" and code.startswith("W"):
        return NotFound(
            f"M3: {said}{where}. Correct the number and retry.",
            code="not_found",
            pointer=pointer,
            detail=detail,
        )
    fix = f"Correct {field}" if field else "Correct the record"
    return Data(f"M3: {said}{where}. {fix} and retry.", code="refused", pointer=pointer, detail=detail)


def _gateway(response: Response) -> Failure | None:
    detail = f"{response.status}: {response.text[:1000]}"
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        sentence = "The limit of Infor's gateway is used up. It goes on by itself; ask for a higher quota if it comes often."
        return RateLimited(
            sentence, code="rate_limited", retry_after=retry_after(response.headers) or 10.0, detail=detail
        )
    if response.status == HTTPStatus.UNAUTHORIZED:
        return Auth("Infor's gateway does not accept the token any more.", code="token", detail=detail)
    if response.status == HTTPStatus.FORBIDDEN:
        sentence = "The service account lacks the permission for this. Ask the Infor administrator for its scope or role."
        return Config(sentence, code="forbidden", detail=detail)
    if response.status == HTTPStatus.NOT_FOUND:
        sentence = "This path is not registered in the tenant's gateway. Check the address, and that the product is there."
        return Config(sentence, code="not_registered", detail=detail)
    return None


def _m3(response: Response) -> Failure | None:  # noqa: PLR0911 - one failure a case
    body = response.json
    if not isinstance(body, dict):
        return _bare(response)
    if "errorMessage" in body or ("terminationReason" in body and response.status != HTTPStatus.OK):
        return m3_failure(body)
    if response.status != HTTPStatus.OK:
        return _bare(response)
    results = body.get("results") or []
    several = len(results) > 1
    for number, one in enumerate(results, 1):
        if one.get("errorMessage") or one.get("errorType"):
            return m3_failure(one, f"transaction {number}" if several else "")
    if body.get("wasTerminated") or any(one.get("notProcessed") for one in results):
        return Data(
            "M3 stopped in the middle of a bulk. Retry it.", code="terminated", detail=response.text[:1000]
        )
    return None


def _bare(response: Response) -> Failure | None:
    """A refusal without M3's own fields."""
    if response.status != HTTPStatus.BAD_REQUEST:
        return None
    sentence = "M3 refused the request without a reason. Check in MRS001MI that the transaction is there."
    return Config(sentence, code="refused_bare", detail=response.text[:1000])


def _csi(response: Response) -> Failure | None:
    body = response.json
    if not isinstance(body, dict):
        return Data("CSI's answer can't be read.", code="unreadable", detail=response.text[:1000])
    if str(body.get("ReturnValue") or "0") not in ("", "0"):
        told = [str(one) for one in body.get("Parameters") or [] if one]
        return Data(
            f"CSI: {told[-1] if told else 'the method refused'}.",
            code="method_refused",
            detail=response.text[:1000],
        )
    if body.get("Success") is not False:
        return None
    message = str(body.get("Message") or "it gave no reason")
    field = _CSI_FIELD.search(message)
    plain = _CSI_FIELD.sub(lambda found: f" ({found[1]})", message).rstrip(". ")
    for pattern, failure, code, remedy in _CSI:
        if pattern.search(message):
            pointer = _FIELDS.get(field[1], "") if field else ""
            return failure(f"CSI: {plain}. {remedy}", code=code, pointer=pointer, detail=message)
    return Data(f"CSI: {plain}. Correct the record and retry.", code="refused", detail=message)


def _said(detail: str, code: str, field: str) -> str:
    """M3's message without the code and field it repeats."""
    words = detail.removesuffix(f" {field}").strip() if field else detail.strip()
    words = words.removesuffix(code).strip() if code else words
    return words.rstrip(". ") or "the transaction was refused"
