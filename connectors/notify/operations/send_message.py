"""Send a message to people."""

from connectors.sdk.operation import Call, Idempotency, Mark, Write
from connectors.sdk.schema import choice, items, obj, text
from connectors.sdk.wire import Json, Request, Response

_ADDRESS = text("E-mail address", shortest=3, longest=254, pattern=r"^[^@\s,;]+@[^@\s,;]+$")


def prepare(_call: Call, data: Json, mark: Mark) -> Request:
    message = {"title": "", "format": "text", "kind": "info", **data, "id": mark.token}
    return Request("POST", "/messages", json=message)


def result(data: Json, response: Response) -> Json:
    del data
    return {"id": response.json["id"], "service": response.json["service"]}


OPERATION = Write(
    title="Send a message",
    help="Sent once. If it isn't known whether it went out, a person decides: a message can't be looked up.",
    effect="append",
    record="message",
    input=obj(
        {
            "title": text("Title", help="An e-mail's subject.", longest=250, pattern=r"^[^\r\n]*$"),
            "body": text("Text", shortest=1, longest=30_000),
            "format": choice("Written as", ["text", "markdown", "html"], default="text"),
            "kind": choice("Kind", ["info", "success", "warning", "failure"], default="info"),
            "to": items(
                "Recipients",
                _ADDRESS,
                help="E-mail only; else the connection's. Each gets a mail of their own.",
            ),
            "reply_to": text(
                "Answers to", help="E-mail only.", longest=254, pattern=r"^([^@\s,;]+@[^@\s,;]+)?$"
            ),
        },
        required=("body",),
    ),
    output=obj({"id": text("Message id"), "service": text("Service")}, required=("id", "service")),
    sample={"id": "8K2M4Q6S8U1W3Y5A", "service": "E-mail"},
    idempotency=Idempotency("none", scope="none: a message that was sent can't be looked up"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["id"]),
    unmarked=lambda request: {name: value for name, value in request.json.items() if name != "id"},
)
