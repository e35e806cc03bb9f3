"""Read one organization (company)."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json


def run(call: Call, data: Json) -> Json:
    organization = call.get(path_of("v2", "organizations", data["organization_key"]))
    domains = [str(domain) for domain in organization.get("domains") or []]
    return {
        "key": str(organization["key"]),
        "name": str(organization.get("name") or (domains[0] if domains else "")),
        "domains": domains,
        "phones": [str(phone) for phone in organization.get("phoneNumbers") or []],
        "addresses": [str(address) for address in organization.get("addresses") or []],
        "industry": str(organization.get("industry") or ""),
    }


OPERATION = Read(
    title="Get an organization",
    input=obj({"organization_key": text("Organization key", shortest=1)}, required=("organization_key",)),
    output=obj(
        {
            "key": text("Organization key"),
            "name": text("Name"),
            "domains": items("Domains", text("")),
            "phones": items("Phone numbers", text("")),
            "addresses": items("Addresses", text("")),
            "industry": text("Industry"),
        },
        required=("key", "name", "domains", "phones", "addresses", "industry"),
    ),
    sample={
        "key": "agxORG1",
        "name": "Acme GmbH",
        "domains": ["acme.test"],
        "phones": ["+49 30 1"],
        "addresses": ["Street 1, Berlin"],
        "industry": "Furniture",
    },
    run=run,
)
