"""Reading a bundle, from a folder or from one file: hashes, format, unknown keys. All that is wrong is said at once."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.sdk.wire import Json
from designer.bundles.bundle import READABLE, Bundle, BundleRefused, Issue, Requires, Table, content_hash
from designer.bundles.canonical import json_bytes, ndjson_bytes, sha256
from designer.bundles.meaning import meaning_issues
from designer.bundles.shapes import findings, kind_of

__all__ = ["LARGEST", "read_bundle", "read_file", "read_folder"]

MANIFEST = "manifest.json"
LARGEST = 20 * 1024 * 1024
"""Bytes of a bundle, all files together."""


def read_bundle(path: Path) -> Bundle:
    """A bundle from its folder or its single file. Raises `BundleRefused`."""
    return read_folder(path) if path.is_dir() else read_file(path.read_bytes())


def read_folder(folder: Path) -> Bundle:
    """A bundle from a folder with a `manifest.json`. Raises `BundleRefused`."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    if sum(path.stat().st_size for path in found) > LARGEST:
        raise BundleRefused([_too_large()])
    return _read({path.relative_to(folder).as_posix(): path.read_bytes() for path in found})


def read_file(content: bytes) -> Bundle:
    """A bundle from one JSON file: {"manifest": …, "files": {path: content}}. Raises `BundleRefused`."""
    if len(content) > LARGEST:
        raise BundleRefused([_too_large()])
    issues: list[Issue] = []
    whole = _json("the bundle", content, issues)
    if (
        not isinstance(whole, dict)
        or set(whole) != {"manifest", "files"}
        or not isinstance(whole["files"], dict)
    ):
        raise BundleRefused(issues or [Issue("", "", "not_a_bundle", "This file is not a bundle.")])
    return _read(
        {
            MANIFEST: json_bytes(whole["manifest"]),
            **{path: _file_bytes(path, value) for path, value in whole["files"].items()},
        }
    )


def _file_bytes(path: str, value: Json) -> bytes:
    return ndjson_bytes(value) if path.endswith(".ndjson") and isinstance(value, list) else json_bytes(value)


def _read(files: Mapping[str, bytes]) -> Bundle:
    """1. manifest, 2. every file against it and its schema, 3. what the files mean together."""
    issues: list[Issue] = []
    manifest = _manifest(files, issues)
    _check_items(manifest, files, issues)
    parts = _parts(files, issues)
    if issues:
        raise BundleRefused(issues)
    bundle = _bundle(manifest, parts)
    issues = meaning_issues(bundle)
    if issues:
        raise BundleRefused(issues)
    return bundle


def _manifest(files: Mapping[str, bytes], issues: list[Issue]) -> dict[str, Any]:
    """The manifest. Without a readable one there is nothing else to say, so it is refused at once."""
    if MANIFEST not in files:
        raise BundleRefused([Issue(MANIFEST, "", "missing", "There is no manifest.json.")])
    manifest = _json(MANIFEST, files[MANIFEST], issues)
    declared = manifest.get("format") if isinstance(manifest, dict) else None
    if isinstance(declared, int) and declared not in READABLE:
        message = (
            f"The bundle has format {declared}; this version reads {READABLE.start} to {READABLE.stop - 1}."
        )
        raise BundleRefused([Issue(MANIFEST, "/format", "format", message)])
    issues += [
        Issue(MANIFEST, pointer, "invalid", sentence) for pointer, sentence in findings("manifest", manifest)
    ]
    if issues:
        raise BundleRefused(issues)
    if manifest["content_hash"] != content_hash(manifest):
        issues.append(
            Issue(MANIFEST, "/content_hash", "hash", "The manifest was changed after the bundle was made.")
        )
    return dict(manifest)


def _check_items(manifest: Mapping[str, Any], files: Mapping[str, bytes], issues: list[Issue]) -> None:
    """Every file is listed, every listed file is there, and each is what it was."""
    listed = {item["path"]: item["sha256"] for item in manifest["items"]}
    for path in sorted(set(files) - set(listed) - {MANIFEST}):
        issues.append(Issue(path, "", "unlisted", f"{path} is not listed in the manifest."))
    for path, digest in listed.items():
        if path not in files:
            issues.append(Issue(path, "", "missing", f"{path} is listed, but it isn't there."))
        elif sha256(files[path]) != digest:
            issues.append(Issue(path, "", "hash", f"{path} was changed after the bundle was made."))


def _parts(files: Mapping[str, bytes], issues: list[Issue]) -> dict[str, dict[str, Any]]:
    """kind → key → content of every file that has the shape it must have."""
    parts: dict[str, dict[str, Any]] = {}
    for path, content in files.items():
        if path == MANIFEST:
            continue
        kind, key = kind_of(path)
        if not kind:
            issues.append(Issue(path, "", "unknown_file", f"{path} doesn't belong in a bundle."))
            continue
        value = _rows(path, content, issues) if kind == "rows" else _json(path, content, issues)
        wrong = [Issue(path, pointer, "invalid", sentence) for pointer, sentence in findings(kind, value)]
        issues += wrong
        if not wrong:
            parts.setdefault(kind, {})[key] = value
    return parts


def _bundle(manifest: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]]) -> Bundle:
    rows = parts.get("rows", {})
    requires = manifest["requires"]
    setup: Mapping[str, Any] = next(iter(parts.get("setup", {}).values()), {"questions": []})
    return Bundle(
        key=manifest["key"],
        title=manifest["title"],
        description=manifest["description"],
        requires=Requires(
            **{name: tuple(requires[name]) for name in ("connectors", "slots", "variables", "tables")}
        ),
        flows=dict(parts.get("flow", {})),
        layouts=dict(parts.get("layout", {})),
        tables={
            key: Table(schema, tuple(rows.get(key, ()))) for key, schema in parts.get("table", {}).items()
        },
        tests=dict(parts.get("test", {})),
        questions=tuple(setup["questions"]),
    )


def _json(path: str, content: bytes, issues: list[Issue]) -> Any:
    """The parsed file; {} after noting what is wrong. A key that stands twice is refused: one of the two would be lost."""
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_no_doubles)
    except (UnicodeDecodeError, ValueError) as error:
        issues.append(Issue(path, "", "not_json", f"{path} can't be read as JSON: {error}."))
        return {}


def _rows(path: str, content: bytes, issues: list[Issue]) -> list[Any]:
    return [_json(path, line, issues) for line in content.splitlines() if line.strip()]


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        doubled = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise ValueError(f"the key “{doubled}” stands twice")
    return found


def _too_large() -> Issue:
    return Issue("", "", "too_large", f"A bundle may have {LARGEST // 1024 // 1024} MB.")
