"""Makes the secrets that compose.yaml reads, one file each, in the folder named: `python3 compose_secrets.py secrets`.

What is there is left alone. Keep the folder apart from the database's backups: whoever has both has everything.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

READABLE_BY = 0o444  # compose mounts the file as it is, and the containers' user isn't its owner
FOLDER_MODE = 0o700


def main(folder: Path) -> int:
    """Make what is missing. 0 = all of them are there."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    password = kept(folder / "database_password", secrets.token_urlsafe(24))
    kept(folder / "database_url", f"postgres://interlock:{password}@postgres:5432/interlock")
    kept(folder / "secret_key", secrets.token_urlsafe(48))
    kept(folder / "vault_keys", "k1:" + base64.b64encode(secrets.token_bytes(32)).decode())
    return 0


def kept(path: Path, value: str) -> str:
    """The secret in this file; `value` when there was none yet."""
    if path.exists():
        return path.read_text()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READABLE_BY)
    with os.fdopen(descriptor, "w") as file:
        file.write(value)
    return value


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the folder
        sys.exit("Name the folder: python3 compose_secrets.py secrets")
    sys.exit(main(Path(sys.argv[1])))
