"""Takes pictures of the admin's pages, light and dark, wide and narrow: `python -m tests.admin.pictures FOLDER`."""

import os
import sys
import tempfile
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

__all__ = ["main"]


def main(folder: Path) -> None:
    """Make a throw-away installation with a small world, open every page, and print what the browser complained of."""
    with tempfile.TemporaryDirectory() as data:
        os.environ["INTERLOCK_DATA"] = data
        os.environ["INTERLOCK_VAULT_KEYS"] = "k1:" + "A" * 43 + "="
        os.environ["DJANGO_SETTINGS_MODULE"] = "integrations.settings"
        import django  # noqa: PLC0415 - settings are read from the environment above

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        _take(folder, Path(data))


def _take(folder: Path, data: Path) -> None:
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    from tests.admin.browser import chromium  # noqa: PLC0415
    from tests.admin.pages import pages_of, session_of  # noqa: PLC0415
    from tests.admin.world import make_world  # noqa: PLC0415

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    world = make_world()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    origin = f"http://127.0.0.1:{server.server_port}"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[2:]
    with chromium(data / "profile") as browser:
        browser.sign_in(origin, session_of(world.people["everywhere"]))
        for name, path in pages_of(world).items():
            for width, dark in ((1440, False), (1440, True), (400, False)):
                if wanted and not any(name.startswith(one) for one in wanted):
                    continue
                browser.look(width=width, dark=dark)
                browser.open(origin + path)
                browser.picture(folder / f"{name}-{width}{'-dark' if dark else ''}.png")
                wide = browser.evaluate("document.documentElement.scrollWidth")
                if wide > width:
                    sys.stderr.write(f"{name} at {width}: page is {wide} wide\n")
        for complaint in browser.complaints:
            sys.stderr.write(f"{complaint}\n")
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
