"""Read one organization (company)."""

from connectors.sdk.operation import Call, Read
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json
from connectors.streak.organizations import (
    ORGANIZATION,
    ORGANIZATION_SAMPLE,
    ORGANIZATIONS,
    organization_output,
)


def run(call: Call, data: Json) -> Json:
    return organization_output(call, ORGANIZATIONS.read(call, data["organization_key"]))


OPERATION = Read(
    title="Get an organization",
    input=obj({"organization_key": text("Organization key", shortest=1)}, required=("organization_key",)),
    output=ORGANIZATION,
    sample=ORGANIZATION_SAMPLE,
    run=run,
)
