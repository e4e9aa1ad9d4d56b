"""What Dibs itself says to clients is said in the workspace's language."""

import asyncio
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot.nursery import Nursery
from bot.settings import read_settings
from bot.wiring import House, lay_grounds
from channels.words import ENGLISH
from screens import language
from screens.make_template import collect
from storage.crypto import Vault
from storage.database import open_database

TOO_BIG = ENGLISH["file_too_big"]


def test_they_are_in_the_catalogue() -> None:
    catalogue = {message.id for message in collect(Path(__file__).parent.parent.parent)}
    assert set(ENGLISH.values()) <= catalogue


async def test_the_house_says_them_in_the_language_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    german = Catalog(locale="de")
    german.add(TOO_BIG, "Zu groß.")
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "dibs.mo").open("wb") as file:
        write_mo(file, german)
    monkeypatch.setattr(language, "LOCALE", tmp_path)
    settings = read_settings({"DATABASE_URL": f"sqlite:///{tmp_path}/dibs.db", "LANGUAGE": "de"})
    vault = Vault("k" * 32)
    database = await asyncio.to_thread(open_database, settings.database_url, vault)
    async with Nursery() as nursery:
        house = House(lay_grounds(settings, vault, database), nursery, staff=None)
        assert house.words("file_too_big") == "Zu groß."
        assert house.words("test_client") == "Test client", "what is not translated yet is said in English"
        assert house.words("no such words") is None
        await house.close()
    await database.aclose()
