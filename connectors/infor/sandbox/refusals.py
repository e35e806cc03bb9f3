"""How the simulated gateway, M3 and CSI refuse. Message ids marked “invented” are ours; Infor publishes no list of them."""

from typing import NoReturn

from connectors.sdk.sandbox.http import RefusedError, Reply
from connectors.sdk.wire import Json

__all__ = ["NokError", "lost", "refusal", "refuse"]

_TEXTS = {
    "refuse": (401, "Invalid access token"),
    "rate_limit": (429, "Quota limit exceeded"),
    "unavailable": (503, "Service Unavailable"),
    "error": (500, "Internal Server Error"),
    "gateway_timeout": (504, "Gateway Timeout"),
}


class NokError(Exception):
    """An M3 transaction is refused. `kind` is M3's errorType."""

    def __init__(self, message: str, code: str, field: str = "", kind: str = "ServerReturnedNOK") -> None:
        super().__init__(message)
        self.message, self.code, self.field, self.kind = message, code, field, kind

    def view(self) -> dict[str, Json]:
        """As M3 words it: code and field, and runs of blanks, are part of the text."""
        return {
            "errorMessage": f"{self.message:<60}{self.code:<10}{self.field:<10}",
            "errorType": self.kind,
            "errorCode": self.code,
            "errorCfg": "",
            "errorField": self.field,
        }


def refuse(status: int, text: str) -> NoReturn:
    """The gateway's own refusal."""
    headers = {"WWW-Authenticate": 'Bearer error="invalid_token"'} if status == 401 else {}  # noqa: PLR2004 - HTTP
    raise RefusedError(Reply({"error": text}, status, headers))


def lost(reason: str) -> Reply:
    """A path that isn't registered, or another method on one that is."""
    if reason == "method":
        return Reply({"error": "Method Not Allowed"}, 405)
    return Reply({"error": "Not Found"}, 404)


def refusal(kind: str, millis: int) -> Reply:
    """The answers of the fault switches."""
    status, text = _TEXTS.get(kind, _TEXTS["error"])
    headers = {"Retry-After": str(-(-millis // 1000))} if kind == "rate_limit" else {}
    return Reply({"error": text}, status, headers)
