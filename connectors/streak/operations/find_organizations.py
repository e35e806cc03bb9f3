"""Find organizations by domain or by name."""

from connectors.sdk.errors import Data
from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import items, obj, text
from connectors.sdk.wire import Json
from connectors.streak.organizations import (
    ORGANIZATION,
    ORGANIZATION_SAMPLE,
    ORGANIZATIONS,
    organization_output,
)


def run(call: Call, data: Json) -> Json:
    domain, name = (data.get(field, "").strip().lower() for field in ("domain", "name"))
    if not (domain or name):
        raise Data("Give a domain or a name to look for.", code="nothing_to_go_by", pointer="/domain")
    found = [organization_output(call, one) for one in ORGANIZATIONS.searched(call, domain or name)]
    return {"organizations": [one for one in found if _fits(one, domain, name)]}


def _fits(organization: Json, domain: str, name: str) -> bool:
    """Whether all that was asked for is so, whatever the case."""
    domains = [one.lower() for one in organization["domains"]]
    return (not domain or domain in domains) and (not name or organization["name"].lower() == name)


OPERATION = Read(
    title="Find organizations",
    help="By domain, exact name, or both. Searches Streak's index, so one made a moment ago may be missing.",
    input=obj({"domain": text("Domain", help="Such as acme.example."), "name": text("Name")}),
    output=obj({"organizations": items("Organizations", ORGANIZATION)}, required=("organizations",)),
    sample={"organizations": [ORGANIZATION_SAMPLE]},
    run=run,
)
