"""Is this bot's account all right? Asked by ``dibs check``, the channel test and the wizard."""

from collections.abc import Sequence

from telegram import Bot, WebhookInfo
from telegram.error import TelegramError

from channels.telegram.client import ApiError
from sales.ports.channels import Finding

MANY_PENDING = 100
"""Updates that wait at Telegram: more of them means that nobody takes them."""


async def check_bot(bot: Bot, webhook_url: str | None) -> Sequence[Finding]:
    """``webhook_url``: where updates are to go; ``None`` when they are polled.

    Codes: ``telegram_token``, ``telegram_reached``, ``telegram_bot``, ``telegram_webhook``, ``telegram_pending``.
    """
    try:
        me = await bot.get_me()
        info = await bot.get_webhook_info()
    except ApiError as error:
        code = "telegram_token" if error.code in (401, 404) else "telegram_reached"
        return [Finding(False, code, {"reason": error.description})]
    except TelegramError as error:
        return [Finding(False, "telegram_reached", {"reason": error.message})]
    found = Finding(True, "telegram_bot", {"username": me.username or "", "name": me.first_name})
    return [found, _webhook(info, webhook_url), _pending(info)]


def _webhook(info: WebhookInfo, wanted: str | None) -> Finding:
    facts = {"url": info.url, "wanted": wanted or "", "error": info.last_error_message or ""}
    return Finding(info.url == (wanted or ""), "telegram_webhook", facts)


def _pending(info: WebhookInfo) -> Finding:
    count = info.pending_update_count
    return Finding(count < MANY_PENDING, "telegram_pending", {"count": str(count)})
