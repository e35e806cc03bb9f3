"""Change an organization: what is not given stays; lists replace what was there."""

from connectors.sdk.operation import Idempotency, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import items, obj, text
from connectors.streak.organizations import ORGANIZATION_INPUT, ORGANIZATIONS, SAVED, SAVED_SAMPLE
from connectors.streak.removal import standing_at

OPERATION = Write(
    title="Update an organization",
    help="What is not given stays as it is; a list replaces the whole list. Custom fields go by name.",
    effect="update",
    record="organization",
    input=obj(
        {
            "organization_key": text("Organization key", shortest=1),
            **ORGANIZATION_INPUT,
            "fields": {**obj({}, title="Custom fields", more=True), "x-schema": "organization.fields"},
            "organization_keys": items("Organization keys", text("", shortest=1)),
        },
        required=("organization_key",),
    ),
    output=SAVED,
    sample=SAVED_SAMPLE,
    idempotency=Idempotency("lookup", scope="the organization: it is read back and compared"),
    prepare=lambda call, data, _mark: ORGANIZATIONS.to_update(call, data),
    result=lambda _data, response: ORGANIZATIONS.saved(response.json),
    far_id=lambda output: str(output["organization_key"]),
    unmarked=lambda request: request.json,
    find=lambda call, request, _mark: ORGANIZATIONS.updated(call, request),
    standing=lambda call, far_id: standing_at(call, path_of("v2", "organizations", far_id)),
)
