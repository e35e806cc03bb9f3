"""A real Chromium over its DevTools socket: enough to open pages as somebody, hear what they complain of, and take pictures."""

import base64
import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect

__all__ = ["CHROMIUM", "Browser", "chromium"]

CHROMIUM = (
    os.environ.get("TEST_BROWSER")
    or shutil.which("chromium")
    or shutil.which("chromium-browser")
    or shutil.which("google-chrome")
    or ""
)
_ANSWER_WITHIN = 30.0


class Browser:
    """One page. `complaints` gathers console errors, CSP violations, failed loads and exceptions of the pages opened."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._loaded = False
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **params: Any) -> Mapping[str, Any]:
        """Send a command and wait for its answer, hearing events meanwhile."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=_ANSWER_WITHIN))
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return dict(message.get("result", {}))
            self._hear(message)

    def sign_in(self, origin: str, session: str) -> None:
        """Use this session's cookie from now on."""
        self.ask("Network.setCookie", name="sessionid", value=session, url=origin)

    def look(self, *, width: int, dark: bool) -> None:
        """Set the window's width and the system's colour scheme."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, url: str) -> None:
        """Go there and wait until everything is loaded."""
        self._loaded = False
        self.ask("Page.navigate", url=url)
        while not self._loaded:
            self._hear(json.loads(self._socket.recv(timeout=_ANSWER_WITHIN)))
        self.evaluate("document.fonts.ready.then(() => 1)")

    def evaluate(self, script: str) -> Any:
        """What a script in the page returns (a promise is waited for)."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        answer = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(answer["data"]))

    def _hear(self, message: Mapping[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(params["exceptionDetails"].get("text")))
        elif method == "Audits.issueAdded" and params["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.complaints.append(json.dumps(params["issue"]["details"])[:500])


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A headless Chromium with its profile in `folder`, ended afterwards."""
    command = [
        CHROMIUM,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
        "--remote-debugging-port=0",
        f"--user-data-dir={folder}",
        "about:blank",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        port = _port(process)
        with urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            page = next(one for one in json.load(answer) if one["type"] == "page")
        with connect(page["webSocketDebuggerUrl"], max_size=None, proxy=None) as socket:
            yield Browser(socket)
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stderr:
            process.stderr.close()


def _port(process: subprocess.Popen[str]) -> str:
    """The port Chromium chose: it says so on its error stream."""
    for line in process.stderr or ():
        if "DevTools listening on ws://" in line:
            return line.partition("ws://")[2].partition("/")[0].rpartition(":")[2]
    raise RuntimeError("Chromium ended before it listened.")
