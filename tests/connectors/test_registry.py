"""A connector is a folder: dropped in, it is found, and gets the standard tests, with no other file touched."""

import sys
from pathlib import Path

import pytest

from connectors.sdk.account import Account, Secrets
from connectors.sdk.errors import Config
from connectors.sdk.manifest import QUALITY_RULES, ManifestError, read_manifest
from connectors.sdk.operation import Read
from connectors.sdk.registry import connector, connectors, extra_root, operation, trigger
from connectors.sdk.standard import STANDARD_TESTS
from connectors.sdk.testing import Replies

MANIFEST = """
id = "example"
title = "Example"
version = "1.0.0"
summary = "The smallest connector there can be."
auth = ["bearer"]
hosts = ["api.example.test", "*.eu.example.test"]
base_url = "https://api.example.test/v1"
docs = "https://example.test/docs"

[[limits]]
scope = "connection"
calls = 5
per = "2m"
concurrent = 2

[quality]
""" + "\n".join(f'{rule} = "done"' for rule in QUALITY_RULES)

FILES = {
    "manifest.toml": MANIFEST,
    "__init__.py": '"""The example system."""\n',
    "client.py": '''"""Talking to the example system."""
from connectors.sdk.account import AccountIdentity
from connectors.sdk.auth import bearer
from connectors.sdk.client import Client
CLIENT = Client(auth=(bearer(),), identify=lambda call: AccountIdentity(call.get("/me")["id"], "Example"))
''',
    "operations/get_thing.py": '''"""Read one thing."""
from connectors.sdk.operation import Read
from connectors.sdk.schema import obj, text
OPERATION = Read(
    title="Get a thing",
    input=obj({"id": text("Id")}, required=("id",)),
    output=obj({"name": text("Name")}, required=("name",)),
    sample={"name": "One"},
    run=lambda call, data: {"name": call.get("/things/" + data["id"])["name"]},
)
''',
    "README.md": "# Example\n\n## Setting up\n\nNothing.\n\n## Known limits\n\nMany.\n",
    "icon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
    "tests/test_get_thing.py": '"""get_thing is tested here."""\n',
}


def drop_in(root: Path, **changed: str) -> Path:
    for name, text in {**FILES, **{name.replace("__", "/"): text for name, text in changed.items()}}.items():
        path = root / "example" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "example"


def test_a_folder_dropped_in_is_found_and_passes_the_standard_tests(tmp_path: Path) -> None:
    drop_in(tmp_path)
    before = list(connectors())
    with extra_root(tmp_path):
        assert set(connectors()) == {*before, "example"}
        example = connector("example")
        assert [problem for check in STANDARD_TESTS.values() for problem in check(example)] == []
    assert list(connectors()) == before


def test_an_operation_of_a_folder_dropped_in_runs(tmp_path: Path) -> None:
    drop_in(tmp_path)
    with extra_root(tmp_path):
        found = operation("example.get_thing")
        assert isinstance(found, Read)
        with Replies(connector("example"), secrets={"token": "t0ken"}).on(
            "GET", "/things/1", json={"name": "One"}
        ) as far:
            assert found.run(far.call(), {"id": "1"}) == {"name": "One"}
        assert far.headers == [{"Authorization": "Bearer t0ken"}]


def test_listing_connectors_imports_none_of_their_code(tmp_path: Path) -> None:
    drop_in(tmp_path)
    with extra_root(tmp_path):
        assert connector("example").title == "Example"
        assert "connectors.example.client" not in sys.modules


@pytest.mark.parametrize("name", ["example.nothing", "nowhere.get_thing", "streak", ""])
def test_what_is_not_there_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        operation(name)
    with pytest.raises(KeyError):
        trigger(name)


BROKEN = {
    "another id than the folder's": ('id = "example"', 'id = "other"'),
    "no title": ('title = "Example"', ""),
    "an unknown sign-in": ('["bearer"]', '["magic"]'),
    "an unknown key": ("[quality]", 'colour = "red"\n[quality]'),
    "a rule left out": ('readme = "done"', ""),
    "an exemption without a reason": ('readme = "done"', 'readme = "exempt"'),
    "a rate without a period": ('per = "2m"\n', ""),
    "a base URL without TLS": ("https://api.example.test/v1", "http://api.example.test/v1"),
    "no TOML": ("[[limits]]", "[[limits"),
}


@pytest.mark.parametrize(("old", "new"), BROKEN.values(), ids=list(BROKEN))
def test_a_manifest_that_says_too_little_or_too_much_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in MANIFEST
    folder = drop_in(tmp_path, **{"manifest.toml": MANIFEST.replace(old, new, 1)})
    with pytest.raises(ManifestError, match=r"manifest\.toml"):
        read_manifest(folder / "manifest.toml")


def test_a_manifest_declares_limits_in_seconds(tmp_path: Path) -> None:
    (limit,) = read_manifest(drop_in(tmp_path) / "manifest.toml").limits
    assert (limit.scope, limit.calls, limit.seconds, limit.concurrent) == ("connection", 5, 120.0, 2)


