"""The browser's page: one template that names the built files by Vite's manifest, with a CSP nonce and nothing inline."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

__all__ = ["NotBuiltError", "PageFiles", "page_files", "spa"]

ENTRY = "src/main.tsx"
PREFIX = "app/"
"""Where `frontend/dist` hangs below the static files (settings.STATICFILES_DIRS)."""


class NotBuiltError(Exception):
    """The frontend has not been built, so there is no page to show."""


@dataclass(frozen=True, slots=True)
class PageFiles:
    """What the page loads, as URLs: the entry script, the scripts it imports at once, and their style sheets."""

    script: str
    preloads: tuple[str, ...]
    styles: tuple[str, ...]


@never_cache
@ensure_csrf_cookie
@require_safe
def spa(request: HttpRequest) -> HttpResponse:
    """The same page for every address of the browser's own; its router reads the rest. 503 while nothing is built."""
    try:
        files = page_files(settings.ROOT / "frontend" / "dist" / "manifest.json")
    except NotBuiltError:
        return render(request, "designer/not_built.html", status=503)
    return render(request, "designer/spa.html", {"files": files})


def page_files(manifest: Path) -> PageFiles:
    """Read the manifest (once per build: again only when its file has changed). Raises `NotBuiltError` without one."""
    try:
        changed = manifest.stat().st_mtime_ns
    except FileNotFoundError as missing:
        raise NotBuiltError from missing
    return _read(manifest, changed)


@lru_cache(maxsize=4)
def _read(manifest: Path, changed: int) -> PageFiles:
    """`changed`, the time of change, is what the memory is renewed by."""
    chunks: dict[str, dict[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))
    reached = _reached(chunks, ENTRY)
    styles = [style for name in reached for style in chunks[name].get("css", [])]
    return PageFiles(
        script=_url(chunks[ENTRY]["file"]),
        preloads=tuple(_url(chunks[name]["file"]) for name in reached if name != ENTRY),
        styles=tuple(_url(style) for style in dict.fromkeys(styles)),
    )


def _reached(chunks: dict[str, dict[str, Any]], entry: str) -> list[str]:
    """The entry's imports, deepest first, then the entry: the order in which their styles apply."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for imported in chunks[name].get("imports", []):
            visit(imported)
        order.append(name)

    visit(entry)
    return list(dict.fromkeys(order))


def _url(file: str) -> str:
    return static(PREFIX + file)
