"""Every operation of Streak and Sage against the sandbox, over real HTTP, as the runtime carries them out."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from connectors.sdk.account import Account, Secrets
from connectors.sdk.errors import Auth, Conflict, Data, NotFound
from connectors.sdk.oauth import exchange_code, refresh
from connectors.sdk.operation import Mark, Match, Read
from connectors.sdk.registry import connector, trigger
from connectors.sdk.sandbox.host import SandboxHost
from connectors.sdk.session import LiveCall, identify, open_call
from connectors.sdk.trigger import WebhookTrigger
from connectors.sdk.validation import validator_for
from connectors.sdk.wire import Exchange, Json, Request

CALLBACK = "http://127.0.0.1:9/callback"


@dataclass
class Used:
    """A connection to one simulator, and everything that went over it."""

    account: Account
    connector: str
    exchanges: list[Exchange] = field(default_factory=list)

    def call(self) -> LiveCall:
        return open_call(connector(self.connector), self.account, self.exchanges.append)

    def run(self, name: str, data: Json, *, identity: str = "1") -> Json:
        """One operation with checked input and output; a write is stored as JSON between preparing and sending."""
        operation = connector(self.connector).operations[name]
        validator_for(operation.input).check(data)
        if isinstance(operation, Read):
            output = operation.run(self.call(), data)
            validator_for(operation.output).check(output)
            return output
        match = operation.existing(self.call(), data) if operation.existing else None
        if match is not None:
            return match.output
        stored = operation.prepare(self.call(), data, mark_of(name, identity)).to_json()
        output = operation.result(data, self.call().send(Request.from_json(stored)))
        validator_for(operation.output).check(output)
        return output

    def found(self, name: str, data: Json, *, identity: str = "1") -> list[Match]:
        """What the operation's look-up finds of a write that was made."""
        operation = connector(self.connector).operations[name]
        assert not isinstance(operation, Read)
        assert operation.find is not None
        mark = mark_of(name, identity)
        return list(operation.find(self.call(), operation.prepare(self.call(), data, mark), mark))


def mark_of(name: str, identity: str) -> Mark:
    digest = hashlib.sha256(f"{name}/{identity}".encode()).hexdigest()
    return Mark(digest[:16].upper(), digest[16:48])


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxHost]:
    host = SandboxHost(tmp_path_factory.mktemp("sandbox") / "state.sqlite3").start()
    yield host
    host.stop()


@pytest.fixture(scope="module")
def streak(sandbox: SandboxHost) -> Used:
    access = sandbox.urls()["systems"]["streak"]["access"]
    return Used(
        Account("sandbox-streak", sandbox.streak_url, "api_key", Secrets(access), {}, "sandbox"), "streak"
    )


@pytest.fixture(scope="module")
def sage(sandbox: SandboxHost) -> Used:
    """Signed in by the authorization-code flow, as a person would in the browser, and refreshed once."""
    access = sandbox.urls()["systems"]["sage50"]["access"]
    secrets = {"client_id": access["client_id"], "client_secret": access["client_secret"]}
    account = Account("sandbox-sage", sandbox.sage_url, "oauth2_code", Secrets(secrets), {}, "sandbox")
    used = Used(account, "sage50")
    code = code_after_allowing(access)
    grant = exchange_code(
        connector("sage50"), account, used.exchanges.append, code=code, redirect_uri=CALLBACK
    )
    used.account = replace(account, secrets=Secrets({**secrets, **grant.secrets}))
    newer = refresh(connector("sage50"), used.account, used.exchanges.append)
    with pytest.raises(Auth):
        refresh(connector("sage50"), used.account, used.exchanges.append)
    used.account = replace(account, secrets=Secrets({**secrets, **newer.secrets}))
    business = identify(connector("sage50"), used.account, used.exchanges.append).id
    used.account = replace(used.account, settings={"business_id": business})
    return used


