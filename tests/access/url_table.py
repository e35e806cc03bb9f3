"""Who gets in where: every address of the resolver, every method it answers, and the kinds of people it lets in.

A new address fails the test until it stands here. "Lets in" means past authorisation: an answer other than 401, 403, 404
(what may not be seen isn't there) or the way to a sign-in page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["TABLE", "Address"]

EVERYBODY = frozenset(
    {
        "anonymous",
        "stranger",
        "elsewhere",
        "viewer",
        "operator",
        "steward",
        "builder",
        "releaser",
        "administrator",
        "superuser",
    }
)
SIGNED_IN = EVERYBODY - {"anonymous"}
WITHOUT_ROLE = frozenset({"anonymous", "stranger"})
ANY_ROLE = SIGNED_IN - {"stranger"}
VIEWERS = ANY_ROLE - {"elsewhere"}
ADMINISTRATORS = frozenset({"administrator", "superuser"})
OPERATORS = ADMINISTRATORS | {"operator"}
STEWARDS = ADMINISTRATORS | {"steward"}
BUILDERS = ADMINISTRATORS | {"builder"}
RELEASERS = ADMINISTRATORS | {"releaser"}
DRAWERS = BUILDERS | {"elsewhere"}
"""Flows belong to no environment: who draws anywhere draws."""
SUPERUSERS = frozenset({"superuser"})
NOBODY: frozenset[str] = frozenset()

Who = frozenset[str]


@dataclass(frozen=True, slots=True)
class Address:
    """`methods`: who gets in, by method ("*" = any other). `params`: what stands for each URL parameter (a thing or value of the world).
    `bodies`: what is sent, by method (JSON for the API, form fields elsewhere). `at`: the address of a pattern that is a
    regular expression."""

    methods: Mapping[str, Who]
    params: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    at: str = ""


def one(thing: str, methods: Mapping[str, Who], **bodies: Mapping[str, Any]) -> Address:
    """An address of one thing, known by its number."""
    return Address(methods, {"pk": thing}, bodies)


STAGES = {"env": "env", "key": "table", "pk": "mappingrow"}
ROW = {"values": {"stage": "Lost", "status": "lost"}}
REASON = {"reason": "Ordered twice."}
WINDOW = {"since": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"}
HELD = {"environment": "dev", "reason": "An audit."}
NEW_CONNECTION = {"environment": "dev", "key": "more", "name": "More", "connector": "keyring"}

DOOR = {
    "in/<str:path>/": Address({"POST": NOBODY}, {"path": "path"}),  # its own token decides, not a role
    "healthz": Address({"GET": EVERYBODY}),
    "readyz": Address({"GET": EVERYBODY}),
    "^(?:api|in|ws)(?:/.*)?$": Address({}, at="/api/v9/anything"),
    "oauth/start/<int:connection_id>/": Address({"GET": ADMINISTRATORS}, {"connection_id": "connection"}),
    "oauth/callback/": Address({"GET": SIGNED_IN}),
}

API = {
    "session/": Address({"GET": EVERYBODY, "POST": EVERYBODY, "DELETE": EVERYBODY}),
    "schema/": Address({"GET": SIGNED_IN}),
    "catalogue/": Address({"GET": ANY_ROLE}),
    "health/details/": Address({"GET": ANY_ROLE}),
    "notices/": Address({"GET": ANY_ROLE}),
    "runs/": Address({"GET": ANY_ROLE}),
    "runs/<int:pk>/": one("run", {"GET": VIEWERS}),
    "runs/<int:pk>/steps/": one("run", {"GET": VIEWERS}),
    "runs/<int:pk>/list/": one("run", {"GET": VIEWERS}),
    "runs/<int:pk>/timeline/": one("run", {"GET": VIEWERS}),
    "runs/<int:pk>/retry/": one("run", {"POST": OPERATORS}, POST={"mode": "step"}),
    "runs/<int:pk>/retry-plan/": one("run", {"GET": VIEWERS}),
    "runs/<int:pk>/decide/": one("run", {"POST": OPERATORS}),
    "runs/<int:pk>/cancel/": one("run", {"POST": OPERATORS}),
    "runs/<int:pk>/give-up/": one("run", {"POST": OPERATORS}, POST=REASON),
    "runs/<int:pk>/skip/": one("run", {"GET": VIEWERS, "POST": OPERATORS}, POST=REASON),
    "approvals/": Address({"GET": ANY_ROLE}),
    "approvals/<int:pk>/": one("approval", {"GET": VIEWERS}),
    "approvals/<int:pk>/decide/": one("approval", {"POST": STEWARDS}, POST={"approve": True}),
    "failures/": Address({"GET": ANY_ROLE}),
    "failures/<int:pk>/": one("failure", {"GET": VIEWERS}),
    "failures/<int:pk>/retry/": one("failure", {"POST": OPERATORS}, POST={"mode": "step"}),
    "failures/<int:pk>/give-up/": one("failure", {"POST": OPERATORS}, POST=REASON),
    "failures/<int:pk>/resolve/": one("failure", {"POST": OPERATORS}),
    "failures/<int:pk>/ignore/": one("failure", {"POST": OPERATORS}),
    "failures/<int:pk>/note/": one("failure", {"POST": OPERATORS}, POST={"note": "Seen."}),
    "effects/": Address({"GET": ANY_ROLE}),
    "effects/<int:pk>/": one("effect", {"GET": VIEWERS}),
    "effects/<int:pk>/compensation/": one(
        "effect", {"GET": VIEWERS, "POST": OPERATORS}, POST={"reason": "Ordered twice."}
    ),
    "cross-references/": Address({"GET": ANY_ROLE}),
    "connections/": Address({"GET": ANY_ROLE, "POST": ADMINISTRATORS}, bodies={"POST": NEW_CONNECTION}),
    "connections/<int:pk>/": one(
        "connection", {"GET": VIEWERS, "PATCH": ADMINISTRATORS}, PATCH={"name": "New"}
    ),
    "connections/<int:pk>/test/": one("connection", {"POST": OPERATORS | BUILDERS}),
    "connections/<int:pk>/authorize/": one("connection", {"GET": ADMINISTRATORS}),
    "environments/<slug:env>/bindings/<slug:slot>/": Address(
        {"GET": VIEWERS, "PUT": RELEASERS}, {"env": "env", "slot": "slot"}, {"PUT": {"connection": "books"}}
    ),
    "mapping-tables/": Address({"GET": ANY_ROLE}),
    "mapping-tables/<slug:env>/<slug:key>/rows/": Address(
        {"GET": VIEWERS, "POST": STEWARDS}, STAGES, {"POST": ROW}
    ),
    "mapping-tables/<slug:env>/<slug:key>/rows/<int:pk>/": Address(
        {"PATCH": STEWARDS, "DELETE": STEWARDS}, STAGES, {"PATCH": ROW}
    ),
    "mapping-tables/<slug:env>/<slug:key>/import/": Address({"POST": STEWARDS}, STAGES),
    "mapping-tables/<slug:env>/<slug:key>/export/": Address({"GET": VIEWERS}, STAGES),
    "events/": Address({"GET": ANY_ROLE}),
    "events/<int:pk>/": one("event", {"GET": VIEWERS}),
    "endpoints/": Address({"GET": ANY_ROLE}),
    "endpoints/<int:pk>/backfills/": one("endpoint", {"GET": VIEWERS, "POST": OPERATORS}, POST=WINDOW),
    "endpoints/<int:pk>/pause/": one("endpoint", {"POST": OPERATORS}, POST=REASON),
    "endpoints/<int:pk>/resume/": one("endpoint", {"POST": OPERATORS}),
    "backfills/<int:pk>/cancel/": one("backfill", {"POST": OPERATORS}),
    "schedules/": Address({"GET": ANY_ROLE}),
    "schedules/preview/": Address({"POST": ANY_ROLE}, bodies={"POST": {"cron": "30 1 * * *"}}),
    "retention/": Address({"GET": ANY_ROLE}),
    "retention/holds/": Address({"GET": ANY_ROLE, "POST": ADMINISTRATORS}, bodies={"POST": HELD}),
    "retention/holds/<int:pk>/release/": one("hold", {"POST": ADMINISTRATORS}),
    "refusals/": Address({"GET": ANY_ROLE}),
    "flows/": Address({"GET": ANY_ROLE}),
    "flows/<slug:key>/": Address({"GET": ANY_ROLE}, {"key": "flow_key"}),
    "flows/<slug:key>/draft/": Address({"GET": ANY_ROLE, "PUT": DRAWERS}, {"key": "flow_key"}),
    "flows/<slug:key>/trigger/": Address(
        {"POST": OPERATORS | BUILDERS}, {"key": "flow_key"}, {"POST": {"environment": "dev", "data": {}}}
    ),
    "flows/<slug:key>/versions/": Address({"GET": ANY_ROLE, "POST": DRAWERS}, {"key": "flow_key"}),
    "flows/<slug:key>/versions/<int:number>/": Address(
        {"GET": ANY_ROLE}, {"key": "flow_key", "number": "one"}
    ),
}

EVERY_ADMINISTRATOR = ADMINISTRATORS | {"elsewhere"}
ASKED_FIRST = {"*": VIEWERS, "POST": OPERATORS}
"""A page that says what would happen, for all who look; doing it is for operators."""


def pages(
    model: str,
    *,
    lists: Who = ANY_ROLE,
    sees: Who = VIEWERS,
    adds: Who = NOBODY,
    changes: Who | None = None,
    deletes: Who = NOBODY,
    **more: Mapping[str, Who],
) -> dict[str, Address]:
    """The admin's pages of one model: the list, a new one, one with its history, and `more` of its own.

    Without `changes` the page has no form and answers a post as it answers a look.
    """
    thing = {"object_id": model.rpartition("/")[2]}
    own = {
        f"<path:object_id>/{name.rstrip('_').replace('_', '-')}/": Address(methods, thing)
        for name, methods in more.items()
    }
    stock = {
        "": Address({"*": lists}),
        "add/": Address({"*": adds}),
        "<path:object_id>/change/": Address({"*": sees, "POST": sees if changes is None else changes}, thing),
        "<path:object_id>/history/": Address({"*": sees}, thing),
        "<path:object_id>/delete/": Address({"*": deletes}, thing),
        "<path:object_id>/": Address({"*": ANY_ROLE}, thing),  # leads to the page that decides
    }
    return {f"{model}/{route}": address for route, address in {**stock, **own}.items()}


ADMIN = {
    "": Address({"*": ANY_ROLE}),
    "environment/": Address({"POST": ANY_ROLE}, bodies={"POST": {"next": "/admin/integrations/run/"}}),
    "login/": Address({"GET": WITHOUT_ROLE, "POST": EVERYBODY, "PUT": EVERYBODY}),  # others are sent inside
    "logout/": Address({"POST": ANY_ROLE}),
    "password_change/": Address({"GET": ANY_ROLE, "POST": ANY_ROLE, "PUT": ANY_ROLE}),
    "password_change/done/": Address({"GET": ANY_ROLE}),
    "autocomplete/": Address({}),
    "jsi18n/": Address({"GET": ANY_ROLE}),
    "r/<path:content_type_id>/<path:object_id>/": Address({}, {"content_type_id": "one", "object_id": "one"}),
    "^(?P<app_label>integrations|auth|designer)/$": Address({"*": ANY_ROLE}, at="/admin/integrations/"),
    "(?P<url>.*)$": Address({}, at="/admin/nothing/here"),
    **pages(
        "integrations/run",
        retry=ASKED_FIRST,
        decide=ASKED_FIRST,
        cancel=ASKED_FIRST,
        give_up=ASKED_FIRST,
        skip=ASKED_FIRST,
    ),
    **pages(
        "integrations/failure",
        add_row={"POST": STEWARDS},
        note={"POST": OPERATORS},
        snooze={"POST": OPERATORS},
        retry=ASKED_FIRST,
        resolve=ASKED_FIRST,
        ignore=ASKED_FIRST,
        give_up=ASKED_FIRST,
    ),
    **pages("integrations/approval", decide={"POST": STEWARDS}),
    **pages("integrations/effect", undo=ASKED_FIRST),
    **pages("integrations/crossreference"),
    **pages("integrations/event"),
    **pages("integrations/endpoint", backfill=ASKED_FIRST, pause=ASKED_FIRST),
    **pages("integrations/schedule"),
    **pages("integrations/refusal"),
    **pages("integrations/release", switch={"*": VIEWERS, "POST": RELEASERS}),
    **pages("designer/flow", sees=ANY_ROLE),
    **pages(
        "integrations/connection",
        adds=EVERY_ADMINISTRATOR,
        changes=ADMINISTRATORS,
        test={"POST": OPERATORS | BUILDERS},
    ),
    **pages(
        "integrations/mappingtable",
        adds=STEWARDS | {"elsewhere"},
        changes=STEWARDS,
        export={"*": VIEWERS},
        import_={"*": STEWARDS},
        settings={"*": STEWARDS},
    ),
    **pages(
        "integrations/environment",
        adds=SUPERUSERS,  # and whoever administers all environments
        changes=ADMINISTRATORS,
        deletes=SUPERUSERS,
    ),
    **pages("integrations/retentionmark", sees=NOBODY),
    **pages("integrations/hold", adds=EVERY_ADMINISTRATOR, release={"*": VIEWERS, "POST": ADMINISTRATORS}),
    **pages("integrations/binding", adds=RELEASERS | {"elsewhere"}, changes=RELEASERS, deletes=RELEASERS),
    **pages("integrations/variable", adds=RELEASERS | {"elsewhere"}, changes=RELEASERS, deletes=RELEASERS),
    **pages("integrations/auditentry", lists=EVERY_ADMINISTRATOR, sees=ADMINISTRATORS),
    **pages(
        "integrations/apikey",
        lists=EVERY_ADMINISTRATOR,
        sees=ADMINISTRATORS,
        adds=EVERY_ADMINISTRATOR,
        revoke={"*": ADMINISTRATORS},
    ),
    **pages(
        "integrations/membership",
        lists=EVERY_ADMINISTRATOR,
        sees=ADMINISTRATORS,
        adds=EVERY_ADMINISTRATOR,
        changes=ADMINISTRATORS,
        deletes=ADMINISTRATORS,
    ),
    **pages(
        "auth/user", lists=EVERY_ADMINISTRATOR, sees=EVERY_ADMINISTRATOR, adds=SUPERUSERS, changes=SUPERUSERS
    ),
    "auth/user/<id>/password/": Address({"*": SUPERUSERS}, {"id": "user"}),
}

TABLE: dict[str, Address] = {
    **DOOR,
    **{f"api/v1/{route}": address for route, address in API.items()},
    **{f"admin/{route}": address for route, address in ADMIN.items()},
    r"^(?!(?:api|in|ws|static|admin|oauth|healthz|readyz|metrics)(?:/|$))[^.]*$": Address(
        {"GET": EVERYBODY}, at="/flows"
    ),
}
