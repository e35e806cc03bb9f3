"""Writes the locks of `deploy/locks/` with hashes for every platform, in an environment that no machine's settings reach.

`make lock` keeps the pins that still satisfy `pyproject.toml`; `make lock ARGS=--upgrade` takes the newest of all,
`make lock ARGS="--upgrade-package requests"` of one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ROOT / "deploy" / "locks"
PASSED_ON = (
    "PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
COMPILE = [
    "pip",
    "compile",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-config",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
    "--quiet",
]


def main(extra: list[str]) -> int:
    """Write the three locks; the development lock agrees with the runtime lock on every package they share."""
    uv = Path(sys.executable).with_name("uv")
    with tempfile.TemporaryDirectory() as home:
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {
            "HOME": home,
            "UV_NO_CACHE": "1",
        }
        for name, sources in (
            ("runtime", ["pyproject.toml"]),
            ("development", ["pyproject.toml", "--group=dev", "--constraints=deploy/locks/runtime.txt"]),
            ("node", ["deploy/locks/node.in"]),
        ):
            output = f"--output-file=deploy/locks/{name}.txt"
            done = subprocess.run([uv, *COMPILE, *extra, output, *sources], cwd=ROOT, env=env, check=False)
            if done.returncode:
                return done.returncode
            sys.stdout.write(
                f"deploy/locks/{name}.txt: {(LOCKS / f'{name}.txt').read_text().count('==')} packages\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
