"""An owner who has connected the shop's bot to their account, Ann who writes to that account, and the adapter."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from channels.kinds import Surroundings
from channels.telegram_business.adapter import BusinessAdapter
from playground.telegram.control import BotAccount, Control, PersonAccount, Talk
from sales.messages import Content, Direction, MessageKind, MessageStatus
from tests.channels.books import CHANNEL, Books

ANN = 111


@dataclass
class Account:
    """``connection`` is the first one; ``ann`` and ``owner`` face each other in the account."""

    telegram: Control
    bot: BotAccount
    owner_person: PersonAccount
    ann_person: PersonAccount
    connection: str
    books: Books

    @property
    def ann(self) -> Talk:
        return self.ann_person.chat(self.bot, connection=self.connection)

    @property
    def owner(self) -> Talk:
        return self.owner_person.chat(self.bot, connection=self.connection, client=ANN)

    async def heard(self, words: str) -> str:
        """Ann writes it, and the books know; returns its id."""
        said = str((await self.ann.write(words)).message_id)
        content = Content(MessageKind.TEXT, words)
        self.books.written(content, direction=Direction.IN, status=MessageStatus.RECEIVED, external_id=said)
        return said


@pytest.fixture
async def bot(telegram: Control) -> BotAccount:
    return await telegram.bot("100:AAA", username="shop_bot", first_name="Shop", business=True)


@pytest.fixture
async def account(telegram: Control, bot: BotAccount, books: Books) -> Account:
    owner, ann = await telegram.person(900, "Owner"), await telegram.person(ANN, "Ann", username="ann")
    connection = await telegram.connect(bot, owner)
    books.conversation = replace(books.conversation, address=f"{connection}/{ANN}")
    return Account(telegram, bot, owner, ann, connection, books)


@pytest.fixture
async def adapter(bot: BotAccount, surroundings: Surroundings) -> AsyncIterator[BusinessAdapter]:
    connected = BusinessAdapter(CHANNEL, bot.token, surroundings)
    yield connected
    await connected.close()
