"""List the organizations of the team, however many."""

from connectors.sdk.operation import Call, Pages, Portion, Read
from connectors.sdk.schema import items, obj
from connectors.sdk.wire import Json
from connectors.streak.organizations import (
    ORGANIZATION,
    ORGANIZATION_SAMPLE,
    ORGANIZATIONS,
    organization_output,
)


def read(call: Call, _data: Json, at: Json) -> Portion:
    found, following = ORGANIZATIONS.portion(call, None, at)
    return Portion([organization_output(call, one) for one in found], following)


PAGES = Pages("organizations", read)

OPERATION = Read(
    title="List organizations",
    input=obj({}),
    output=obj({"organizations": items("Organizations", ORGANIZATION)}, required=("organizations",)),
    sample={"organizations": [ORGANIZATION_SAMPLE]},
    run=PAGES.all,
    pages=PAGES,
)
