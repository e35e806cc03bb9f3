"""Connecting an account in the browser: the way to the provider's consent page, and the way back with a code.

The state that travels along is signed, names the user and the connection, and works once: its nonce waits in the session.
"""

import base64
import hashlib
import logging
import secrets
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from connectors.sdk import oauth
from connectors.sdk.errors import Failure
from connectors.sdk.wire import Exchange
from integrations.access.audit import record
from integrations.access.authorise import authorise
from integrations.vault.health import test_connection
from integrations.vault.models import Connection
from integrations.vault.store import account, connector_of, keep_grant

__all__ = ["begin", "callback", "connect_with_code", "redirect_uri", "start"]

log = logging.getLogger(__name__)

SALT = "interlock.oauth.state"
NONCES = "oauth_nonces"
MAX_AGE = 15 * 60  # seconds a person may take at the provider
KEPT_NONCES = 5


class _NotConnectedError(Exception):
    """Why the way back ended: a sentence for the page and its status."""

    def __init__(self, sentence: str, status: HTTPStatus, connection: Connection | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status
        self.connection = connection


def redirect_uri() -> str:
    """The address to register with a provider; it must match to the letter."""
    return f"{settings.PUBLIC_URL}{reverse('oauth-callback')}"


def begin(request: HttpRequest, connection: Connection) -> str:
    """The provider's consent page for this connection, tied to this session. Raises PermissionDenied or Config."""
    authorise(request, "connection.edit", connection.environment, target=f"connection {connection.key}")
    connector, plain = connector_of(connection), account(connection)
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    where = oauth.authorize_url(
        connector,
        plain,
        redirect_uri=redirect_uri(),
        state=signing.dumps({"c": connection.pk, "u": request.user.pk, "n": nonce}, salt=SALT),
        challenge=_challenge(verifier) if oauth.endpoints(connector, plain).pkce else "",
    )
    waiting: dict[str, str] = request.session.get(NONCES, {})
    request.session[NONCES] = dict(list(waiting.items())[-KEPT_NONCES + 1 :]) | {nonce: verifier}
    return where


def connect_with_code(connection: Connection, code: str, *, to: str = "", verifier: str = "") -> None:
    """Exchange a code for tokens and keep them. `to` is the redirect address the code was asked for. Raises Failure."""
    grant = oauth.exchange_code(
        connector_of(connection),
        account(connection),
        _unrecorded,
        code=code,
        redirect_uri=to or redirect_uri(),
        verifier=verifier,
    )
    keep_grant(connection, grant)


@require_GET
@login_required
def start(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Sends the browser to the provider."""
    connection = get_object_or_404(Connection.objects.select_related("environment"), pk=connection_id)
    try:
        return HttpResponseRedirect(begin(request, connection))
    except Failure as failure:
        return _page(request, _NotConnectedError(failure.sentence, HTTPStatus.BAD_REQUEST, connection))


@require_GET
@login_required
def callback(request: HttpRequest) -> HttpResponse:
    """Takes the provider's answer, connects, tests, and shows the connection; a problem gets a page that says so."""
    try:
        connection, verifier = _whose(request)
        authorise(request, "connection.edit", connection.environment, target=f"connection {connection.key}")
        _connect(request, connection, verifier)
    except _NotConnectedError as problem:
        return _page(request, problem)
    try:
        identity = test_connection(connection)
    except Failure as failure:
        messages.error(request, failure.sentence)
    else:
        messages.success(request, f"Connected to {identity.name}.")
    return HttpResponseRedirect(_page_of(connection))


def _whose(request: HttpRequest) -> tuple[Connection, str]:
    """The connection the answer is for, and its PKCE verifier; uses the state up."""
    try:
        state = signing.loads(request.GET.get("state", ""), salt=SALT, max_age=MAX_AGE)
    except signing.SignatureExpired as error:
        raise _NotConnectedError(
            "It took too long. Start connecting again.", HTTPStatus.BAD_REQUEST
        ) from error
    except signing.BadSignature as error:
        raise _NotConnectedError(
            "This answer doesn't belong to anything started here. Start connecting again.",
            HTTPStatus.BAD_REQUEST,
        ) from error
    waiting: dict[str, str] = dict(request.session.get(NONCES, {}))
    verifier = waiting.pop(state["n"], None)
    request.session[NONCES] = waiting
    if state["u"] != request.user.pk or verifier is None:
        raise _NotConnectedError(
            "This answer was used already, or somebody else started it. Start connecting again.",
            HTTPStatus.FORBIDDEN,
        )
    connection = Connection.objects.select_related("environment").filter(pk=state["c"]).first()
    if connection is None:
        raise _NotConnectedError("The connection was removed meanwhile.", HTTPStatus.NOT_FOUND)
    return connection, verifier


def _connect(request: HttpRequest, connection: Connection, verifier: str) -> None:
    refusal, code = request.GET.get("error", ""), request.GET.get("code", "")
    if refusal or not code:
        log.warning("Connection %s: the provider refused: %s", connection.pk, refusal[:100])
        sentence = (
            "You didn't allow the connection."
            if refusal == "access_denied"
            else "The far system refused to connect."
        )
        raise _NotConnectedError(sentence, HTTPStatus.BAD_REQUEST, connection)
    try:
        connect_with_code(connection, code, verifier=verifier)
    except Failure as failure:
        log.warning("Connection %s: the code wasn't exchanged: %s", connection.pk, failure.detail)
        raise _NotConnectedError(failure.sentence, HTTPStatus.BAD_GATEWAY, connection) from failure
    record(
        request,
        "connection.edit",
        f"connection {connection.key}",
        environment=connection.environment,
        note="Connected in the browser",
    )


def _page(request: HttpRequest, problem: _NotConnectedError) -> HttpResponse:
    connection = problem.connection
    context = {
        "sentence": problem.sentence,
        "back": _page_of(connection) if connection else "/",
        "named": connection.name if connection else "",
    }
    return render(request, "vault/sign_in_problem.html", context, status=problem.status)


def _page_of(connection: Connection) -> str:
    try:
        return reverse("admin:integrations_connection_change", args=[connection.pk])
    except NoReverseMatch:
        return "/"


def _challenge(verifier: str) -> str:
    """PKCE, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _unrecorded(_exchange: Exchange) -> None:
    """Connecting belongs to no run."""
