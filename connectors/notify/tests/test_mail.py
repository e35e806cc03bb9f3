"""send_message by e-mail, against a real mail server, and every way one refuses."""

from typing import cast

import pytest

from connectors.notify.tests.far import MailServer, call_on, mail_server
from connectors.sdk.errors import Auth, Config, Data, Failure, OutcomeUnknown, Transient
from connectors.sdk.operation import Write
from connectors.sdk.registry import connector, operation
from connectors.sdk.session import LiveCall
from connectors.sdk.testing import MARK
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Exchange, Json

SEND = cast(Write, operation("notify.send_message"))
SIGN_IN = {"username": "books", "password": "correct-horse-battery"}


def sent(call: LiveCall, **data: Json) -> Json:
    given = {"title": "Invoice made", "body": "SI-57 over 841.55 GBP – café", "to": ["ana@far.test"], **data}
    validator_for(SEND.input).check(given)
    output = SEND.result(given, call.send(SEND.prepare(call, given, MARK)))
    validator_for(SEND.output).check(output)
    return output


def signed_in(server: MailServer, **more: Json) -> LiveCall:
    return call_on(f"http://127.0.0.1:{server.port}", SIGN_IN, auth="basic", **more)


def test_every_recipient_gets_a_mail_of_their_own() -> None:
    seen: list[Exchange] = []
    with mail_server() as server:
        output = sent(
            signed_in(server, seen=seen), to=["ana@far.test", "bob@far.test"], reply_to="cfo@far.test"
        )
    assert output == {"id": MARK.token, "service": "E-mail"}
    assert SEND.far_id(output) == MARK.token
    assert [to for to, _ in server.mails] == [["ana@far.test"], ["bob@far.test"]]
    mail = server.mails[0][1]
    assert (mail["Subject"], mail["From"]) == ("Invoice made", "books@interlock.example")
    assert (mail["Reply-To"], mail["X-Interlock-Message"]) == ("cfo@far.test", MARK.token)
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert "SI-57 over 841.55 GBP – café" in content.decode()
    assert SIGN_IN["password"] not in repr(seen)


def test_without_recipients_of_its_own_a_mail_goes_to_the_usual_ones() -> None:
    settings = {"sender": "books@interlock.example", "to": "ana@far.test; eve@far.test"}
    with mail_server() as server:
        sent(call_on(f"http://127.0.0.1:{server.port}", {}, auth="none", settings=settings), to=[])
    assert [to for to, _ in server.mails] == [["ana@far.test"], ["eve@far.test"]]
    assert not any(line.startswith("AUTH") for line in server.said)


REFUSALS: list[tuple[dict[str, str], type[Failure], str]] = [
    ({"AUTH": "535 no"}, Auth, "unauthorized"),
    ({"MAIL": "553 not yours"}, Config, "sender_refused"),
    ({"RCPT": "550 no such person"}, Data, "recipient_refused"),
    ({"RCPT": "450 greylisted"}, Transient, "smtp_450"),
    ({"DATA": "554 no"}, Data, "message_refused"),
    ({"CONTENT": "552 too large"}, Data, "message_refused"),
    ({"CONTENT": "451 later"}, Transient, "smtp_451"),
    ({"CONTENT": ""}, OutcomeUnknown, "answer_lost"),
    ({"MAIL": ""}, Transient, "unreachable"),
]


@pytest.mark.parametrize(("refuses", "kind", "code"), REFUSALS)
def test_each_refusal_is_the_failure_whose_recovery_fits(
    refuses: dict[str, str], kind: type[Failure], code: str
) -> None:
    with mail_server(**refuses) as server, pytest.raises(Failure) as caught:
        sent(signed_in(server))
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert SIGN_IN["password"] not in f"{caught.value.detail}{caught.value.sentence}"
    assert server.mails == []


def test_a_mail_that_only_some_recipients_got_is_for_a_person() -> None:
    with mail_server(**{"RCPT bob@far.test": "550 no such person"}) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            sent(signed_in(server), to=["ana@far.test", "bob@far.test"])
        assert caught.value.code == "partly_sent"
    assert [to for to, _ in server.mails] == [["ana@far.test"]]


def test_a_mail_that_may_not_leave_any_more_does_not_leave() -> None:
    def gone() -> None:
        raise InterruptedError("the lease is lost")

    with mail_server() as server, pytest.raises(InterruptedError):
        sent(signed_in(server, before_send=gone))
    assert server.said == []


def test_the_connection_test_signs_in_and_sends_nothing() -> None:
    with mail_server() as server:
        assert connector("notify").client.identify(signed_in(server)).id == "books"
    assert server.mails == []
    with mail_server(AUTH="535 no") as server, pytest.raises(Auth):
        connector("notify").client.identify(signed_in(server))


@pytest.mark.parametrize(("settings", "kind"), [({}, Config), ({"sender": "books@interlock.example"}, Data)])
def test_a_mail_needs_a_sender_and_somebody_who_gets_it(settings: Json, kind: type[Failure]) -> None:
    with pytest.raises(kind):
        sent(call_on("http://127.0.0.1:9", {}, auth="none", settings=settings), to=[])


def test_a_server_that_wants_no_encryption_gets_no_password() -> None:
    """https means encrypted: without STARTTLS nothing is said that matters."""
    with mail_server() as server, pytest.raises(Failure) as caught:
        sent(call_on(f"https://127.0.0.1:{server.port}", SIGN_IN, auth="basic"))
    assert isinstance(caught.value, Config | Transient)
    assert not any(line.startswith(("AUTH", "MAIL")) for line in server.said)
