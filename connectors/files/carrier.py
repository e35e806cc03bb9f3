"""Carries requests to the folder, which knows them by path as a far system would.

GET /folder, /files (by pattern), /file (one, with its digest), /rows (a page); PUT /file writes one.
"""

import hashlib
from collections.abc import Mapping

from connectors.files.folder import Place, missing, place_of
from connectors.files.reading import read_page
from connectors.files.writing import content_of, digest_of, put
from connectors.sdk.carriage import Errand
from connectors.sdk.classify import is_write
from connectors.sdk.errors import Conflict
from connectors.sdk.wire import Json, Response

__all__ = ["carry"]


def carry(errand: Errand) -> Response:
    """Do what the request says. Raises `Failure`."""
    place = place_of(errand.account.settings)
    request = errand.request
    if is_write(request):
        return Response(200, {}, _write(errand, place, request.json), "")
    return Response(200, {}, _read(place, request.path, request.query), "")


def _read(place: Place, path: str, query: Mapping[str, Json]) -> Json:
    if path == "/rows":
        return read_page(place, query["asked"], query.get("at"))
    if path == "/files":
        return [
            one.to_json() | {"stamp": one.stamp, "changed": one.changed.isoformat()}
            for one in place.files(query["pattern"])
        ]
    if path == "/file":
        return place.found(query["path"]).to_json() | {"sha256": _digest(place, query["path"])}
    return {"folder": str(place.folder.relative_to(place.top))}


def _write(errand: Errand, place: Place, asked: Mapping[str, Json]) -> Json:
    """Write the file that was meant; content that has come to mean other bytes since isn't written."""
    content = content_of(asked)
    if digest_of(content) != asked["sha256"]:
        raise Conflict("This installation writes such a file differently by now.", code="content_changed")
    place.path(asked["path"])
    errand.leave()
    put(place, asked, content)
    return {
        "path": asked["path"],
        "rows": len(asked["rows"]),
        "bytes": len(content),
        "sha256": asked["sha256"],
    }


def _digest(place: Place, path: str) -> str:
    try:
        with place.path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise missing(path, error) from error
