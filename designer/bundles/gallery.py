"""The gallery: the templates that come with Interlock. A template is a bundle with set-up questions."""

from pathlib import Path

from designer.bundles.bundle import Bundle
from designer.bundles.read import read_folder

__all__ = ["GALLERY", "template", "templates"]

GALLERY = Path(__file__).resolve().parent.parent / "gallery"


def template(key: str) -> Bundle:
    """The template called `key`. Raises KeyError, `BundleRefused`."""
    folder = GALLERY / key
    if folder.parent != GALLERY or not (folder / "manifest.json").is_file():
        raise KeyError(key)
    return read_folder(folder)


def templates() -> list[Bundle]:
    """Every template, by key."""
    return [read_folder(path.parent) for path in sorted(GALLERY.glob("*/manifest.json"))]
