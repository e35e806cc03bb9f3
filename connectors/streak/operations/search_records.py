"""Search boxes, contacts and organizations by any word in them."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.pipelines import pipeline_key

_BOX = obj(
    {
        "key": text("Box key"),
        "name": text("Name"),
        "pipeline_key": text("Pipeline key"),
        "stage_key": text("Stage key"),
    },
    required=("key", "name"),
)
_CONTACT = obj(
    {"key": text("Contact key"), "emails": items("E-mail addresses", text(""))}, required=("key", "emails")
)
_ORGANIZATION = obj(
    {"key": text("Organization key"), "name": text("Name"), "domains": items("Domains", text(""))},
    required=("key", "name", "domains"),
)


def run(call: Call, data: Json) -> Json:
    query: dict[str, Json] = {"query": data["query"]}
    if data.get("pipeline"):
        query["pipelineKey"] = pipeline_key(call, data["pipeline"])
    found = call.get("/v1/search", query).get("results") or {}
    return {
        "boxes": [_box(one) for one in found.get("boxes") or []],
        "contacts": [
            {"key": str(one["key"]), "emails": [str(mail) for mail in one.get("emailAddresses") or []]}
            for one in found.get("contacts") or []
        ],
        "organizations": [
            {
                "key": str(one["key"]),
                "name": str(one.get("name") or ""),
                "domains": [str(domain) for domain in one.get("domains") or []],
            }
            for one in found.get("orgs") or []
        ],
    }


def _box(box: Json) -> Json:
    return {
        "key": str(box.get("boxKey") or box["key"]),
        "name": str(box.get("name") or ""),
        "pipeline_key": str(box.get("pipelineKey") or ""),
        "stage_key": str(box.get("stageKey") or ""),
    }


OPERATION = Read(
    title="Search",
    help="Streak's index of names, notes, e-mail addresses and text fields; what was made a moment ago may be missing."
    " A pipeline narrows down the boxes only.",
    input=obj(
        {"query": text("Words", shortest=1), "pipeline": text("Pipeline", x_options="pipelines")},
        required=("query",),
    ),
    output=obj(
        {
            "boxes": items("Boxes", _BOX),
            "contacts": items("Contacts", _CONTACT),
            "organizations": items("Organizations", _ORGANIZATION),
        },
        required=("boxes", "contacts", "organizations"),
    ),
    sample={
        "boxes": [
            {"key": "agxBOX1", "name": "Acme - 40 chairs", "pipeline_key": "agxPIPE1", "stage_key": "5002"}
        ],
        "contacts": [{"key": "agxCONT1", "emails": ["buyer@acme.test"]}],
        "organizations": [{"key": "agxORG1", "name": "Acme GmbH", "domains": ["acme.test"]}],
    },
    run=run,
)
