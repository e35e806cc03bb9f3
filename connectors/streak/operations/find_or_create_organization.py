"""The organization of a domain: the one there is, or a new one. Streak decides, in one call."""

from collections.abc import Sequence
from datetime import timedelta

from connectors.sdk.errors import Data
from connectors.sdk.operation import Call, Idempotency, Mark, Match, Write
from connectors.sdk.paths import path_of
from connectors.sdk.schema import obj, text
from connectors.sdk.wire import Json, Request
from connectors.streak.organizations import ORGANIZATIONS, SAVED, SAVED_SAMPLE
from connectors.streak.removal import standing_at


def prepare(call: Call, data: Json, _mark: Mark) -> Request:
    return ORGANIZATIONS.to_ensure(call, "domains", _domain(data))


def find(call: Call, request: Request, _mark: Mark) -> Sequence[Match]:
    return [
        Match(str(one["key"]), ORGANIZATIONS.saved(one), matched_by="domain")
        for one in ORGANIZATIONS.having(call, request)
    ]


def existing(call: Call, data: Json) -> Match | None:
    """The first one the search index knows; when it knows none, Streak looks once more as it makes one."""
    domain = _domain(data)
    for one in ORGANIZATIONS.searched(call, domain):
        if domain in [str(value).lower() for value in one.get("domains") or []]:
            return Match(str(one["key"]), ORGANIZATIONS.saved(one), matched_by="domain")
    return None


def _domain(data: Json) -> str:
    domain = str(data["domain"]).strip().lower()
    if "." not in domain or "@" in domain or "/" in domain:
        raise Data(f"“{data['domain']}” is not a domain.", code="not_a_domain", pointer="/domain")
    return domain


OPERATION = Write(
    title="Find or create an organization",
    help="By its domain, the only thing Streak takes here. Update the organization afterwards for the rest.",
    effect="create",
    record="organization",
    input=obj({"domain": text("Domain", shortest=3)}, required=("domain",)),
    output=SAVED,
    sample=SAVED_SAMPLE,
    idempotency=Idempotency(
        "native", scope="the domain: Streak gives the organization that has it", window=timedelta(days=30)
    ),
    prepare=prepare,
    result=lambda _data, response: ORGANIZATIONS.saved(response.json),
    far_id=lambda output: str(output["organization_key"]),
    unmarked=lambda request: request.json,
    find=find,
    standing=lambda call, far_id: standing_at(call, path_of("v2", "organizations", far_id)),
    existing=existing,
    identities=lambda data: [f"domain:{_domain(data)}"],
)
