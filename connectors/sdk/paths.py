"""Building request paths from keys and ids without letting one of them change where the request goes."""

from urllib.parse import quote

from connectors.sdk.errors import Data

__all__ = ["path_of"]


def path_of(*parts: str) -> str:
    """`path_of("v1", "boxes", key)` → "/v1/boxes/<quoted key>". Raises `Data` for an empty part or a dot segment."""
    quoted = []
    for part in parts:
        if part in {"", ".", ".."}:
            raise Data(
                "A key that is needed for this call is empty.", code="key_missing", detail=f"parts={parts!r}"
            )
        quoted.append(quote(part, safe="-_.~"))
    return "/" + "/".join(quoted)
