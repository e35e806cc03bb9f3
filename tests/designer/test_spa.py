"""The browser's page: its files, its security headers, and the addresses it answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from designer.spa import NotBuiltError, page_files

MANIFEST = {
    "src/main.tsx": {
        "file": "assets/main-1.js",
        "isEntry": True,
        "imports": ["_a.js", "_b.js"],
        "css": ["assets/main-1.css"],
    },
    "_a.js": {"file": "assets/a-1.js", "imports": ["_b.js"], "css": ["assets/a-1.css"]},
    "_b.js": {"file": "assets/b-1.js", "css": ["assets/b-1.css"]},
    "src/lazy.tsx": {"file": "assets/lazy-1.js", "isDynamicEntry": True, "css": ["assets/lazy-1.css"]},
}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A root folder with a built frontend in it."""
    dist = tmp_path / "frontend" / "dist"
    dist.mkdir(parents=True)
    (dist / "manifest.json").write_text(json.dumps(MANIFEST))
    return tmp_path


def get(root: Path, address: str) -> Any:
    with override_settings(ROOT=root):
        return Client().get(address)


def test_the_page_loads_what_its_entry_imports_and_no_more(built: Path) -> None:
    files = page_files(built / "frontend" / "dist" / "manifest.json")

    assert files.script == "/static/app/assets/main-1.js"
    assert files.preloads == ("/static/app/assets/b-1.js", "/static/app/assets/a-1.js")
    assert files.styles == tuple(f"/static/app/assets/{name}-1.css" for name in ("b", "a", "main"))


def test_a_new_build_is_seen_without_a_restart(built: Path) -> None:
    manifest = built / "frontend" / "dist" / "manifest.json"
    assert page_files(manifest).script.endswith("main-1.js")

    manifest.write_text(json.dumps({"src/main.tsx": {"file": "assets/main-2.js"}}))

    assert page_files(manifest).script.endswith("main-2.js")


def test_without_a_build_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotBuiltError):
        page_files(tmp_path / "manifest.json")
    answer = get(tmp_path, "/")
    assert answer.status_code == 503
    assert b"make setup" in answer.content


@pytest.mark.parametrize(
    "address", ["/", "/flows", "/flows/closed-won-to-invoice", "/runs/12", "/failures/3", "/nowhere"]
)
def test_every_address_of_the_browser_gets_the_page(built: Path, address: str) -> None:
    answer = get(built, address)

    assert answer.status_code == 200
    assert "csrftoken" in answer.cookies
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "address", ["/api/v1/nowhere/", "/static/app/nowhere", "/ws/v2/", "/in/", "/favicon.ico"]
)
def test_an_unknown_address_of_somebody_else_is_not_found(built: Path, address: str) -> None:
    assert get(built, address).status_code == 404


def test_the_policy_allows_nothing_inline_but_styles_with_this_page_s_nonce(built: Path) -> None:
    first, second = get(built, "/"), get(built, "/")
    nonces = [
        re.search(r'name="csp-nonce" content="([^"]+)"', one.content.decode()) for one in (first, second)
    ]
    assert nonces[0]
    assert nonces[1]
    assert nonces[0][1] != nonces[1][1]

    policy = first["Content-Security-Policy"]
    assert f"'nonce-{nonces[0][1]}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page = first.content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", page) == []