FAULTS: dict[str, tuple[str, str, str]] = {
    "its_quality_scale_is_complete": ("manifest.toml", 'readme = "done"', 'readme = "todo"'),
    "it_has_a_readme_and_an_icon": ("README.md", "## Known limits", "## Other"),
    "its_sign_in_matches_its_manifest": ("manifest.toml", '["bearer"]', '["bearer", "basic"]'),
    "its_operations_have_good_names": ("operations/get_thing.py", '"Get a thing"', '"Get a thing."'),
    "its_schemas_compile_and_its_samples_fit": (
        "operations/get_thing.py",
        '{"name": "One"},',
        '{"name": 1},',
    ),
    "its_money_is_decimal": (
        "operations/get_thing.py",
        '{"name": text("Name")}',
        '{"name": text("Name"), "price": {"type": "number"}}',
    ),
    "it_imports_only_the_sdk": (
        "client.py",
        "from connectors.sdk.auth",
        "import connectors.streak.client\nfrom connectors.sdk.auth",
    ),
    "its_tests_name_every_operation": ("tests/test_get_thing.py", "get_thing", "nothing"),
}


@pytest.mark.parametrize("check", list(FAULTS))
def test_each_standard_test_finds_its_own_fault(tmp_path: Path, check: str) -> None:
    file, old, new = FAULTS[check]
    assert old in FILES[file]
    drop_in(tmp_path, **{file: FILES[file].replace(old, new)})
    with extra_root(tmp_path):
        assert STANDARD_TESTS[check](connector("example")) != []


WRITE = '''"""Make one thing."""
from datetime import timedelta
from connectors.sdk.operation import Idempotency, Write
from connectors.sdk.schema import obj
OPERATION = Write(
    title="Make a thing", effect="create", record="thing", input=obj({}), output=obj({}), sample={},
    idempotency=Idempotency(%s),
    prepare=lambda call, data, mark: None, result=lambda data, response: {}, far_id=lambda output: "",
    unmarked=lambda request: {}, %s
)
'''
LOOSE = {
    "no scope": ('"none", scope=""', "standing=lambda call, far_id: 'stands'"),
    "native without a window": ('"native", scope="x"', "find=lambda *_: [], standing=lambda *_: 'stands'"),
    "a marker nobody looks for": ('"marker", scope="x"', "standing=lambda *_: 'stands'"),
    "a create that can't be seen standing": ('"none", scope="x"', ""),
    "existing without identities": (
        '"none", scope="x"',
        "standing=lambda *_: 'stands', existing=lambda *_: None",
    ),
}


@pytest.mark.parametrize(("told", "rest"), LOOSE.values(), ids=list(LOOSE))
def test_a_write_that_cannot_keep_to_once_is_found(tmp_path: Path, told: str, rest: str) -> None:
    drop_in(tmp_path, **{"operations/make_thing.py": WRITE % (told, rest)})
    with extra_root(tmp_path):
        assert STANDARD_TESTS["its_writes_keep_to_once"](connector("example")) != []


def test_a_write_that_says_all_passes(tmp_path: Path) -> None:
    told, rest = (
        '"native", scope="x", window=timedelta(days=1)',
        "find=lambda *_: [], standing=lambda *_: 'stands'",
    )
    drop_in(tmp_path, **{"operations/make_thing.py": WRITE % (told, rest)})
    with extra_root(tmp_path):
        assert STANDARD_TESTS["its_writes_keep_to_once"](connector("example")) == []


ACCOUNTS: list[tuple[Account, str]] = [
    (Account("c", "https://api.example.test", "bearer", Secrets({})), ""),
    (Account("c", "https://fr.eu.example.test", "bearer", Secrets({})), ""),
    (Account("c", "https://eu.example.test.evil.test", "bearer", Secrets({})), "host"),
    (Account("c", "https://evilapi.example.test", "bearer", Secrets({})), "host"),
    (Account("c", "http://api.example.test", "bearer", Secrets({})), "base_url"),
    (Account("c", "https://api.example.test", "basic", Secrets({})), "auth_kind"),
    (Account("c", "http://127.0.0.1:8000", "bearer", Secrets({}), reach="sandbox"), ""),
    (Account("c", "https://api.example.test", "bearer", Secrets({}), reach="sandbox"), "base_url"),
    (Account("c", "http://erp.local", "bearer", Secrets({}), reach="private"), ""),
]


@pytest.mark.parametrize(("account", "code"), ACCOUNTS)
def test_an_account_goes_only_where_its_connector_may(tmp_path: Path, account: Account, code: str) -> None:
    drop_in(tmp_path)
    with extra_root(tmp_path):
        if not code:
            connector("example").check_account(account)
            return
        with pytest.raises(Config) as caught:
            connector("example").check_account(account)
        assert caught.value.code == code


def test_secrets_never_show_themselves() -> None:
    account = Account("c", "https://x.test", "bearer", Secrets({"token": "hidden-value"}))
    assert "hidden-value" not in f"{account} {account!r} {account.secrets} {account.secrets!r}"
