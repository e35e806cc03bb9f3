"""Looking for what has changed: M3 by its change stamps (LMTS, LMDT), CSI by RecordDate.

Orders and invoices of M3 know only the day they were changed on, and CSI's RecordDate is its server's local time. So every sweep
begins at a day, and a record's version is its content: a record seen before with the same content is no event.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.infor.csi import load_page
from connectors.infor.m3 import PAGE, get_one, pick, transact
from connectors.infor.orders import status_word
from connectors.infor.resources import RESOURCES, read_record
from connectors.infor.settings import erp_of
from connectors.sdk.operation import Call
from connectors.sdk.schema import obj
from connectors.sdk.trigger import Arrival, CursorLost, Page, PollTrigger, content_hash, server_clock
from connectors.sdk.wire import Json, Request, Schema

__all__ = ["changed_customers", "changed_invoices", "changed_items", "changed_orders", "changes_trigger"]

_COLUMNS = ("ORNO", "CUNO", "CUOR", "ORDT", "ORSL", "ORST", "NTAM", "CUCD", "MODL", "OBLC", "LMDT")
_FIRST_LOOK = timedelta(days=365)

Rows = tuple[Sequence[Json], str | None]
Changed = Callable[[Call, datetime | None, str | None, datetime], Rows]
"""`(call, since, cursor, server's clock)` → M3's rows and the cursor of the next page."""


def changes_trigger(  # noqa: PLR0913 - what a trigger is made of, each by its name
    title: str, resource: str, changed: Changed, *, record: str, output: Schema, sample: Json, help: str
) -> PollTrigger:
    """The poll trigger of one resource, over M3 or CSI."""

    def poll(call: Call, _config: Mapping[str, Json], since: datetime | None, cursor: str | None) -> Page:
        erp, now = erp_of(call.settings), _clock(call)
        if erp == "csi":
            rows, following = _csi_rows(call, RESOURCES[resource].ido, since, cursor)
        else:
            rows, following = changed(call, since, cursor, now)
        return Page([_arrival(resource, erp, one) for one in rows], following, now)

    return PollTrigger(
        title=title,
        help=help,
        config=obj({}),
        output=output,
        sample=sample,
        poll=poll,
        granularity="day",
        record=record,
    )


def changed_customers(call: Call, since: datetime | None, cursor: str | None, _now: datetime) -> Rows:
    fields = {"LMTS": _stamp(since), "CUNO": cursor}
    return _paged(transact(call, "CRS610MI", "LstByNumber", fields), "CUNO", cursor)


def changed_items(call: Call, since: datetime | None, cursor: str | None, _now: datetime) -> Rows:
    fields = {"LMTS": _stamp(since), "FRIT": cursor}
    return _paged(transact(call, "MMS200MI", "SelItem", fields), "ITNO", cursor)


def changed_orders(call: Call, since: datetime | None, cursor: str | None, _now: datetime) -> Rows:
    """Straight from the order table: M3 has no list of orders by change stamp."""
    if cursor is not None and not cursor.isalnum():
        raise CursorLost(f"“{cursor}” is no place in M3's orders.", code="cursor")
    wanted = [f"OALMDT >= {since:%Y%m%d}"] if since else []
    wanted += [f"OAORNO > '{cursor}'"] if cursor else []
    where = f" where {' and '.join(wanted)}" if wanted else ""
    query = f"{','.join(f'OA{name}' for name in _COLUMNS)} from OOHEAD{where}"
    found = transact(call, "EXPORTMI", "Select", {"QERY": query, "SEPC": "|"})
    rows = [dict(zip(_COLUMNS, str(one.get("REPL", "")).split("|"), strict=False)) for one in found]
    return rows, pick(rows[-1], "ORNO") if len(rows) >= PAGE else None


def changed_invoices(call: Call, since: datetime | None, cursor: str | None, now: datetime) -> Rows:
    """The invoices of each year from `since` on; those changed before its day are left out."""
    first = (since or now - _FIRST_LOOK).year
    year, _, at = (cursor or f"{first}:").partition(":")
    if not year.isdigit():
        raise CursorLost(f"“{cursor}” is no place in M3's invoices.", code="cursor")
    found = transact(call, "OIS350MI", "LstInvHead", {"YEA4": year, "IVNO": at})
    day = f"{since:%Y%m%d}" if since else ""
    rows = [one for one in found if pick(one, "LMDT") >= day]
    last = pick(found[-1], "IVNO") if found else ""
    if len(found) >= PAGE and last != at:
        return rows, f"{year}:{last}"
    return rows, f"{int(year) + 1}:" if int(year) < now.year else None


def _paged(rows: Sequence[Json], key: str, cursor: str | None) -> Rows:
    last = pick(rows[-1], key) if rows else ""
    return rows, last if len(rows) >= PAGE and last != cursor else None


def _csi_rows(call: Call, ido: str, since: datetime | None, cursor: str | None) -> Rows:
    """By RecordDate, a day earlier than asked: it is the server's local time."""
    day = f"{since - timedelta(days=1):%Y-%m-%d} 00:00:00" if since else ""
    asked = {
        "properties": "*",
        "filter": f"RecordDate > '{day}'" if day else "",
        "orderby": "RecordDate,RowPointer",
    }
    portion = load_page(call, ido, asked, cursor)
    return portion.items, portion.following


def _arrival(resource: str, erp: str, row: Json) -> Arrival:
    known = RESOURCES[resource]
    data = read_record(known, erp, row)
    if resource == "salesorders":
        data["status"] = status_word(erp, str(data["lowest_status"]), str(data["highest_status"]))
    own = [str(data[known.key]), str(data.get("year") or "")]
    far_id = "/".join(part for part in own if part)
    version = content_hash(data)
    return Arrival(
        key=f"{far_id}:{version}",
        title=str(data.get("name") or data[known.key]),
        data=data,
        record=far_id,
        version=version,
    )


def _clock(call: Call) -> datetime:
    """The far system's clock: M3 tells it in milliseconds, CSI only by its answers' date."""
    if erp_of(call.settings) == "m3":
        stamp = pick(get_one(call, "GENERAL", "GetServerTime", {}), "LMTS")
        if stamp.isdigit():
            return datetime.fromtimestamp(int(stamp) / 1000, UTC)
    told = server_clock(call.send(Request("GET", "/CSI/IDORequestService/ido/configurations")))
    return told or datetime.now(UTC)


def _stamp(since: datetime | None) -> str:
    return str(int(since.timestamp() * 1000)) if since else ""
