"""The files one runs Interlock by name only what exists: commands, settings, secrets, doors. The Procfile's lines really start."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from integrations.supervisor.ports import free_ports
from tests.distributed.conftest import Cluster, until
from tests.servers import not_here, postgres, redis
from tests.test_docs import first_column, settings_read

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
COMMANDS = {path.stem for path in (ROOT / "integrations/management/commands").glob("[a-z]*.py")} | {"migrate"}
OURS = ("migrate", "web", "live", "worker", "dispatcher")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return read


def procfile() -> dict[str, str]:
    lines = (DEPLOY / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines)


def starts_something(words: list[str]) -> None:
    """`python manage.py <a command>` or `python -m <a server> … <an application>`, all of which are there."""
    assert words[0] == "python"
    if words[1] == "manage.py":
        assert words[2] in COMMANDS
        return
    server, application = words[2], next(word for word in words if word.startswith("integrations."))
    assert importlib.util.find_spec(server) is not None
    module, _, name = application.partition(":")
    source = (ROOT / module.replace(".", "/")).with_suffix(".py").read_text()
    assert re.search(rf"^{name} = ", source, re.M)


def test_every_service_starts_something_that_exists(compose: dict[str, Any]) -> None:
    for name in OURS:
        starts_something(compose["services"][name]["command"])
    for line in procfile().values():
        starts_something(shlex.split(line))
    assert set(procfile()) == set(OURS) - {"migrate"}


def test_only_settings_that_exist_are_set(compose: dict[str, Any]) -> None:
    asked = set(compose["x-interlock"]["environment"])
    assert {name.removesuffix("_FILE") for name in asked} <= settings_read()
    text = (DEPLOY / "compose.yaml").read_text() + (DEPLOY / "Dockerfile").read_text()
    named = set(re.findall(r"INTERLOCK_[A-Z_]*[A-Z]", text))
    own = {"INTERLOCK_SITE"}
    assert {name.removesuffix("_FILE") for name in named} - own <= first_column(
        ROOT / "docs/reference/settings.md"
    )


def test_what_services_need_is_declared(compose: dict[str, Any]) -> None:
    services, secrets = compose["services"], compose["secrets"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        assert set(service.get("secrets", [])) <= set(secrets), name
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed], f"{name} waits for {needed}"
    volumes = {one.split(":")[0] for service in services.values() for one in service.get("volumes", [])}
    assert {one for one in volumes if not one.startswith((".", "/"))} == set(compose["volumes"])


def test_nothing_of_ours_runs_as_root_or_holds_a_secret_in_its_environment(compose: dict[str, Any]) -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)$", dockerfile, re.M) == ["interlock"]
    for name in OURS:
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        secret = {"INTERLOCK_SECRET_KEY", "INTERLOCK_VAULT_KEYS", "INTERLOCK_DATABASE_URL"}
        assert not secret & set(service["environment"])
    images = [service["image"] for service in compose["services"].values()]
    assert [image for image in images if image.endswith(":latest")] == []


def test_a_worker_has_time_to_finish_a_call_before_its_container_is_killed(compose: dict[str, Any]) -> None:
    from integrations import settings  # noqa: PLC0415 - as a fresh installation has them

    grace = int(compose["services"]["worker"]["stop_grace_period"].removesuffix("s"))
    assert grace >= settings.CALL_DEADLINE


def test_the_image_holds_what_the_product_needs(compose: dict[str, Any]) -> None:
    copied = set(re.findall(r"^COPY (?:--from=pages )?(\S+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.M))
    for path in copied - {"/src/frontend/dist/"}:
        assert (ROOT / path).exists(), path
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert {f"{package}/" for package in packages} <= copied
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == ">=3.11"


def test_secrets_are_made_once(tmp_path: Path) -> None:
    make = ["python3", str(DEPLOY / "compose_secrets.py"), str(tmp_path / "secrets")]
    subprocess.run(make, check=True)
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    subprocess.run(make, check=True)
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert {Path(one["file"]).name for one in compose["secrets"].values()} == set(made)
    assert made["database_password"] in made["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("proxy", ["nginx.conf", "Caddyfile"])
def test_a_proxy_sends_sockets_to_the_live_door_and_the_rest_to_the_web_door(proxy: str) -> None:
    text = (DEPLOY / proxy).read_text()
    doors = re.findall(
        r"(?:location|handle) ?(/\S*)? \{\s*(?:proxy_pass http://interlock_|reverse_proxy )(\w+)", text
    )
    assert [door for _, door in doors] == ["live", "web"]
    assert doors[0][0].startswith("/ws/")


def test_nginx_takes_its_file(tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        not_here("nginx-light")
    assert nginx is not None
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x"]
    files = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    subprocess.run([*certificate, *files], check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/interlock", str(tmp_path))
    whole = f"events {{}}\npid {tmp_path}/pid;\nerror_log stderr;\nhttp {{ access_log off;\n{site} }}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    checked = subprocess.run(
        [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Cluster]:
    with ExitStack() as servers:
        database, broker = servers.enter_context(postgres()), servers.enter_context(redis())
        made = Cluster(tmp_path / "data", database, broker.url)
        servers.callback(made.stop)
        yield made


@pytest.mark.processes
def test_the_lines_of_the_procfile_make_a_working_installation(installation: Cluster) -> None:
    web, live = free_ports(2)
    ports = {"PORT": str(web), "LIVE_PORT": str(live), "INTERLOCK_PUBLIC_URL": f"http://127.0.0.1:{web}"}
    for name, line in procfile().items():
        installation.shell(line, log=name, env=ports)

    with requests.Session() as caller:
        caller.trust_env = False

        def ready() -> bool:
            try:
                answers = [
                    caller.get(f"http://127.0.0.1:{port}/{page}", timeout=20)
                    for port, page in ((web, "readyz"), (live, "healthz"))
                ]
            except requests.ConnectionError:
                return False
            return all(answer.ok for answer in answers)

        assert until(ready)
