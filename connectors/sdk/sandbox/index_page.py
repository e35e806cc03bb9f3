"""The index page of the sandbox and the files it uses."""

from typing import TYPE_CHECKING

from connectors.sdk.sandbox.http import Reply

if TYPE_CHECKING:
    from connectors.sdk.sandbox.host import SandboxHost

__all__ = ["asset", "page"]


def page(host: "SandboxHost") -> Reply:
    """The page at the control port."""
    return Reply(
        raw=f"<!doctype html><title>Sandbox</title><p>{len(host.simulators)} systems".encode(),
        content_type="text/html",
    )


def asset(name: str) -> Reply:
    """One of the page's files."""
    return Reply({"detail": name}, 404)
