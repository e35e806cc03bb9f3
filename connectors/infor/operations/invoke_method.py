"""Call a method of a CSI collection."""

from connectors.sdk.operation import Call, Idempotency, Mark, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json, Request, Response


def prepare(_call: Call, data: Json, _mark: Mark) -> Request:
    path = "/CSI/IDORequestService/ido" + path_of("invoke", data["ido"])
    return Request("POST", path, {"method": data["method"]}, json=list(data.get("parameters") or []))


def result(data: Json, response: Response) -> Json:
    given = [None if one is None else str(one) for one in response.json.get("Parameters") or []]
    return {"method": f"{data['ido']}.{data['method']}", "parameters": given}


OPERATION = Write(
    title="Call a CSI method",
    help="What it does is the method's own affair: after a lost answer a person decides whether to call it again.",
    effect="append",
    record="csi_call",
    input=obj(
        {
            "ido": text("Collection", shortest=1, longest=80),
            "method": text("Method", shortest=1, longest=80),
            "parameters": items(
                "Parameters", {"type": ["string", "null"]}, help="All of them, in order; null for outputs."
            ),
        },
        required=("ido", "method"),
    ),
    output=obj(
        {"method": text("Method"), "parameters": items("Parameters", {"type": ["string", "null"]})},
        required=("method", "parameters"),
    ),
    sample={"method": "SLItems.GetItemPrice", "parameters": ["TBL-1", "30.095", None]},
    idempotency=Idempotency("none", scope="nothing tells whether a method ran"),
    prepare=prepare,
    result=result,
    far_id=lambda output: str(output["method"]),
    unmarked=lambda request: request.json,
)
