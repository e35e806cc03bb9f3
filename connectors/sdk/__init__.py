"""The connector SDK: all that a connector may import, and all that the runtime needs to use one.

A connector is a folder: `manifest.toml`, `client.py` (`CLIENT`), `operations/*.py` (`OPERATION`), `triggers/*.py`
(`TRIGGER`), and optionally `discovery.py` (`DISCOVERY`).
"""

from connectors.sdk.account import Account, AccountIdentity, AuthKind, Identify, OAuth2, Secrets
from connectors.sdk.client import Client
from connectors.sdk.discovery import Choice, Discovery
from connectors.sdk.errors import (
    Auth,
    Config,
    Conflict,
    Data,
    Failure,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    TableMiss,
    Transient,
)
from connectors.sdk.operation import (
    Call,
    EffectKind,
    Idempotency,
    Mark,
    Match,
    Operation,
    Pages,
    Portion,
    Read,
    Standing,
    Write,
)
from connectors.sdk.paths import path_of
from connectors.sdk.registry import Connector, connector, connectors, operation, trigger
from connectors.sdk.session import forget_cached, identify, open_call
from connectors.sdk.trigger import Arrival, CursorLost, Delivery, Page, PollTrigger, Trigger, WebhookTrigger
from connectors.sdk.validation import Validator, validator_for
from connectors.sdk.wire import Exchange, Json, Request, Response, Schema

__all__ = [
    "Account",
    "AccountIdentity",
    "Arrival",
    "Auth",
    "AuthKind",
    "Call",
    "Choice",
    "Client",
    "Config",
    "Conflict",
    "Connector",
    "CursorLost",
    "Data",
    "Delivery",
    "Discovery",
    "EffectKind",
    "Exchange",
    "Failure",
    "Idempotency",
    "Identify",
    "Json",
    "Mark",
    "Match",
    "NotFound",
    "OAuth2",
    "Operation",
    "OutcomeUnknown",
    "Page",
    "Pages",
    "PollTrigger",
    "Portion",
    "RateLimited",
    "Read",
    "Request",
    "Response",
    "Schema",
    "Secrets",
    "Standing",
    "TableMiss",
    "Transient",
    "Trigger",
    "Validator",
    "WebhookTrigger",
    "Write",
    "connector",
    "connectors",
    "forget_cached",
    "identify",
    "open_call",
    "operation",
    "path_of",
    "trigger",
    "validator_for",
]
