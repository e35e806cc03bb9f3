"""Where a connection's messages go: a mail server, or a service known by its Apprise address."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from connectors.sdk.account import Account, Secrets
from connectors.sdk.errors import Config
from connectors.sdk.wire import Json

__all__ = ["SERVICES", "Destination", "destination_of", "hidden_parts"]

SERVICES: Mapping[str, str] = {
    "slack": "Slack",
    "workflow": "Microsoft Teams",
    "workflows": "Microsoft Teams",
    "pagerduty": "PagerDuty",
    "jira": "Jira",
    "opsgenie": "Opsgenie",
    "splunk": "Splunk On-Call",
    "discord": "Discord",
    "tgram": "Telegram",
    "gchat": "Google Chat",
    "mmost": "Mattermost",
    "mmosts": "Mattermost",
    "rocket": "Rocket.Chat",
    "rockets": "Rocket.Chat",
    "ntfy": "ntfy",
    "ntfys": "ntfy",
    "json": "Webhook",
    "jsons": "Webhook",
    "form": "Webhook (form)",
    "forms": "Webhook (form)",
    "xml": "Webhook (XML)",
    "xmls": "Webhook (XML)",
}
"""By the scheme of the address. Only services reached over HTTP: none that runs a program or reads a file of this machine."""

_REFUSED = frozenset({"template", "verify", "retry", "wait", "cto", "rto", "attach", "store"})
"""Options that read files, weaken the certificate check, send twice or take our time."""
_TOKEN = 8
"""Shorter parts of an address are channels and the like; hiding them would blank ordinary words."""
_PORTS = {"https": 587, "http": 25}


@dataclass(frozen=True, slots=True)
class Destination:
    """`account` tells this destination from others without giving its secrets away. `how` is what Apprise is given: the
    address of a service, or the fields of a mail server."""

    service: str
    account: str
    host: str
    port: int
    mail: bool
    how: Json


def destination_of(account: Account, message: Mapping[str, Json]) -> Destination:
    """Where `message` goes by this connection. Raises `Config` for a connection that can't send."""
    parts = urlsplit(account.base_url)
    host = parts.hostname or ""
    if account.auth != "api_key":
        port = parts.port or _PORTS[parts.scheme]
        return _mail(account, message, host, port)
    address = account.secrets.reveal("address").strip()
    scheme, _, rest = address.partition("://")
    service = SERVICES.get(scheme.lower(), "")
    if not service or not rest:
        raise Config(
            f"The service address must begin with one of {', '.join(f'{one}://' for one in SERVICES)}.",
            code="address",
        )
    options = {one.partition("=")[0].strip().lower() for one in address.partition("?")[2].split("&")}
    if options & _REFUSED:
        refused = sorted(options & _REFUSED)[0]
        raise Config(f"Take the option “{refused}” out of the service address.", code="address")
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    name = f"{scheme.lower()}-{hashlib.sha256(address.encode()).hexdigest()[:12]}"
    return Destination(service, name, host, port, mail=False, how=address)


def hidden_parts(secrets: Secrets) -> Sequence[str]:
    """The tokens inside a service's address, as written and unquoted. The name of a host isn't one."""
    address = secrets.reveal("address")
    parts = [part for part in re.split(r"[:/@?&=#,+\s]+", address.partition("://")[2]) if len(part) >= _TOKEN]
    return sorted({*parts, *(unquote(part) for part in parts)} - {_host_in(address)})


def _host_in(address: str) -> str:
    """The host named in an address; "" when a token stands there."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host if "." in host or host == "localhost" else ""


def _mail(account: Account, message: Mapping[str, Json], host: str, port: int) -> Destination:
    sender = str(account.settings.get("sender") or "").strip()
    if not sender:
        raise Config("Give the sender's e-mail address on the connection.", code="sender", pointer="/sender")
    user = account.secrets.reveal("username") if account.auth == "basic" else ""
    secure = account.base_url.startswith("https:")
    how = {
        "schema": "mailtos" if secure else "mailto",
        "host": host,
        "smtp_host": host,
        "port": port,
        "secure_mode": _security(secure=secure, port=port),
        "from_addr": sender,
        "targets": list(message.get("to") or _addresses(account.settings.get("to"))),
        "reply_to": message.get("reply_to") or None,
        "headers": {"X-Interlock-Message": str(message.get("id") or "")},
    }
    if user:
        how |= {"user": user, "password": account.secrets.reveal("password")}
    return Destination("E-mail", user or sender, host, port, mail=True, how=how)


def _security(*, secure: bool, port: int) -> str:
    """Port 465 is encrypted from the first byte, every other one after STARTTLS."""
    if not secure:
        return "insecure"
    return "ssl" if port == 465 else "starttls"  # noqa: PLR2004 - the port's number is its name


def _addresses(value: Json) -> list[str]:
    return [one for one in re.split(r"[,;\s]+", str(value or "")) if one]
