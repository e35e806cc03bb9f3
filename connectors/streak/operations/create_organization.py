"""Create an organization. Custom fields and links follow with “Update an organization”: Streak takes them only there."""

from connectors.sdk.marks import unstamp
from connectors.sdk.operation import Idempotency, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj
from connectors.streak.organizations import ORGANIZATION_INPUT, ORGANIZATIONS, SAVED, SAVED_SAMPLE
from connectors.streak.removal import standing_at

OPERATION = Write(
    title="Create an organization",
    help="Its notes carry a short mark, by which one whose confirmation was lost is recognised. It is made even if there is one"
    " with the same domain: to avoid that, find or create it.",
    effect="create",
    record="organization",
    input=obj(ORGANIZATION_INPUT),
    output=SAVED,
    sample=SAVED_SAMPLE,
    idempotency=Idempotency("marker", scope="the team's organizations"),
    prepare=ORGANIZATIONS.to_create,
    result=lambda _data, response: ORGANIZATIONS.saved(response.json),
    far_id=lambda output: str(output["organization_key"]),
    unmarked=lambda request: {**request.json, "other": unstamp(request.json["other"])},
    find=ORGANIZATIONS.marked,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "organizations", far_id)),
)
