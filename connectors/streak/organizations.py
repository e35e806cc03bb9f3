"""Organizations: the companies of a team."""

from connectors.sdk.operation import Call
from connectors.sdk.schema import items, obj, text, timestamp
from connectors.sdk.wire import Json, Schema
from connectors.streak.directory import Directory

__all__ = [
    "ORGANIZATION",
    "ORGANIZATIONS",
    "ORGANIZATION_INPUT",
    "ORGANIZATION_SAMPLE",
    "SAVED",
    "SAVED_SAMPLE",
    "organization_output",
]

ORGANIZATIONS = Directory(
    entity="organization",
    plural="organizations",
    found_in="orgs",
    settings="organizationSettings",
    texts={"name": "name", "industry": "industry", "employee_count": "employeeCount"},
    lists={"domains": "domains", "phones": "phoneNumbers", "addresses": "addresses"},
    needed=("name", "domains"),
)
ORGANIZATION_INPUT: dict[str, Schema] = {
    "name": text("Name"),
    "domains": items("Domains", text("", shortest=3), help="Such as acme.example."),
    "phones": items("Phone numbers", text("")),
    "addresses": items("Addresses", text(""), help="Each one free text."),
    "industry": text("Industry"),
    "employee_count": text("Employees", help="Text, such as 11-50."),
    "notes": text("Notes"),
}
ORGANIZATION: Schema = obj(
    {
        "key": text("Organization key"),
        "name": text("Name"),
        "domains": items("Domains", text("")),
        "phones": items("Phone numbers", text("")),
        "addresses": items("Addresses", text("")),
        "industry": text("Industry"),
        "employee_count": text("Employees"),
        "notes": text("Notes"),
        "fields": obj({}, title="Custom fields", more=True),
        "organization_keys": items("Linked organization keys", text("")),
        "updated_at": timestamp("Saved", type=["string", "null"]),
        "position": text(
            "Position", help="Orders the versions of this organization: the time of its last save."
        ),
    },
    required=("key", "name", "domains", "phones", "addresses", "industry"),
)
ORGANIZATION_SAMPLE: Json = {
    "key": "agxORG1",
    "name": "Acme GmbH",
    "domains": ["acme.test"],
    "phones": ["+49 30 1"],
    "addresses": ["Street 1, Berlin"],
    "industry": "Furniture",
    "employee_count": "11-50",
    "notes": "",
    "fields": {},
    "organization_keys": [],
    "updated_at": "2026-11-21T09:30:00Z",
    "position": "1795253400000",
}
SAVED: Schema = obj(
    {
        "organization_key": text("Organization key"),
        "updated_at": timestamp("Saved", type=["string", "null"]),
    },
    required=("organization_key",),
)
SAVED_SAMPLE: Json = {"organization_key": "agxORG1", "updated_at": "2026-11-21T09:30:00Z"}


def organization_output(call: Call, organization: Json) -> dict[str, Json]:
    """Streak's organization → what `ORGANIZATION` describes. Without a name it goes by its first domain."""
    domains = [str(domain) for domain in organization.get("domains") or []]
    return {
        "key": str(organization["key"]),
        "name": str(organization.get("name") or (domains[0] if domains else "")),
        "domains": domains,
        "phones": [str(phone) for phone in organization.get("phoneNumbers") or []],
        "addresses": [str(address) for address in organization.get("addresses") or []],
        "industry": str(organization.get("industry") or ""),
        "employee_count": str(organization.get("employeeCount") or ""),
        **ORGANIZATIONS.details(call, organization),
    }
