"""Whitelisted reads: a kind and a closed window of keys or days, answered in chunks of bounded size."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.agent.driver import MAX_ROWS, READS, Session, Window
from connectors.agent.refusals import SageRefusal, Unsupported
from connectors.agent.work import SINGULAR

MAX_BYTES = 1_000_000
_KIND_OF = {name: kind for kind, name in SINGULAR.items()}


def list_chunks(session: Session, op: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """`{seq, rows, cursor}` from 0 on; an empty answer has none. `params.window` = {"first", "last", "by"?}."""
    kind = op.removeprefix("list_")
    rows = session.read(kind, _window(params.get("window")))
    for seq, part in enumerate(_parts(rows)):
        key = READS[kind].key
        yield {"seq": seq, "rows": part, "cursor": str(part[-1][key]) if key else ""}


def get_one(session: Session, op: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The record `params.reference`. Raises `SageRefusal` 17 when there is none."""
    kind = _KIND_OF[op.removeprefix("get_")]
    reference = str(params.get("reference") or "")
    found = session.read(kind, Window(reference, reference))
    if not found:
        raise SageRefusal(17, reference)
    return found[0]


def _window(given: Any) -> Window | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not {"first", "last"} <= set(given):
        raise Unsupported("A window has a first and a last.")
    return Window(str(given["first"]), str(given["last"]), str(given.get("by", "key")))


def _parts(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    part: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        length = len(json.dumps(row).encode())
        if part and (len(part) == MAX_ROWS or size + length > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += length
    if part:
        yield part
