"""The admin in a real Chromium: nothing is refused by the page's own policy, nothing is missing, nothing runs over the edge."""

import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application

from tests.admin.browser import CHROMIUM, Browser, chromium
from tests.admin.pages import pages_of, session_of
from tests.admin.world import make_world

pytestmark = [pytest.mark.thorough, pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")]
SHOWN = (
    "index", "list-run", "list-failure", "list-user", "run-conflict", "failure-missing", "failure-conflict", "table",
    "table-settings", "connection-ledger", "event", "release", "key-new", "user", "run-retry-plan",
)  # fmt: skip


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@pytest.fixture
def origin(transactional_db: None) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_pages_obey_their_policy_and_fit_the_window(origin: str, tmp_path: Path) -> None:
    world = make_world()
    pages = {name: path for name, path in pages_of(world).items() if name in SHOWN}
    with chromium(tmp_path) as browser:
        browser.look(width=1440, dark=False)
        browser.open(f"{origin}/admin/login/")
        browser.sign_in(origin, session_of(world.people["everywhere"]))
        for name, path in pages.items():
            browser.open(origin + path)
            assert browser.evaluate("document.fonts.check('600 13px Inter')"), name
            assert icons_drawn(browser), name
            browser.look(width=400, dark=True)
            browser.open(origin + path)
            assert browser.evaluate("document.documentElement.scrollWidth") <= 400, name
            browser.look(width=1440, dark=False)
        assert browser.complaints == []


def icons_drawn(browser: Browser) -> bool:
    """Whether the icons of the sprite have a size, so that their file was loaded."""
    script = """[...document.querySelectorAll(".i")].filter(icon => icon.checkVisibility())
        .every(icon => icon.querySelector("use").getBBox().width > 0)"""
    return bool(browser.evaluate(script))
