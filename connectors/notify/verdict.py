"""From a messenger's report to the failure whose recovery fits; None when the message was taken."""

from collections.abc import Mapping

from connectors.notify.destination import Destination
from connectors.sdk.classify import classify_answer, classify_lost
from connectors.sdk.errors import Auth, Config, Data, Failure, OutcomeUnknown, Transient
from connectors.sdk.wire import Json, Request, Response

__all__ = ["failure_of"]

_MAIL_REFUSALS: Mapping[str, tuple[type[Failure], str, str, str]] = {
    "AUTH": (Auth, "unauthorized", "", "The mail server does not accept this user name and password."),
    "STARTTLS": (Config, "encryption", "", "The mail server does not offer encryption."),
    "MAIL": (Config, "sender_refused", "/sender", "The mail server refuses this sender."),
    "RCPT": (Data, "recipient_refused", "/to", "The mail server refuses a recipient."),
    "DATA": (Data, "message_refused", "/body", "The mail server refuses this message."),
}
"""By the command that was refused for good (5xx)."""


def failure_of(report: Mapping[str, Json], destination: Destination, request: Request) -> Failure | None:
    """What went wrong, by what the far side was seen to say."""
    if report["ok"]:
        return None
    return _never_left(report, destination) or (
        _mail_failure(report, request) if destination.mail else _service_failure(report, destination, request)
    )


def _never_left(report: Mapping[str, Json], destination: Destination) -> Failure | None:
    """What stopped the message before any of it went out."""
    detail = str(report["log"])
    if not report["valid"]:
        sentence = f"This is not a {destination.service} address, or something in it is missing."
        return Config(sentence, code="address", detail=detail)
    if report["sent"]:
        return None
    if report["elsewhere"]:
        sentence = (
            f"{destination.service} is reached at {report['elsewhere']}, and this connection may only reach "
            f"{destination.host}:{destination.port}. Set the connection's address to that host."
        )
        return Config(sentence, code="host", detail=detail)
    if report["address"]:
        return Config(
            f"The address of {destination.host} is not one this connection may reach.",
            code="address_refused",
            detail=f"{destination.host} resolves to {report['address']}",
        )
    return None


def _lost(report: Mapping[str, Json], request: Request, detail: str) -> Failure:
    """No answer to what was sent, or no way to send it."""
    if not report["sent"] and "CERTIFICATE_VERIFY_FAILED" in detail:
        sentence = "The far system's certificate is not one we can trust."
        return Config(sentence, code="certificate", detail=detail)
    return classify_lost(request, sent=bool(report["sent"]), reason=detail)


def _mail_failure(report: Mapping[str, Json], request: Request) -> Failure:
    detail = f"{report['replies']}\n{report['log']}"
    if report["accepted"]:
        sentence = "The mail server took this message for some of its recipients only."
        return OutcomeUnknown(sentence, code="partly_sent", detail=detail)
    command, code = _refusal(report["replies"])
    if not code:
        return _lost(report, request, detail)
    if code >= 500 and command in _MAIL_REFUSALS:  # noqa: PLR2004 - SMTP's for good
        kind, name, pointer, sentence = _MAIL_REFUSALS[command]
        return kind(sentence, code=name, pointer=pointer, detail=detail)
    return Transient("The mail server asks to try again later.", code=f"smtp_{code}", detail=detail)


def _refusal(replies: Json) -> tuple[str, int]:
    """The command that was refused last with its code, or ("", 0) when there is none. Saying goodbye doesn't count."""
    for command, code in reversed(replies):
        if command not in {"QUIT", "RSET", "EHLO", "HELO"} and code >= 400:  # noqa: PLR2004 - SMTP's no
            return str(command), int(code)
    return "", 0


def _service_failure(report: Mapping[str, Json], destination: Destination, request: Request) -> Failure:
    detail, statuses = str(report["log"]), report["statuses"]
    if report["sent"] > len(statuses) or not statuses:
        return _lost(report, request, detail)
    good = [status for status in statuses if status // 100 == 2]  # noqa: PLR2004 - the good ones
    if good and len(good) < len(statuses):
        sentence = f"{destination.service} took a part of this message only."
        return OutcomeUnknown(sentence, code="partly_sent", detail=detail)
    headers = {"retry-after": str(report["retry_after"])} if report["retry_after"] else {}
    refusal = classify_answer(request, Response(statuses[-1], headers, None, detail))
    return refusal or Data(
        f"{destination.service} answered, but did not take the message.", code="not_taken", detail=detail
    )
