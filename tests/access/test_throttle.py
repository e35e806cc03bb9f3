"""Guessing passwords stops after five, for that name from that address, whichever door is tried."""

import threading
from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import connections
from django.http import HttpRequest
from django.test import Client, RequestFactory

from integrations.access.models import SignInFailure
from integrations.access.throttle import LIMIT, REST, address_of, seconds_blocked

pytestmark = pytest.mark.django_db

RIGHT = "a right and long password"


@pytest.fixture(autouse=True)
def ada() -> User:
    return User.objects.create_superuser("ada", password=RIGHT)


def door(address: str = "192.0.2.1") -> HttpRequest:
    return RequestFactory().post("/", REMOTE_ADDR=address)


def tries(word: str, times: int = 1, *, address: str = "192.0.2.1", name: str = "ada") -> User | None:
    found = None
    for _ in range(times):
        found = authenticate(door(address), username=name, password=word)
    assert found is None or isinstance(found, User)
    return found


def test_the_right_password_opens(ada: User) -> None:
    assert tries(RIGHT) == ada
    assert seconds_blocked(door(), "ada") == 0


def test_the_right_password_is_refused_after_five_wrong_ones() -> None:
    tries("wrong", LIMIT)
    assert tries(RIGHT) is None
    assert 0 < seconds_blocked(door(), "ADA ") <= REST.total_seconds()


def test_trying_on_does_not_lengthen_the_rest() -> None:
    tries("wrong", LIMIT)
    before = SignInFailure.objects.get().last_at
    tries("wrong", 3)
    assert SignInFailure.objects.get().last_at == before


def test_after_the_rest_it_opens_again(ada: User) -> None:
    tries("wrong", LIMIT)
    row = SignInFailure.objects.get()
    SignInFailure.objects.update(last_at=row.last_at - REST - timedelta(seconds=1))
    assert seconds_blocked(door(), "ada") == 0
    assert tries(RIGHT) == ada
    assert not SignInFailure.objects.exists()


def test_success_starts_the_count_anew(ada: User) -> None:
    tries("wrong", LIMIT - 1)
    tries(RIGHT)
    tries("wrong", LIMIT - 1)
    assert tries(RIGHT) == ada


def test_others_are_not_held_up(ada: User) -> None:
    tries("wrong", LIMIT)
    assert tries(RIGHT, address="192.0.2.2") == ada
    bob = User.objects.create_user("bob", password=RIGHT)
    assert tries(RIGHT, name="bob") == bob


def test_the_spelling_of_the_name_gives_no_more_tries() -> None:
    for name in ("ada", "ADA", " ada", "Ada ", "aDa"):
        tries("wrong", name=name)
    assert tries(RIGHT) is None


def test_a_name_that_does_not_exist_is_throttled_like_any() -> None:
    tries("wrong", LIMIT, name="nobody")
    assert seconds_blocked(door(), "nobody") > 0


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_counts_as_its_household(address: str, expected: str) -> None:
    assert address_of(door(address)) == expected


def test_the_admins_door_is_throttled_too() -> None:
    browser = Client()
    for _ in range(LIMIT):
        browser.post("/admin/login/", {"username": "ada", "password": "wrong"})
    browser.post("/admin/login/", {"username": "ada", "password": RIGHT})
    assert "_auth_user_id" not in browser.session


@pytest.mark.django_db(transaction=True)
def test_a_burst_gets_no_more_tries_than_a_patient_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def refuse(_user: User, word: str) -> bool:
        looked.append(word)
        return False

    def burst() -> None:
        tries("wrong")
        connections.close_all()

    monkeypatch.setattr(User, "check_password", refuse)
    threads = [threading.Thread(target=burst) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked) == LIMIT
