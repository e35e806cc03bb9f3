"""Hand a business object document (BOD) to ION messaging."""

from connectors.infor.settings import setting
from connectors.sdk.operation import Call, Idempotency, Mark, Write
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(call: Call, data: Json, mark: Mark) -> Request:
    """The message id is ours and the same on every attempt; ION drops only some of the doubles, so that it isn't relied on."""
    body = {
        "documentName": data["document_name"],
        "messageId": f"interlock-{mark.guid}",
        "fromLogicalId": setting(call.settings, "logical_id"),
        "toLogicalId": data.get("to_logical_id") or "lid://default",
        "document": {"value": data["document"], "encoding": "NONE", "characterSet": "UTF-8"},
    }
    return Request("POST", "/IONSERVICES/api/ion/messaging/service/v2/message", json=body)


def result(data: Json, response: Response) -> Json:
    body = response.json if isinstance(response.json, dict) else {}
    return {"message_id": str(body.get("messageId") or ""), "document_name": data["document_name"]}


OPERATION = Write(
    title="Publish a BOD",
    help="ION takes the document and routes it; whether the receiver could use it is told in ION Desk, not here.",
    effect="append",
    record="bod",
    input=obj(
        {
            "document_name": text(
                "Document", help="Such as Process.SalesOrder.", pattern=r"^[A-Za-z]+\.[A-Za-z0-9]+$"
            ),
            "document": text("Content", help="The BOD as XML.", shortest=1),
            "to_logical_id": text("To", help="Empty for lid://default."),
        },
        required=("document_name", "document"),
    ),
    output=obj(
        {"message_id": text("Message id"), "document_name": text("Document")},
        required=("message_id", "document_name"),
    ),
    sample={
        "message_id": "interlock-5d0c0000000000000000000000000000",
        "document_name": "Process.SalesOrder",
    },
    idempotency=Idempotency("none", scope="ION detects only some repeated message ids"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["message_id"]),
    unmarked=lambda request: {name: value for name, value in request.json.items() if name != "messageId"},
)
