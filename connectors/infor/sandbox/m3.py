"""M3's REST layer: one transaction by GET, several by POST, with the errors each of them gives."""

from collections.abc import Mapping

from connectors.infor.sandbox import customers, items, orders, receivables
from connectors.infor.sandbox.fields import check
from connectors.infor.sandbox.oauth import TENANT
from connectors.infor.sandbox.refusals import NokError
from connectors.infor.sandbox.transactions import TRANSACTIONS, transaction
from connectors.sdk.sandbox.http import RefusedError, Reply, Request
from connectors.sdk.sandbox.simulator import Route, World
from connectors.sdk.sandbox.store import Record
from connectors.sdk.wire import Json

__all__ = ["ROUTES"]

PROGRAMS = (customers, items, orders, receivables)
"""Importing them fills the register."""
COMPANIES = frozenset({"", "100", "409"})
_BASE = f"/{TENANT}/M3/m3api-rest"
_CONTROLS = frozenset(
    {
        "cono", "divi", "lanc", "locale", "timezone", "maxrecs", "dateformat", "excludeempty", "excludempty", "righttrim",
        "returncols", "format", "extendedresult", "metadata", "_rid",
    }
)  # fmt: skip


def single(world: World, request: Request) -> Reply:
    """GET: control parameters in the query, or as matrix parameters after the transaction."""
    name, *matrix = request.params["transaction"].split(";")
    given = {key: values[-1] for key, values in request.queries.items()}
    given |= {key: value for key, _, value in (one.partition("=") for one in matrix)}
    controls = {key.lower(): value for key, value in given.items() if key.lower() in _CONTROLS}
    record = {key: value for key, value in given.items() if key.lower() not in _CONTROLS}
    with world.records.store.writing():
        try:
            found = _run(world, request.params["program"], name, record, controls)
        except NokError as nok:
            return Reply(nok.view(), 400)
    return Reply(_answer([{"transaction": name, "parameters": {}, "records": found}], 0))


def bulk(world: World, request: Request) -> Reply:
    """POST: every transaction on its own; what is refused is said in its place, with status 200."""
    body = _object(request)
    program = str(body.get("program") or request.params.get("program") or "")
    controls = {"cono": str(body.get("cono") or ""), "maxrecs": str(body.get("maxReturnedRecords") or "0")}
    results: list[Json] = []
    stop = "bulk_terminated" if world.faults.claim("bulk_terminated", request) else ""
    transactions = body["transactions"]
    for number, one in enumerate(transactions):
        name = str(one.get("transaction") or "")
        if stop and number >= len(transactions) / 2:
            results.append({"transaction": name, "records": [], "notProcessed": True})
            continue
        results.append(_item(world, program, one, controls))
    return Reply(_answer(results, sum("notProcessed" in one for one in results)))


def _item(world: World, program: str, one: Mapping[str, Json], controls: Mapping[str, str]) -> Json:
    name = str(one.get("transaction") or "")
    record = {key: "" if value is None else str(value) for key, value in (one.get("record") or {}).items()}
    columns = ",".join(one.get("selectedColumns") or [])
    answer = {"transaction": name, "parameters": {}, "records": []}
    try:
        found = _run(world, program, name, record, {**controls, "returncols": columns})
    except NokError as nok:
        return {**answer, **nok.view(), "notProcessed": False}
    return {**answer, "records": found}


def _run(
    world: World, program: str, name: str, record: Mapping[str, str], controls: Mapping[str, str]
) -> list[Record]:
    known = TRANSACTIONS.get((program, name))
    if known is None:
        raise NokError(f"Transaction {name} not found in {program}", "", "", "TransactionNotFound")
    if controls.get("cono", "") not in COMPANIES or record.get("CONO", "") not in COMPANIES:
        raise NokError("You are not authorized for the company", "XAU0008", "CONO")
    check(record, known.mandatory)
    found = list(known.run(world, record))
    most = int(controls.get("maxrecs") or "100")
    shown = [_texts(one) for one in (found[:most] if most else found)]
    columns = [column for column in controls.get("returncols", "").split(",") if column]
    return [{name: one.get(name, "") for name in columns} for one in shown] if columns else shown


def _texts(record: Record) -> Record:
    return {name: str(value) for name, value in record.items()}


def _object(request: Request) -> dict[str, Json]:
    try:
        body = request.json()
    except ValueError as error:
        raise RefusedError(Reply(None, 400, raw=b"")) from error
    whole = isinstance(body, dict) and isinstance(body.get("transactions"), list)
    if not whole or not all(
        isinstance(one, dict) and isinstance(one.get("record") or {}, dict) for one in body["transactions"]
    ):
        raise RefusedError(Reply(None, 400, raw=b""))
    return dict(body)


def _answer(results: list[Json], skipped: int) -> Json:
    failed = sum("errorMessage" in one for one in results)
    answer: dict[str, Json] = {
        "results": results,
        "wasTerminated": bool(skipped),
        "nrOfSuccessfullTransactions": len(results) - failed - skipped,
        "nrOfFailedTransactions": failed,
        "nrOfNotProcessedTransactions": skipped,
    }
    if skipped:
        answer |= {"terminationReason": "Terminated", "terminationErrorType": "ServerReturnedNOK"}
    return answer


def _user_info(world: World, _record: Mapping[str, str]) -> list[Record]:
    return [
        {"ZZUSID": "INTERLOCK", "ZDCONO": "100", "ZDDIVI": str((world.records.get("account", "tenant") or {}).get("division", "")), "ZDFACI": "A01", "ZZWHLO": "001", "ZDLANC": "GB"}
    ]  # fmt: skip


def _server_time(world: World, _record: Mapping[str, str]) -> list[Record]:
    now = world.clock.now()
    return [
        {
            "DATE": now.strftime("%Y%m%d"),
            "TIME": now.strftime("%H%M%S"),
            "LMTS": str(int(now.timestamp() * 1000)),
        }
    ]


for _program in ("GENERAL", *sorted({program for program, _ in TRANSACTIONS})):
    transaction(_program, "GetUserInfo")(_user_info)
    transaction(_program, "GetServerTime")(_server_time)

ROUTES = (
    Route("GET", f"{_BASE}/v2/execute/<program>/<transaction>", single),
    Route("GET", f"{_BASE}/execute/<program>/<transaction>", single),
    Route("POST", f"{_BASE}/v2/execute", bulk),
    Route("POST", f"{_BASE}/v2/execute/<program>", bulk),
    Route("POST", f"{_BASE}/v2/executeSnd", bulk),
)
