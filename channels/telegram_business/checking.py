"""Are the bot, and its connections, all right?"""

from collections.abc import Sequence

from telegram import Bot
from telegram.error import TelegramError

from channels.telegram.checking import check_bot
from channels.telegram_business.book import ConnectionBook
from channels.telegram_business.connections import Connection
from sales.errors import Unavailable
from sales.ports.channels import Finding


async def check_business(bot: Bot, webhook_url: str | None, book: ConnectionBook) -> Sequence[Finding]:
    """As any bot, and: ``business_mode``, ``business_none``, and of each account ``business_account`` and
    ``business_reply``.
    """
    found = await check_bot(bot, webhook_url)
    if not found[0].ok:
        return found
    try:
        me = await bot.get_me()
        await book.refresh()
    except (TelegramError, Unavailable) as error:
        return [*found, Finding(False, "telegram_reached", {"reason": str(error)})]
    facts = {"username": me.username or ""}
    mode = Finding(bool(me.can_connect_to_business), "business_mode", facts)
    if not book.known.accounts:
        return [*found, mode, Finding(False, "business_none", facts)]
    return [*found, mode, *(finding for account in book.known.accounts for finding in _account(account))]


def _account(account: Connection) -> list[Finding]:
    facts = {"account": account.name}
    connected = Finding(account.enabled, "business_account", facts)
    return [connected, Finding(account.may_reply, "business_reply", facts)] if account.enabled else [connected]
