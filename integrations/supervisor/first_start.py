"""The data folder and the file of secrets that a first start makes in it."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

__all__ = ["ENV_FILE", "password_name", "prepare_folder", "read_env"]

ENV_FILE = "interlock.env"


def prepare_folder(data: Path, given: Mapping[str, str], passwords_for: Sequence[str] = ()) -> Path:
    """Make `interlock.env` (0600) in `data` with a secret key and a vault key, and return the file's path.

    Nothing that is in the file, or `given` by the environment, is changed or made anew. `passwords_for` are user names:
    each gets a random password, as `INTERLOCK_PASSWORD_<NAME>`.
    """
    path = data / ENV_FILE
    present = read_env(path)
    makers: dict[str, Callable[[], str]] = {
        "INTERLOCK_SECRET_KEY": _secret_key,
        "INTERLOCK_VAULT_KEYS": _vault_key,
    }
    makers |= {password_name(user): _password for user in passwords_for}
    known = present.keys() | {name.removesuffix("_FILE") for name in given}
    missing = {name: make() for name, make in makers.items() if name not in known}
    if missing:
        _append(path, missing, is_new=not present)
    return path


def password_name(user: str) -> str:
    """The setting that holds a demo user's password."""
    return f"INTERLOCK_PASSWORD_{user.upper()}"


def read_env(path: Path) -> dict[str, str]:
    """The settings of an `interlock.env`; empty when there is none."""
    if not path.is_file():
        return {}
    lines = [line for line in path.read_text().splitlines() if "=" in line and not line.startswith("#")]
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}


def _secret_key() -> str:
    return secrets.token_urlsafe(48)


def _vault_key() -> str:
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()


def _password() -> str:
    return secrets.token_urlsafe(12)


def _append(path: Path, values: Mapping[str, str], *, is_new: bool) -> None:
    """Add settings to the file, which only its owner may read, and make sure they are on the disk."""
    head = "# Made at the first start. Whoever has this file and the database has everything: keep both, apart.\n"
    text = (head if is_new else "") + "".join(f"{name}={value}\n" for name, value in values.items())
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
