"""The contact of an e-mail address: the one there is, or a new one. Streak decides, in one call."""

from collections.abc import Sequence
from datetime import timedelta

from connectors.sdk.errors import Data
from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request
from connectors.streak.contacts import CONTACTS, SAVED, SAVED_SAMPLE
from connectors.streak.removal import standing_at


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    return CONTACTS.to_ensure(call, "emailAddresses", _email(data))


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    return [
        Match(str(one["key"]), CONTACTS.saved(one), matched_by="email")
        for one in CONTACTS.having(call, request)
    ]


def existing(call: Call, data: Json) -> Match | None:
    """The first one the search index knows; when it knows none, Streak looks once more as it makes one."""
    email = _email(data)
    for one in CONTACTS.searched(call, email):
        if email in [str(value).lower() for value in one.get("emailAddresses") or []]:
            return Match(str(one["key"]), CONTACTS.saved(one), matched_by="email")
    return None


def _email(data: Json) -> str:
    email = normal_email(data["email"])
    if not email:
        raise Data(f"“{data['email']}” is not an e-mail address.", code="not_an_email", pointer="/email")
    return email


OPERATION = Write(
    title="Find or create a contact",
    help="By its e-mail address, the only thing Streak takes here. Update the contact afterwards for the rest.",
    effect="create",
    record="contact",
    input=obj({"email": text("E-mail", shortest=3)}, required=("email",)),
    output=SAVED,
    sample=SAVED_SAMPLE,
    idempotency=Idempotency(
        "native", scope="the email: Streak gives the contact that has it", window=timedelta(days=30)
    ),
    prepare=prepare,
    result=lambda _data, response: CONTACTS.saved(response.json),
    far_id=lambda output: str(output["contact_key"]),
    unmarked=lambda request: request.json,
    find=find,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "contacts", far_id)),
    existing=existing,
    identities=lambda data: [f"email:{_email(data)}"],
)