def code_after_allowing(access: Json) -> str:
    where = urlsplit(access["authorize_url"])
    form = {
        "response_type": "code",
        "client_id": access["client_id"],
        "redirect_uri": CALLBACK,
        "decision": "allow",
    }
    browser = HTTPConnection(where.hostname or "", where.port)
    browser.request(
        "POST",
        f"{where.path}?{where.query}",
        urlencode(form),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    location = browser.getresponse().getheader("Location") or ""
    browser.close()
    return parse_qs(urlsplit(location).query)["code"][0]


@pytest.fixture(scope="module")
def deal(streak: Used) -> Json:
    """Some deal with a contact, an organization and line items."""
    pipeline = streak.run("list_pipelines", {})["pipelines"][0]["name"]
    boxes = streak.run("list_boxes", {"pipeline": pipeline, "lines_field": "Line items", "limit": 50})[
        "boxes"
    ]
    return next(box for box in boxes if box["lines"] and box["organization_keys"] and box["contact_keys"])


def test_the_accounts_are_the_ones_the_sandbox_says(sandbox: SandboxHost, streak: Used, sage: Used) -> None:
    systems = sandbox.urls()["systems"]
    assert (
        identify(connector("streak"), streak.account, streak.exchanges.append).id
        == systems["streak"]["account"]["id"]
    )
    assert sage.account.settings["business_id"] == systems["sage50"]["account"]["id"]


def test_a_deal_is_read_with_everything_an_invoice_needs(streak: Used, deal: Json) -> None:
    box = streak.run("get_box", {"box_key": deal["key"]})
    assert box["lines"] == deal["lines"]
    assert streak.run("get_contact", {"contact_key": box["contact_keys"][0]})["email"]
    assert streak.run("get_organization", {"organization_key": box["organization_keys"][0]})["name"]
    stages = streak.run("list_stages", {"pipeline": box["pipeline_key"]})["stages"]
    assert box["stage"] in stages
    fields = streak.run("list_fields", {"pipeline": box["pipeline_key"]})["fields"]
    assert [one["name"] for one in fields] == list(box["fields"])
    assert deal["key"] in [one["key"] for one in streak.run("find_boxes", {"name": box["name"]})["boxes"]]


def test_a_deal_is_written_by_names_and_read_back_the_same(streak: Used, deal: Json) -> None:
    fields = {
        "Sage invoice": "SI-57",
        "Close date": "2026-12-01",
        "Segment": ["office"],
        "Deposit paid": True,
    }
    data = {"box_key": deal["key"], "fields": fields, "stage": "Quoted"}
    streak.run("update_box", data)
    box = streak.run("get_box", {"box_key": deal["key"]})
    assert {name: box["fields"][name] for name in fields} == fields
    assert box["stage"]["name"] == "Quoted"
    assert int(box["position"]) > int(deal["position"])
    assert [match.far_id for match in streak.found("update_box", data)] == [deal["key"]]
    other = {"box_key": deal["key"], "fields": {"Sage invoice": "SI-58"}}
    assert streak.found("update_box", other) == []


@pytest.mark.parametrize("name", ["create_box", "create_comment"])
def test_what_is_made_in_streak_finds_itself_and_only_itself(streak: Used, deal: Json, name: str) -> None:
    inputs = {
        "create_box": {"pipeline": deal["pipeline_key"], "name": "Made by a test"},
        "create_comment": {"box_key": deal["key"], "message": "Invoice SI-57 made"},
    }
    first = streak.run(name, inputs[name], identity="first")
    second = streak.run(name, inputs[name], identity="second")
    found = {
        identity: streak.found(name, inputs[name], identity=identity)
        for identity in ("first", "second", "third")
    }
    assert [match.output for match in found["first"]] == [first]
    assert [match.output for match in found["second"]] == [second]
    assert found["third"] == []
    assert found["first"][0].created_at


@pytest.mark.parametrize("name", ["box_stage_changed", "box_created", "box_edited"])
def test_a_webhook_is_registered_once_and_removed(streak: Used, deal: Json, name: str) -> None:
    hook = trigger(f"streak.{name}")
    assert isinstance(hook, WebhookTrigger)
    config = {"pipeline": deal["pipeline_key"]}
    url = f"http://127.0.0.1:9/in/{name}"
    hook.enable(streak.call(), url, "first", config)
    state = hook.enable(streak.call(), url, "second", config)
    path = f"/v2/pipelines/{deal['pipeline_key']}/webhooks"
    assert [one["targetUrl"] for one in results(streak.call().get(path))].count(url) == 1
    hook.disable(streak.call(), state)
    hook.disable(streak.call(), state)
    assert url not in [one["targetUrl"] for one in results(streak.call().get(path))]


def results(answer: Json) -> list[Json]:
    found: list[Json] = answer if isinstance(answer, list) else answer["results"]
    return found


@pytest.mark.parametrize(
    ("name", "data"), [("get_box", {"box_key": "nothing"}), ("get_contact", {"contact_key": "nothing"})]
)
def test_what_is_not_in_streak_is_not_found(streak: Used, name: str, data: Json) -> None:
    with pytest.raises(NotFound):
        streak.run(name, data)


def test_a_wrong_key_ends_the_sign_in(streak: Used) -> None:
    stranger = replace(streak.account, secrets=Secrets({"api_key": "nobody's key"}))
    with pytest.raises(Auth):
        identify(connector("streak"), stranger, streak.exchanges.append)


CUSTOMER: Json = {
    "name": "Fern & Sons Ltd",
    "email": "fay@fern.example",
    "company_key": "agxFERN",
    "contact_name": "Fay Fern",
    "address": {"line1": "1 Moss Lane", "city": "Leeds", "postal_code": "LS1 1AA", "country": "GB"},
    "currency": "GBP",
}


def test_a_customer_is_made_once_and_then_met_by_any_of_its_keys(sage: Used) -> None:
    made = sage.run("find_or_create_customer", CUSTOMER)
    assert made["matched_by"] == "created"
    assert [match.far_id for match in sage.found("find_or_create_customer", CUSTOMER)] == [made["id"]]
    by_key = sage.run(
        "find_or_create_customer", {**CUSTOMER, "email": "new@fern.example", "name": "Fern Group"}
    )
    by_email = sage.run(
        "find_or_create_customer", {**CUSTOMER, "company_key": "", "email": "FAY@fern.example "}
    )
    by_name = sage.run("find_or_create_customer", {"name": "FERN AND SONS", "on_name_match": "accept"})
    assert [one["id"] for one in (by_key, by_email, by_name)] == [made["id"]] * 3
    assert [one["matched_by"] for one in (by_key, by_email, by_name)] == ["source_guid", "email", "name"]
    assert [one["id"] for one in sage.run("find_customer", {"email": "fay@fern.example"})["customers"]] == [
        made["id"]
    ]
    with pytest.raises(Conflict):
        sage.run("find_or_create_customer", {**CUSTOMER, "company_key": "agxOTHER"})
    with pytest.raises(Conflict):
        sage.run("find_or_create_customer", {"name": "Fern & Sons"})


def invoice(sage: Used, **changes: Json) -> Json:
    customer = sage.run("find_or_create_customer", CUSTOMER)["id"]
    lines = [
        {
            "description": "Chair",
            "quantity": "15",
            "unit_price": "30.095",
            "nominal_code": "4000",
            "tax_rate_id": "GB_STANDARD",
            "tax_amount": "90.29",
        },
        {
            "description": "Freight",
            "quantity": "1",
            "unit_price": "148",
            "nominal_code": "4905",
            "tax_rate_id": "GB_ZERO",
        },
    ]
    return {
        "customer_id": customer,
        "date": "2026-11-21",
        "reference": "STRK-9",
        "currency": "GBP",
        "lines": lines,
        **changes,
    }


def test_an_invoice_has_the_totals_sage_computes_and_is_replayed_within_the_window(sage: Used) -> None:
    data = invoice(sage)
    made = sage.run("create_invoice", data, identity="deal 9")
    assert (made["net_amount"], made["tax_amount"], made["total_amount"]) == ("599.43", "90.29", "689.72")
    assert made["status"] == "DRAFT"
    assert sage.run("create_invoice", data, identity="deal 9") == made
    assert [match.output for match in sage.found("create_invoice", data, identity="deal 9")] == [made]
    assert sage.found("create_invoice", data, identity="deal 10") == []
    assert sage.run("get_invoice", {"invoice_id": made["id"]}) == made


def test_a_posted_invoice_can_be_voided_and_then_no_longer_stands(sage: Used) -> None:
    made = sage.run("create_invoice", invoice(sage, status="open", reference=""), identity="deal 11")
    assert made["status"] == "UNPAID"
    create = connector("sage50").operations["create_invoice"]
    assert not isinstance(create, Read)
    assert create.standing is not None
    assert create.standing(sage.call(), made["id"]) == "stands"
    voiding = {"invoice_id": made["id"], "reason": "made by a test"}
    assert sage.run("void_invoice", voiding) == {"id": made["id"], "status": "VOID"}
    assert create.standing(sage.call(), made["id"]) == "void"
    assert [match.far_id for match in sage.found("void_invoice", voiding)] == [made["id"]]


REFUSED: list[tuple[Json, str]] = [
    ({"date": "2026-02-30"}, "/date"),
    ({"customer_id": "nobody"}, "/customer_id"),
    ({"currency": "XXX"}, "/currency"),
]


@pytest.mark.parametrize(("changes", "pointer"), REFUSED)
def test_what_sage_refuses_is_said_at_our_own_field(sage: Used, changes: Json, pointer: str) -> None:
    operation = connector("sage50").operations["create_invoice"]
    assert not isinstance(operation, Read)
    data = invoice(sage, **changes)
    with pytest.raises(Data) as caught:
        sage.call().send(operation.prepare(sage.call(), data, mark_of("create_invoice", pointer)))
    assert caught.value.pointer == pointer


def test_the_books_are_listed(sage: Used) -> None:
    assert "4000" in [one["nominal_code"] for one in sage.run("list_ledger_accounts", {})["accounts"]]
    assert {"id": "GB_STANDARD", "name": "Standard 20.00%", "percentage": "20.0"} in sage.run(
        "list_tax_rates", {}
    )["tax_rates"]
    assert sage.run("list_products", {"search": "chair"})["products"][0]["sales_price"]


def test_nothing_that_was_recorded_holds_a_secret(streak: Used, sage: Used) -> None:
    streak.run("list_pipelines", {})
    sage.run("list_products", {"search": "chair"})
    for used in (streak, sage):
        recorded = str(used.exchanges)
        assert used.exchanges
        for name in used.account.secrets.names():
            assert used.account.secrets.reveal(name) not in recorded
