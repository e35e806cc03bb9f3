"""Bundles: read back what was written, refuse what was changed, and say everything that is wrong at once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from designer.bundles.bundle import Bundle, BundleRefused, content_hash, manifest_of
from designer.bundles.canonical import json_bytes, sha256
from designer.bundles.gallery import GALLERY, template
from designer.bundles.read import read_bundle, read_file, read_folder
from designer.bundles.write import bundle_bytes, write_folder

KEY = "closed-won-to-invoice"
Change = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GALLERY / KEY, tmp_path / KEY))


def refused(folder: Path) -> set[tuple[str, str]]:
    """(file, code) of every issue."""
    with pytest.raises(BundleRefused) as caught:
        read_folder(folder)
    return {(issue.file, issue.code) for issue in caught.value.issues}


def rewrite(folder: Path, path: str, change: Callable[[Any], None], *, seal: bool = True) -> None:
    """Change a JSON file; `seal` makes the manifest say that it was always so."""
    value = json.loads((folder / path).read_text())
    change(value)
    (folder / path).write_bytes(json_bytes(value))
    if seal:
        reseal(folder)


def reseal(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    paths = sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*.*") if path.name != "manifest.json"
    )
    manifest["items"] = [{"path": path, "sha256": sha256((folder / path).read_bytes())} for path in paths]
    manifest["content_hash"] = content_hash(manifest)
    (folder / "manifest.json").write_bytes(json_bytes(manifest))


def test_a_folder_and_a_single_file_say_the_same(folder: Path, tmp_path: Path) -> None:
    bundle = read_bundle(folder)
    single = tmp_path / "bundle.json"
    single.write_bytes(bundle_bytes(bundle))
    assert read_bundle(single) == bundle == template(KEY)
    assert bundle_bytes(read_file(single.read_bytes())) == single.read_bytes()


def test_the_same_bundle_always_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    bundle = read_folder(folder)
    again = Bundle(**{name: getattr(bundle, name) for name in reversed(Bundle.__dataclass_fields__)})
    assert bundle_bytes(again) == bundle_bytes(bundle)
    write_folder(bundle, tmp_path / "written")
    assert manifest_of(read_folder(tmp_path / "written")) == manifest_of(bundle)
    assert b"\r" not in bundle_bytes(bundle)


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        (
            lambda folder: rewrite(folder, f"flows/{KEY}.json", lambda v: v.update(name="Mine"), seal=False),
            (f"flows/{KEY}.json", "hash"),
        ),
        (
            lambda folder: rewrite(folder, "manifest.json", lambda v: v.update(title="Mine"), seal=False),
            ("manifest.json", "hash"),
        ),
        (lambda folder: (folder / "setup.json").unlink(), ("setup.json", "missing")),
        (lambda folder: (folder / "flows" / "more.json").write_text("{}"), ("flows/more.json", "unlisted")),
        (lambda folder: (folder / "run.py").write_text("print(1)"), ("run.py", "unknown_file")),
        (lambda folder: (folder / "manifest.json").unlink(), ("manifest.json", "missing")),
        (
            lambda folder: rewrite(folder, "manifest.json", lambda v: v.update(format=9), seal=False),
            ("manifest.json", "format"),
        ),
    ],
)
def test_what_was_changed_after_it_was_made_is_refused(
    folder: Path, change: Change, issue: tuple[str, str]
) -> None:
    change(folder)
    assert issue in refused(folder)


@pytest.mark.parametrize(
    ("path", "change", "issue"),
    [
        (f"flows/{KEY}.json", lambda v: v.update(colour="x"), (f"flows/{KEY}.json", "invalid")),
        (f"flows/{KEY}.json", lambda v: v.update(key="other"), (f"flows/{KEY}.json", "other_key")),
        (f"flows/{KEY}.json", lambda v: v.update(layout={}), (f"flows/{KEY}.json", "layout")),
        (
            "tables/tax_codes.schema.json",
            lambda v: v.update(id=7),
            ("tables/tax_codes.schema.json", "invalid"),
        ),
        (
            "tables/tax_codes.schema.json",
            lambda v: v.update({"class": "environment"}),
            ("tables/tax_codes.rows.ndjson", "not_configuration"),
        ),
        ("setup.json", lambda v: v["questions"][0]["writes"].update(slot="fax"), ("setup.json", "unknown")),
        (
            "setup.json",
            lambda v: v["questions"][2]["writes"].update(pointer="/nodes/none"),
            ("setup.json", "unknown"),
        ),
        ("setup.json", lambda v: v["questions"].append(v["questions"][0]), ("setup.json", "doubled")),
        ("manifest.json", lambda v: v["requires"].update(environment="prod"), ("manifest.json", "invalid")),
        (
            "manifest.json",
            lambda v: v["requires"]["connectors"][0].update(versions="^1"),
            ("manifest.json", "versions"),
        ),
    ],
)
def test_what_does_not_belong_is_refused_even_when_the_hashes_agree(
    folder: Path, path: str, change: Callable[[Any], None], issue: tuple[str, str]
) -> None:
    rewrite(folder, path, change)
    assert issue in refused(folder)


def test_rows_must_fit_their_table(folder: Path) -> None:
    rows = folder / "tables" / "tax_codes.rows.ndjson"
    rows.write_bytes(
        rows.read_bytes()
        + b'{"values": {"tax": "Odd", "tax_rate_id": "X", "percent": "many", "colour": "red"}}\n'
    )
    reseal(folder)
    assert refused(folder) == {
        ("tables/tax_codes.rows.ndjson", "row"),
        ("tables/tax_codes.rows.ndjson", "unknown_column"),
    }


def test_a_key_that_stands_twice_is_refused(folder: Path) -> None:
    (folder / "setup.json").write_text('{"questions": [], "questions": []}')
    reseal(folder)
    assert ("setup.json", "not_json") in refused(folder)


def test_everything_that_is_wrong_is_said_at_once(folder: Path) -> None:
    rewrite(folder, f"flows/{KEY}.json", lambda value: value.update(colour="x"))
    rewrite(folder, "tables/tax_codes.schema.json", lambda value: value.update(id=7))
    (folder / "run.py").write_text("print(1)")
    assert {file for file, _ in refused(folder)} == {
        f"flows/{KEY}.json",
        "tables/tax_codes.schema.json",
        "run.py",
    }


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"manifest": {}, "files": []}', b"\xff", b'{"manifest": 1, "files": {}}']
)
def test_a_file_that_is_no_bundle_is_refused(content: bytes) -> None:
    with pytest.raises(BundleRefused):
        read_file(content)


@pytest.mark.parametrize(
    "path", ["../evil.json", "flows/../../x.json", "/etc/passwd", "flows/a b.json", "flows/.json"]
)
def test_a_path_that_leaves_the_bundle_is_refused(path: str) -> None:
    whole = json.loads(bundle_bytes(template(KEY)))
    whole["files"][path] = {}
    with pytest.raises(BundleRefused) as caught:
        read_file(json_bytes(whole))
    assert (path, "unknown_file") in {(issue.file, issue.code) for issue in caught.value.issues}


@pytest.mark.parametrize("key", ["nothing", "..", "../bundles"])
def test_a_template_there_is_not(key: str) -> None:
    with pytest.raises(KeyError):
        template(key)
