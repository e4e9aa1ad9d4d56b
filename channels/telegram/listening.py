"""Telling Telegram where to deliver."""

import asyncio
import logging
import random
from collections.abc import Sequence

from telegram import Bot
from telegram.error import TelegramError

from channels.kinds import Report
from channels.telegram.client import ApiError
from channels.telegram.mapping import ALLOWED_UPDATES
from channels.telegram.updates import REFUSED, TOKEN_REFUSED, UNREACHABLE
from channels.telegram.webhook import webhook_secret

log = logging.getLogger(__name__)

CONNECTIONS = 100
"""Deliveries at a time; the most that Telegram makes. Each chat's stay in order."""
LONGEST_PAUSE = 60.0


async def set_webhook(
    bot: Bot, url: str, token: str, report: Report, allowed_updates: Sequence[str] = ALLOWED_UPDATES
) -> None:
    """Until it has worked, or the token is refused. What waits at Telegram is delivered, never dropped."""
    failures = 0
    while True:
        problem, after = await _try(bot, url, token, allowed_updates)
        await report(problem)
        if problem in (None, TOKEN_REFUSED):
            return
        failures += 1
        longest = min(LONGEST_PAUSE, 2.0 ** min(failures, 10))
        await asyncio.sleep(after if after is not None else random.uniform(longest / 2, longest))  # noqa: S311


async def _try(bot: Bot, url: str, token: str, allowed: Sequence[str]) -> tuple[str | None, float | None]:
    """The problem's code, and the seconds to wait if Telegram named them."""
    try:
        await bot.set_webhook(
            url, max_connections=CONNECTIONS, allowed_updates=allowed, secret_token=webhook_secret(token)
        )
    except ApiError as error:
        log.warning("setWebhook was refused: %s", error.description)
        return (TOKEN_REFUSED if error.code == 401 else REFUSED), error.after
    except TelegramError as error:
        log.warning("setWebhook did not get through: %s", error.message)
        return UNREACHABLE, None
    return None, None
