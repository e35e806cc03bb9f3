"""M3's transactions: reading by GET, one at a time; writing by the bulk POST, so that a lost answer counts as a write's."""

from collections.abc import Iterator, Mapping, Sequence

from connectors.infor.refusals import m3_failure
from connectors.sdk.errors import OutcomeUnknown
from connectors.sdk.operation import MOST_PAGES, Call
from connectors.sdk.wire import Json, Request, Response

__all__ = [
    "PAGE",
    "bulk",
    "first_of",
    "get_one",
    "listed",
    "pick",
    "records_of",
    "transact",
    "walked",
    "writing",
]

_EXECUTE = "/M3/m3api-rest/v2/execute"
PAGE = 100

Fields = Mapping[str, Json]


def transact(call: Call, program: str, name: str, fields: Fields, *, most: int = PAGE) -> list[Json]:
    """The records a reading transaction gives, at most `most` (0 = all). Raises `Failure`."""
    settings = call.settings
    controls = {
        "cono": settings.get("company"),
        "divi": settings.get("division"),
        "maxrecs": most,
        "righttrim": "true",
    }
    query = {**_filled(fields), **{key: value for key, value in controls.items() if value not in (None, "")}}
    return records_of(call.get(f"{_EXECUTE}/{program}/{name}", query))


def get_one(call: Call, program: str, name: str, fields: Fields) -> dict[str, Json]:
    """The one record of a Get. Raises `NotFound` as M3 does."""
    found = transact(call, program, name, fields, most=1)
    return found[0] if found else {}


def listed(call: Call, program: str, name: str, fields: Fields) -> list[Json]:
    """All records of a list that can't be positioned."""
    return transact(call, program, name, fields, most=0)


def walked(
    call: Call, program: str, name: str, fields: Fields, key: str, position: str = ""
) -> Iterator[Json]:
    """A list read page by page, positioned at the last key each time: what comes twice is left out."""
    start = position or key
    at: Json = fields.get(start, "")
    before: list[Json] = []
    for _ in range(MOST_PAGES):
        found = transact(call, program, name, {**fields, start: at})
        fresh = [one for one in found if one not in before]
        yield from fresh
        if len(found) < PAGE or not fresh:
            return
        at, before = found[-1].get(key), found


def writing(
    settings: Mapping[str, Json], program: str, transactions: Sequence[tuple[str, Fields]], far_id: str = ""
) -> Request:
    """The bulk POST of one program. M3 runs the items one by one: there is no transaction around them."""
    body: dict[str, Json] = {"program": program}
    if settings.get("company"):
        body["cono"] = int(str(settings["company"]))
    if settings.get("division"):
        body["divi"] = settings["division"]
    body |= {
        "maxReturnedRecords": 0,
        "transactions": [{"transaction": name, "record": _filled(fields)} for name, fields in transactions],
    }
    return Request("POST", _EXECUTE, json=body, far_id=far_id)


def bulk(call: Call, program: str, transactions: Sequence[tuple[str, Fields]]) -> Response:
    """Send writes at once. Raises the failure of the first that was refused."""
    return call.send(writing(call.settings, program, transactions))


def records_of(body: Json) -> list[Json]:
    """The records of the first result. An answer that isn't one raises `OutcomeUnknown`."""
    try:
        first = body["results"][0]
    except (KeyError, IndexError, TypeError) as error:
        raise OutcomeUnknown(
            "M3's answer can't be read.", code="unreadable", detail=str(body)[:500]
        ) from error
    if first.get("errorMessage"):
        raise m3_failure(first)
    return [one for one in first.get("records") or [] if isinstance(one, dict)]


def first_of(response: Response) -> dict[str, Json]:
    """The first record a write gave; {} when it gives none."""
    found = records_of(response.json)
    return found[0] if found else {}


def pick(record: Mapping[str, Json], name: str) -> str:
    """A field's text without the blanks M3 pads it with."""
    return str(record.get(name) or "").strip()


def _filled(fields: Fields) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items() if value not in (None, "")}
