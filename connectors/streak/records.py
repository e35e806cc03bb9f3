"""What Streak tells about: the records as its webhooks and lists give them, unchanged."""

from dataclasses import dataclass

from connectors.sdk.schema import integer, items, obj, text
from connectors.sdk.wire import Json, Schema

__all__ = ["BOX", "COMMENT", "CONTACT", "MEETING", "ORGANIZATION", "STAGE", "TASK", "THREAD", "Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of record. `titles` are the fields people know it by, the best one first. `open`: Streak doesn't document what
    it posts, so an item without a key is taken as well."""

    record: str
    titles: tuple[str, ...]
    schema: Schema
    sample: Json
    open: bool = False

    def title_of(self, item: Json) -> str:
        """What people call this one; "" when nothing of it says."""
        for name in self.titles:
            value = item.get(name)
            value = value[0] if isinstance(value, list) and value else value
            if value:
                return str(value)[:200]
        return ""


_PLACE = {"boxKey": text("Box key"), "pipelineKey": text("Pipeline key")}

BOX = Told(
    "box",
    ("name",),
    obj(
        {
            "key": text("Box key"),
            "name": text("Name"),
            "pipelineKey": text("Pipeline key"),
            "stageKey": text("Stage key"),
            "lastUpdatedTimestamp": integer("Last updated (ms)"),
            "lastStageChangeTimestamp": integer("Last stage change (ms)"),
        },
        more=True,
    ),
    {
        "key": "agxBOX1",
        "boxKey": "agxBOX1",
        "pipelineKey": "agxPIPE1",
        "name": "Acme - 40 chairs",
        "stageKey": "5003",
        "fields": {"1001": "12500.00"},
        "lastUpdatedTimestamp": 1795253400000,
        "lastStageChangeTimestamp": 1795253400000,
    },
)
STAGE = Told(
    "stage",
    ("name",),
    obj({"key": text("Stage key"), "name": text("Name")}, more=True),
    {"key": "5004", "name": "Contract signed"},
)
COMMENT = Told(
    "comment",
    ("message",),
    obj(
        {
            "key": text("Comment key"),
            **_PLACE,
            "message": text("Message"),
            "creatorKey": text("Author's user key"),
            "timestamp": integer("Made (ms)"),
        },
        more=True,
    ),
    {
        "key": "agxCOMM1",
        "boxKey": "agxBOX1",
        "pipelineKey": "agxPIPE1",
        "creatorKey": "agxUSER1",
        "message": "Customer called back",
        "timestamp": 1795253400000,
    },
)
MEETING = Told(
    "meeting",
    ("notes", "meetingType"),
    obj(
        {
            "key": text("Meeting key"),
            **_PLACE,
            "meetingType": text("Kind", help="CALL_LOG or MEETING_NOTES."),
            "notes": text("Notes", type=["string", "null"]),
            "startTimestamp": integer("Started (ms)"),
            "duration": integer("Duration (ms)"),
            "lastSavedTimestamp": integer("Saved (ms)"),
        },
        more=True,
    ),
    {
        "key": "agxMEET1",
        "boxKey": "agxBOX1",
        "pipelineKey": "agxPIPE1",
        "meetingType": "CALL_LOG",
        "notes": "agreed price",
        "startTimestamp": 1795253400000,
        "duration": 600000,
        "lastSavedTimestamp": 1795253400000,
    },
)
TASK = Told(
    "task",
    ("text",),
    obj(
        {
            "key": text("Task key"),
            **_PLACE,
            "text": text("Text"),
            "status": text("Status", help="NOT_DONE or DONE."),
            "dueDate": integer("Due (ms)", type=["integer", "null"]),
            "lastStatusChangeDate": integer("Last status change (ms)"),
        },
        more=True,
    ),
    {
        "key": "agxTASK1",
        "boxKey": "agxBOX1",
        "pipelineKey": "agxPIPE1",
        "text": "Send quote",
        "status": "DONE",
        "dueDate": 1795253400000,
        "creationDate": 1795163400000,
        "lastStatusChangeDate": 1795253400000,
    },
)
THREAD = Told(
    "thread",
    ("subject", "name"),
    obj({"key": text("Key"), **_PLACE, "subject": text("Subject")}, more=True),
    {
        "key": "agxTHRD1",
        "boxKey": "agxBOX1",
        "pipelineKey": "agxPIPE1",
        "subject": "40 chairs",
        "emailAddresses": ["buyer@acme.test"],
        "lastEmailTimestamp": 1795253400000,
    },
    open=True,
)
_TEXTS = items("", text(""))
CONTACT = Told(
    "contact",
    ("emailAddresses", "familyName", "givenName"),
    obj(
        {
            "key": text("Contact key"),
            "teamKey": text("Team key"),
            "givenName": text("Given name", type=["string", "null"]),
            "familyName": text("Family name", type=["string", "null"]),
            "emailAddresses": {**_TEXTS, "title": "E-mail addresses"},
            "lastSavedTimestamp": integer("Saved (ms)"),
        },
        more=True,
    ),
    {
        "key": "agxCONT1",
        "teamKey": "agxTEAM1",
        "givenName": "Bo",
        "familyName": "Lind",
        "emailAddresses": ["buyer@acme.test"],
        "lastSavedTimestamp": 1795253400000,
    },
)
ORGANIZATION = Told(
    "organization",
    ("name", "domains"),
    obj(
        {
            "key": text("Organization key"),
            "teamKey": text("Team key"),
            "name": text("Name", type=["string", "null"]),
            "domains": {**_TEXTS, "title": "Domains"},
            "lastSavedTimestamp": integer("Saved (ms)"),
        },
        more=True,
    ),
    {
        "key": "agxORG1",
        "teamKey": "agxTEAM1",
        "name": "Acme GmbH",
        "domains": ["acme.test"],
        "lastSavedTimestamp": 1795253400000,
    },
)
