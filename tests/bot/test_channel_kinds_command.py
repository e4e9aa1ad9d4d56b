"""`dibs channel add` for WhatsApp and for Telegram accounts: secrets stay secret, and trouble has words."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from playground.telegram.control import Control
from playground.whatsapp_cloud.control import Control as Meta
from playground.whatsapp_cloud.control import PhoneNumber
from tests.bot.conftest import Shell

BUSINESS_TOKEN = "902:business-bot-token-ccccccccccccccccc"
PLAIN_TOKEN = "903:plain-bot-token-ddddddddddddddddddddd"
GATEWAY_KEY = "waha-key"
WORDS = "our-own-verify-words"
HMAC = "our-own-hmac-words-of-32-letters"


@contextmanager
def stand_in(module: str) -> Iterator[str]:
    """One of the playground's, as a process of its own; gives its address."""
    arguments = [sys.executable, "-m", f"playground.{module}", "--port", "0"]
    server = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().split()[-1]
    finally:
        server.kill()
        server.communicate()


@pytest.fixture(scope="module")
def meta_url() -> Iterator[str]:
    with stand_in("whatsapp_cloud") as url:
        yield url


@pytest.fixture(scope="module")
def gateway_url() -> Iterator[str]:
    with stand_in("whatsapp_gateway") as url:
        yield url


@pytest.fixture(scope="module")
def number(meta_url: str) -> PhoneNumber:
    async def made() -> PhoneNumber:
        async with Meta(meta_url) as meta:
            return await meta.number("15550001111", verified_name="Acme Shoes")

    return asyncio.run(made())


@pytest.fixture
def meta(dibs: Shell, meta_url: str) -> Shell:
    dibs.house.extra["WHATSAPP_API_URL"] = meta_url
    return dibs


def cloud(number: PhoneNumber, token: str | None = None, secret: str | None = None) -> tuple[str, ...]:
    return (
        *("channel", "add", "whatsapp_cloud", "--name", "WhatsApp", "--phone-number-id", number.id),
        *("--access-token", token or number.token, "--app-secret", secret or number.app_secret),
        *("--verify-token", WORDS),
    )


def linked(url: str, key: str = GATEWAY_KEY) -> tuple[str, ...]:
    return (
        *("channel", "add", "whatsapp_linked", "--name", "Phone", "--url", url),
        *("--api-key", key, "--session", "default", "--hmac-key", HMAC),
    )


def unreadable(dibs: Shell, *secrets: str) -> None:
    for path in dibs.house.folder.glob("dibs*"):
        content = path.read_bytes()
        assert not [secret for secret in secrets if secret.encode() in content], path


def business_bot(url: str) -> None:
    async def make() -> None:
        async with Control(url) as telegram:
            await telegram.bot(BUSINESS_TOKEN, username="desk_bot", business=True)
            await telegram.bot(PLAIN_TOKEN, username="plain_bot")

    asyncio.run(make())


def test_a_telegram_account_is_connected_by_a_bot_in_business_mode(dibs: Shell) -> None:
    business_bot(dibs.house.api_url)
    add = ("channel", "add", "telegram_business", "--name", "Desk", "--token")
    assert "Business Mode" in dibs.fails(*add, PLAIN_TOKEN)
    dibs.id(*add, BUSINESS_TOKEN)
    [channel] = dibs.json("channel", "list")
    assert (channel["kind"], channel["state"]) == ("telegram_business", "active")
    assert "no account is connected yet" in dibs("check").stdout


def test_a_number_of_the_business_api_is_connected(meta: Shell, number: PhoneNumber) -> None:
    meta.id(*cloud(number))
    [channel] = meta.json("channel", "list")
    assert (channel["kind"], channel["name"], channel["state"]) == ("whatsapp_cloud", "WhatsApp", "active")
    assert meta.fails(*cloud(number)) == "this account is connected already"
    unreadable(meta, number.token, number.app_secret, WORDS)
    checked = meta("check").stdout
    assert "set PUBLIC_URL" in checked
    assert number.token not in checked


def test_what_meta_does_not_know_never_becomes_a_channel(meta: Shell, number: PhoneNumber) -> None:
    assert "refuses the access token" in meta.fails(*cloud(number, token="EAAG-wrong-wrong-wrong"))
    other = [word if word != number.id else "999999999999" for word in cloud(number)]
    assert "no such phone number ID" in meta.fails(*other)
    meta.house.extra["WHATSAPP_API_URL"] = "http://127.0.0.1:9"
    assert meta.fails(*cloud(number)).startswith("Meta can't be reached")
    assert meta.json("channel", "list") == []


def test_an_empty_secret_is_wrong_usage(meta: Shell, number: PhoneNumber) -> None:
    """An app secret left out would refuse whatever Meta delivers, without a word."""
    assert "--app-secret is empty" in meta.misused(*cloud(number, secret=" "))
    assert meta.json("channel", "list") == []


def test_secrets_come_from_standard_input_one_line_each(meta: Shell, number: PhoneNumber) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *cloud(number, token="-", secret="-")],
        input=f"{number.token}\n{number.app_secret}\n",
        capture_output=True,
        text=True,
        env=meta.house.environment(),
        cwd=meta.house.folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().isdecimal()


def test_a_gateway_is_connected_and_says_what_is_missing(dibs: Shell, gateway_url: str) -> None:
    dibs.id(*linked(gateway_url))
    [channel] = dibs.json("channel", "list")
    assert (channel["kind"], channel["state"]) == ("whatsapp_linked", "active")
    unreadable(dibs, HMAC)
    assert "Link the phone" in dibs("check").stdout


def test_a_gateway_that_refuses_or_is_not_there_says_so(dibs: Shell, gateway_url: str) -> None:
    assert "refuses the API key" in dibs.fails(*linked(gateway_url, key="wrong-key"))
    assert "no gateway answers" in dibs.fails(*linked("http://127.0.0.1:9"))
    assert dibs.json("channel", "list") == []


@pytest.mark.parametrize("kind", ["telegram", "telegram_business", "whatsapp_cloud", "whatsapp_linked"])
def test_every_kind_has_its_help_and_names_what_is_missing(dibs: Shell, kind: str) -> None:
    assert "--name" in dibs.ok("channel", "add", kind, "--help")
    assert "Missing option" in dibs.misused("channel", "add", kind)
