"""`dibs crm` with a Kommo account: connected, checked, and who is who there."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from playground.kommo.control import Control
from playground.kommo.control_people import LOST
from tests.bot.conftest import Shell
from tests.bot.test_channel_kinds_command import stand_in
from tests.end_to_end.house import SHOP_TOKEN

T = TypeVar("T")
ADD = ("crm", "add", "kommo", "--name", "Our Kommo")


@pytest.fixture
def kommo_url() -> Iterator[str]:
    with stand_in("kommo") as url:
        yield url


def on(url: str, act: Callable[[Control], Awaitable[T]]) -> T:
    async def acted() -> T:
        async with Control(url) as kommo:
            return await act(kommo)

    return asyncio.run(acted())


@pytest.fixture
def token(kommo_url: str) -> str:
    return on(kommo_url, lambda kommo: kommo.token())


def test_an_account_is_connected_checked_and_used_by_a_channel(dibs: Shell, kommo_url: str, token: str) -> None:
    crm = str(dibs.id(*ADD, "--base-url", kommo_url, "--token", token))

    assert [(one["id"], one["kind"], one["name"]) for one in dibs.json("crm", "list")][1:] == [
        (int(crm), "kommo", "Our Kommo")
    ]
    checked = dibs.ok("crm", "check", crm)
    assert "CRM «Our Kommo»: the account Example answers" in checked
    assert "FAIL" not in checked
    assert token not in checked + dibs.ok("crm", "list")
    shop = str(dibs.id("channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN))
    dibs.ok("channel", "set", shop, "--crm", crm, "--pipeline", "Pipeline", "--stage", "Discussions")
    assert [one["crm"] for one in dibs.json("channel", "list")] == [int(crm)]


def test_the_token_comes_from_standard_input(dibs: Shell, kommo_url: str, token: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *ADD, "--base-url", kommo_url, "--token", "-"],
        input=f"{token}\n",
        capture_output=True,
        text=True,
        env=dibs.house.environment(),
        cwd=dibs.house.folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().isdecimal()


def test_a_wrong_token_or_address_makes_no_crm(dibs: Shell, kommo_url: str) -> None:
    assert "long-lived token" in dibs.fails(*ADD, "--base-url", kommo_url, "--token", "wrong")
    assert "https://NAME.kommo.com" in dibs.fails(*ADD, "--base-url", "http://acme.kommo.com", "--token", "x")
    assert "can't be reached" in dibs.fails(*ADD, "--base-url", "http://127.0.0.1:9", "--token", "x")
    assert "client_secret" in dibs.fails(*ADD, "--base-url", kommo_url, "--client-id", "x")
    assert len(dibs.json("crm", "list")) == 1


def test_an_account_is_connected_by_oauth(dibs: Shell, kommo_url: str) -> None:
    async def allowed(kommo: Control) -> dict[str, str]:
        integration = await kommo.integration()
        code = await kommo.code(integration)
        given = {"--client-id": integration.client_id, "--client-secret": integration.secret, "--code": code}
        return given | {"--redirect-uri": integration.redirect_uri}

    options = [word for option in on(kommo_url, allowed).items() for word in option]
    crm = str(dibs.id(*ADD, "--base-url", kommo_url, *options))

    assert "FAIL" not in dibs.ok("crm", "check", crm)


def test_who_is_who_is_listed_and_tied(dibs: Shell, kommo_url: str, token: str) -> None:
    boris = str(dibs.id("staff", "add", "1001", "--name", "Boris", "--role", "rep"))
    user = on(kommo_url, lambda kommo: kommo.user("Boris", "boris@example.com")).id
    crm = str(dibs.id(*ADD, "--base-url", kommo_url, "--token", token))

    assert "these people are nobody there yet, so no lead can be theirs: Boris:" in dibs.ok("crm", "check", crm)
    dibs.ok("crm", "map-user", crm, "--staff", boris, "--user", str(user))
    assert "Boris" not in dibs.ok("crm", "check", crm)

    users = {one["name"]: (one["user"], one["staff"]) for one in dibs.json("crm", "users", crm)}
    assert users["Boris"] == (str(user), int(boris))
    assert users["Admin"][1] is None


def test_a_channel_test_goes_through_kommo_and_leaves_nothing_open(dibs: Shell, kommo_url: str, token: str) -> None:
    boris = str(dibs.id("staff", "add", "1001", "--name", "Boris", "--role", "rep"))
    user = on(kommo_url, lambda kommo: kommo.user("Boris", "boris@example.com")).id
    crm = str(dibs.id(*ADD, "--base-url", kommo_url, "--token", token))
    dibs.ok("crm", "map-user", crm, "--staff", boris, "--user", str(user))
    shop = str(dibs.id("channel", "add", "telegram", "--name", "Shop", "--token", SHOP_TOKEN))
    dibs.ok("channel", "set", shop, "--crm", crm)

    tested = dibs.ok("channel", "test", shop)

    [lead] = on(kommo_url, lambda kommo: kommo.leads())
    assert f"number {lead.id}, open, Boris responsible" in tested
    assert (lead.status_id, "dibs-test" in lead.tags) == (LOST, True)


def test_the_check_says_what_to_do_when_the_token_is_dead(dibs: Shell, kommo_url: str, token: str) -> None:
    crm = str(dibs.id(*ADD, "--base-url", kommo_url, "--token", token))
    on(kommo_url, lambda kommo: kommo.expire(token))

    assert "Keys and scopes" in dibs.fails("crm", "check", crm)
