"""Writing a bundle, as a folder or as one file. The same bundle always gives the same bytes."""

import json
from pathlib import Path

from designer.bundles.bundle import Bundle, manifest_of
from designer.bundles.canonical import json_bytes

__all__ = ["bundle_bytes", "write_folder"]


def bundle_bytes(bundle: Bundle) -> bytes:
    """The bundle as one JSON file."""
    files = {path: _content(path, content) for path, content in bundle.files().items()}
    return json_bytes({"manifest": manifest_of(bundle), "files": files})


def write_folder(bundle: Bundle, folder: Path) -> None:
    """The bundle as files below `folder`, which is made when it isn't there. Other files are left alone."""
    for path, content in {"manifest.json": json_bytes(manifest_of(bundle)), **bundle.files()}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _content(path: str, content: bytes) -> object:
    if path.endswith(".ndjson"):
        return [json.loads(line) for line in content.splitlines()]
    return json.loads(content)
