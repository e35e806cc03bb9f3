"""What Streak answers in these tests: one team, one pipeline, its fields and stages, and one won deal."""

from connectors.sdk.registry import connector
from connectors.sdk.testing import Replies
from connectors.sdk.wire import Json

PIPELINES: Json = [{"key": "agxPIPE1", "pipelineKey": "agxPIPE1", "name": "Deals", "teamKey": "agxTEAM1"}]
STAGES: Json = {"5002": {"key": "5002", "name": "Quoted"}, "5003": {"key": "5003", "name": "Closed-Won"}}
FIELDS: Json = [
    {"key": "1001", "name": "Amount", "type": "TEXT_INPUT"},
    {"key": "1002", "name": "Close date", "type": "DATE"},
    {
        "key": "1003",
        "name": "Terms",
        "type": "DROPDOWN",
        "dropdownSettings": {"items": [{"key": "9001", "name": "Net 30"}, {"key": "9002", "name": "Net 60"}]},
    },
    {
        "key": "1004",
        "name": "Segment",
        "type": "TAG",
        "tagSettings": {"tags": [{"key": "9003", "tag": "vip"}]},
    },
    {"key": "1005", "name": "Paid", "type": "CHECKBOX"},
    {"key": "1006", "name": "Line items", "type": "TEXT_INPUT"},
    {"key": "1007", "name": "Sage invoice", "type": "TEXT_INPUT"},
    {"key": "1008", "name": "Score", "type": "FORMULA"},
    {"key": "1009", "name": "Amount", "type": "TEXT_INPUT"},
]
LINES = '[{"sku": "CHAIR-01", "description": "Chair", "category": "furniture", "quantity": 40, "unit_price": 30.0950, "tax": "std"}]'
BOX: Json = {
    "key": "agxBOX1",
    "boxKey": "agxBOX1",
    "pipelineKey": "agxPIPE1",
    "name": "Acme - 40 chairs",
    "notes": "call first",
    "stageKey": "5003",
    "creationTimestamp": 1700000000000,
    "lastUpdatedTimestamp": 1700001000000,
    "lastSavedTimestamp": 1700001000100,
    "lastStageChangeTimestamp": 1700000900000,
    "fields": {
        "1001": 12500,
        "1002": 1702512000000,
        "1003": "9001",
        "1004": ["9003"],
        "1005": True,
        "1006": LINES,
    },
    "assignedToSharingEntries": [
        {"userKey": "agxUSER1", "email": "ana@example.test", "fullName": "Ana Ruiz"}
    ],
    "contacts": [{"key": "agxCONT2", "isStarred": False}, {"key": "agxCONT1", "isStarred": True}],
    "organizations": [{"key": "agxORG1"}],
}


def streak(**settings: Json) -> Replies:
    """A scripted Streak with these connection settings."""
    return Replies(connector("streak"), settings)


def with_pipeline(far: Replies) -> Replies:
    """Answers for the pipeline's fields and stages."""
    far.on("GET", "/v1/pipelines/agxPIPE1/fields", json=FIELDS)
    return far.on("GET", "/v1/pipelines/agxPIPE1/stages", json=STAGES)
