"""What a first start leaves in the data folder, and what a second one keeps."""

import socket
from pathlib import Path

import pytest

from integrations.supervisor.first_start import prepare_folder, read_env
from integrations.supervisor.ports import PortInUseError, answers, free_ports, refuse_taken
from integrations.supervisor.product import Addresses, environment


def test_a_first_start_makes_secrets_only_the_owner_can_read(tmp_path: Path) -> None:
    path = prepare_folder(tmp_path, {}, ["admin", "viewer"])
    assert path.stat().st_mode & 0o777 == 0o600
    made = read_env(path)
    assert set(made) == {
        "INTERLOCK_SECRET_KEY", "INTERLOCK_VAULT_KEYS", "INTERLOCK_PASSWORD_ADMIN", "INTERLOCK_PASSWORD_VIEWER",
    }  # fmt: skip
    assert all(len(value) >= 16 for value in made.values())
    assert len(set(made.values())) == 4


def test_a_second_start_keeps_them_and_adds_what_is_missing(tmp_path: Path) -> None:
    first = read_env(prepare_folder(tmp_path, {}, ["admin"]))
    second = read_env(prepare_folder(tmp_path, {}, ["admin", "viewer"]))
    assert {name: second[name] for name in first} == first
    assert set(second) - set(first) == {"INTERLOCK_PASSWORD_VIEWER"}


@pytest.mark.parametrize("given", ["INTERLOCK_VAULT_KEYS", "INTERLOCK_VAULT_KEYS_FILE"])
def test_what_the_environment_gives_is_not_made(tmp_path: Path, given: str) -> None:
    assert set(read_env(prepare_folder(tmp_path, {given: "k1:x"}))) == {"INTERLOCK_SECRET_KEY"}


def test_a_taken_port_is_refused_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert answers("127.0.0.1", port)
        with pytest.raises(PortInUseError, match=rf"Port {port} can't be used .*choose another with --port"):
            refuse_taken("127.0.0.1", [port])
    refuse_taken("127.0.0.1", [port])


def test_a_number_beyond_the_last_port_is_refused() -> None:
    with pytest.raises(PortInUseError, match="65536 is not a port"):
        refuse_taken("127.0.0.1", [65536])


def test_free_ports_are_different_and_free() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    refuse_taken("127.0.0.1", ports)


def test_without_a_proxy_the_live_door_has_its_own_origin() -> None:
    env = environment(Path("/data"), Addresses("127.0.0.1", 8000, 8001), {})
    assert (env["INTERLOCK_PUBLIC_URL"], env["INTERLOCK_LIVE_URL"]) == (
        "http://127.0.0.1:8000",
        "http://127.0.0.1:8001",
    )


def test_behind_a_proxy_everything_shares_the_public_origin() -> None:
    env = environment(
        Path("/data"), Addresses("10.0.0.5", 80, 81, public_url="https://interlock.example"), {}
    )
    assert (env["INTERLOCK_PUBLIC_URL"], env["INTERLOCK_LIVE_URL"]) == ("https://interlock.example", "")
