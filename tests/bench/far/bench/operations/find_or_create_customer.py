"""Find the customer with this e-mail address, or make one: one call when it is there, two when it isn't."""

from collections.abc import Sequence

from connectors.bench.client import NATIVE, key_header  # type: ignore[import-not-found]  # dropped in by the settings

from connectors.sdk.errors import NotFound
from connectors.sdk.names import normal_email
from connectors.sdk.operation import Call, Mark, Match, Standing, Write
from connectors.sdk.schema import choice, obj, text
from connectors.sdk.wire import Json, Request, Response


def existing(call: Call, data: Json) -> Match | None:
    found = _by_email(call, data["email"])
    return Match(found["id"], _output(found, "email")) if found else None


def identities(data: Json) -> Sequence[str]:
    return [f"email:{normal_email(data['email'])}"]


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    return Request("POST", "/customers", json=dict(data), headers=key_header(mark))


def result(_data: Json, response: Response) -> Json:
    return _output(response.json, "created")


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    found = _by_email(call, request.json["email"])
    return [Match(found["id"], _output(found, "created"), matched_by="e-mail")] if found else []


def standing(call: Call, far_id: str) -> Standing:
    try:
        call.get(f"/customers/{far_id}")
    except NotFound:
        return "gone"
    return "stands"


def _by_email(call: Call, email: str) -> Json:
    answer = call.get("/customers", {"email": email})
    return answer["results"][0] if answer["results"] else None


def _output(customer: Json, matched_by: str) -> Json:
    return {"id": str(customer["id"]), "matched_by": matched_by}


OPERATION = Write(
    title="Find or create a customer",
    effect="create",
    record="customer",
    input=obj(
        {
            "name": text("Name", shortest=1),
            "email": text("E-mail", shortest=3),
            "city": text("City"),
            "country": text("Country"),
        },
        required=("name", "email"),
    ),
    output=obj(
        {"id": text("Id"), "matched_by": choice("Matched by", ["email", "created"])},
        required=("id", "matched_by"),
    ),
    sample={"id": "c1", "matched_by": "email"},
    idempotency=NATIVE,
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=lambda request: request.json,
    find=find,
    standing=standing,
    existing=existing,
    identities=identities,
)
