"""A box (deal) as flows see it: names instead of keys, days instead of milliseconds, and its line items."""

from connectors.sdk.marks import unstamp
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.schema import decimal, items, obj, text, timestamp
from connectors.sdk.wire import Json, Schema
from connectors.streak.fields import readable
from connectors.streak.lines import lines_from
from connectors.streak.moments import iso
from connectors.streak.pipelines import stage_name

__all__ = ["BOX", "BOX_SAMPLE", "LINES_FIELD", "box_output", "read_box"]

LINES_FIELD = "Line items"
"""The custom field that holds the line items, unless an input says otherwise."""

_LINE = obj(
    {
        "sku": text("SKU"),
        "description": text("Description"),
        "category": text("Category"),
        "quantity": decimal("Quantity"),
        "unit_price": decimal("Unit price"),
        "tax": text("Tax code"),
    },
    required=("sku", "description", "category", "quantity", "unit_price", "tax"),
)

BOX: Schema = obj(
    {
        "key": text("Box key"),
        "name": text("Name"),
        "pipeline_key": text("Pipeline key"),
        "stage": obj(
            {"key": text("Stage key"), "name": text("Stage name")}, required=("key", "name"), title="Stage"
        ),
        "fields": obj({}, title="Custom fields", more=True),
        "lines": items("Line items", _LINE),
        "contact_keys": items("Contact keys", text("")),
        "organization_keys": items("Organization keys", text("")),
        "assigned_to": items("Assigned to", obj({"email": text("E-mail"), "name": text("Name")})),
        "notes": text("Notes"),
        "won_at": timestamp("Last stage change", type=["string", "null"]),
        "created_at": timestamp("Created", type=["string", "null"]),
        "updated_at": timestamp("Updated", type=["string", "null"]),
        "position": text("Position", help="Orders the versions of this box: the time of its last save."),
    },
    required=(
        "key",
        "name",
        "pipeline_key",
        "stage",
        "fields",
        "lines",
        "contact_keys",
        "organization_keys",
        "position",
    ),
)

BOX_SAMPLE: Json = {
    "key": "agxBOX1",
    "name": "Acme - 40 chairs",
    "pipeline_key": "agxPIPE1",
    "stage": {"key": "5003", "name": "Closed-Won"},
    "fields": {"Currency": "GBP", "Close date": "2026-11-20", "Sage invoice": None},
    "lines": [
        {
            "sku": "CHAIR-01",
            "description": "Office chair",
            "category": "furniture",
            "quantity": "40",
            "unit_price": "30.095",
            "tax": "STANDARD",
        }
    ],
    "contact_keys": ["agxCONT1"],
    "organization_keys": ["agxORG1"],
    "assigned_to": [{"email": "ana@example.test", "name": "Ana Ruiz"}],
    "notes": "call first",
    "won_at": "2026-11-21T09:30:00Z",
    "created_at": "2026-11-01T08:00:00Z",
    "updated_at": "2026-11-21T09:30:00Z",
    "position": "1795253400000",
}


def read_box(call: Call, key: str) -> Json:
    """The box as Streak gives it. Raises `NotFound`."""
    return call.get(path_of("v1", "boxes", key))


def box_output(call: Call, box: Json, lines_field: str | None = LINES_FIELD) -> Json:
    """Streak's box → what `BOX` describes. With `lines_field` None the line items are not read."""
    pipeline = str(box["pipelineKey"])
    stage = str(box.get("stageKey", ""))
    fields = readable(call, pipeline, box.get("fields") or {})
    return {
        "key": str(box.get("key") or box["boxKey"]),
        "name": str(box.get("name") or ""),
        "pipeline_key": pipeline,
        "stage": {"key": stage, "name": stage_name(call, pipeline, stage)},
        "fields": fields,
        "lines": lines_from(fields.get(lines_field)) if lines_field else [],
        "contact_keys": _keys(box.get("contacts")),
        "organization_keys": _keys(box.get("organizations")),
        "assigned_to": [
            {
                "email": str(one.get("email") or ""),
                "name": str(one.get("fullName") or one.get("displayName") or ""),
            }
            for one in box.get("assignedToSharingEntries") or []
        ],
        "notes": unstamp(str(box.get("notes") or "")),
        "won_at": iso(box.get("lastStageChangeTimestamp")),
        "created_at": iso(box.get("creationTimestamp")),
        "updated_at": iso(box.get("lastUpdatedTimestamp")),
        "position": str(box.get("lastSavedTimestamp") or box.get("lastUpdatedTimestamp") or ""),
    }


def _keys(links: Json) -> list[str]:
    """Keys of linked records, starred ones first: Streak stars the main contact."""
    found = [one for one in links or [] if isinstance(one, dict) and one.get("key")]
    return [str(one["key"]) for one in sorted(found, key=lambda one: not one.get("isStarred", False))]
